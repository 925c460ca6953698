/** The page at the end of a sign-in: it says what happened and what to do, needs nothing from elsewhere, and trusts no text. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Landing, landingPage } from '../../src/engine/sign-in/landing-page.ts'

const hostile = '</blockquote><script>alert(1)</script><img src=x onerror=alert(1)>"\'&\u0000\u001b[31m\u202eevil\u2066'

const landings: readonly Landing[] = [
  { kind: 'signed-in', username: hostile, tenantId: hostile },
  { kind: 'refused', error: hostile, description: hostile },
  { kind: 'refused', error: 'access_denied', description: hostile },
  { kind: 'refused', error: hostile, description: '' },
  { kind: 'not-redeemed', reason: hostile },
  { kind: 'other-account', wanted: hostile, got: hostile },
  { kind: 'under-way' },
  { kind: 'already-over' },
  { kind: 'other-state' },
  { kind: 'no-code' },
  { kind: 'not-found' },
  { kind: 'method-refused' },
  { kind: 'host-refused' },
]

test.each(landings)('$kind: a heading, what happened, what to do next, and nothing that runs', (landing) => {
  const { headers, body } = landingPage(landing)
  expect(body.match(/<h1>/g)).toHaveLength(1)
  expect(body).toMatch(/<p>[^<]*(terminal|window)[^<]*<\/p>\n<footer>/)
  expect(body).toContain('<html lang="en">')
  const tags = new Set([...body.matchAll(/<(\w+)/g)].map(([, name]) => name))
  const known = 'html head meta title style body main div h1 p blockquote footer'.split(' ')
  expect([...tags].filter((tag) => !known.includes(tag ?? ''))).toEqual([])
  expect(body).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(headers['cache-control']).toBe('no-store')
  expect(headers['referrer-policy']).toBe('no-referrer')
})

test('the policy allows this one style and nothing else', () => {
  const { headers, body } = landingPage({ kind: 'already-over' })
  const style = /<style>([\s\S]*)<\/style>/.exec(body)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(body).not.toMatch(/\s(?:src|href|style|on\w+)=/)
  expect(style).toContain('prefers-color-scheme:dark')
})

test('a huge description is shortened', () => {
  const { body } = landingPage({ kind: 'refused', error: 'x', description: 'y'.repeat(1_000_000) })
  expect(body.length).toBeLessThan(8000)
})

test.each([
  ['signed-in', 200],
  ['already-over', 200],
  ['other-state', 400],
  ['no-code', 400],
  ['not-found', 404],
  ['method-refused', 405],
  ['host-refused', 421],
] as const)('%s has status %i', (kind, status) => {
  const landing = kind === 'signed-in' ? { kind, username: 'a', tenantId: 't' } : { kind }
  expect(landingPage(landing).status).toBe(status)
})
