import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../src/diagnosis/explain/explain-failure.ts'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'
import { readPaste } from '../../src/diagnosis/explain/paste.ts'
import { explanationToJson } from '../../src/output/explain.ts'

const texts = ['corpus', 'written'].flatMap((name) =>
  readFileSync(new URL(`./data/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text),
)

const mega = 1024 * 1024
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** What a person waits for at most, on a slow and busy machine: many times what reading takes. */
const limitMs = 8000

function timed(text: string): number {
  const paste = readPaste(bytes(text))
  const start = performance.now()
  if (paste.kind === 'text') understandFailure(paste.text)
  return performance.now() - start
}

describe('size and repetition', () => {
  test.each([
    ['a', 'a'.repeat(8 * mega)],
    ['tabs', 'token\t'.repeat(1000) + '\t'.repeat(8 * mega)],
    ['AADSTS', 'AADSTS'.repeat((8 * mega) / 6)],
    ['AADSTS, line by line', 'AADSTS700016: \n'.repeat((8 * mega) / 15)],
    ['nested JSON', '{"error":'.repeat((8 * mega) / 9)],
    ['strokes', '\\'.repeat(8 * mega)],
    ['escaped quotes', 'token \\"'.repeat(mega)],
    ['a credential', 'ManagedIdentityCredential: '.repeat(60_000)],
    ['the metadata address', '169.254.169.254 '.repeat(60_000)],
    ['an unfinished tag', '<p '.repeat(mega)],
    ['dashes', '-a'.repeat(2 * mega)],
  ])('8 MB of %s', { timeout: 60_000 }, (_, text) => {
    expect(timed(text)).toBeLessThan(limitMs)
  })

  test('a failure is found behind a megabyte of log', () => {
    const noise = Array.from(
      { length: 12_000 },
      (_, index) => `2026-01-01T00:00:00Z request ${index} answered in ${index % 97} ms, all is well with the shop`,
    )
    const found = understandFailure(
      [...noise, 'AADSTS7000222: The provided client secret keys are expired.', ...noise].join('\n'),
    )
    expect(found.codes).toEqual(['AADSTS7000222'])
    expect(found.causes[0]?.id).toBe('secret-expired')
  })

  test('twice as much takes about twice as long', { timeout: 60_000 }, () => {
    const log = texts.join('\n')
    const once = log.repeat(4)
    timed(once)
    const single = Math.min(timed(once), timed(once))
    const double = Math.min(timed(once + once), timed(once + once))
    expect(double / single).toBeLessThan(4)
  })
})

describe('mutated failures', () => {
  const mutated = fc
    .tuple(fc.constantFrom(...texts), fc.constantFrom(...texts), fc.nat(), fc.nat(), fc.nat({ max: 5 }))
    .map(([one, other, from, length, kind]) => {
      const start = from % one.length
      const cut = one.slice(start, start + (length % one.length) + 1)
      const marks = ['', '\u001b[31m', '\n', '\\n', '<br>', '\u0000\ud800']
      return `${cut.slice(0, cut.length / 2)}${marks[kind]}${cut.slice(cut.length / 2)}${kind % 2 === 0 ? other : ''}`
    })

  test('never a throw, always an answer of the same shape', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const found = understandFailure(text)
        expect(found.causes.length).toBeLessThanOrEqual(6)
        for (const { because } of found.causes) expect(because).not.toBe('')
        const explanation = explainFailure(text)
        if (explanation !== null) JSON.stringify(explanationToJson(explanation))
      }),
      { numRuns: 300 },
    )
  })

  test('any text at all', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        understandFailure(text)
      }),
      { numRuns: 300 },
    )
  })
})

describe('secrets in a paste', () => {
  const jwt = `eyJ${'hbGciOiJSUzI1NiJ9'}.eyJ${'jYW5hcnkiOiJqd3QifQ'}.c2lnbmF0dXJlY2FuYXJ5`
  const secret = `abc${'8Q~canaryCanaryCanaryCanaryCanaryCana'}`
  const canaries = [
    ['a JWT', jwt, `Authorization: Bearer ${jwt}`],
    ['a client secret', secret, `"client_secret": "${secret}"`],
    ['a form', 'canary-secret-value', 'grant_type=client_credentials&client_secret=canary-secret-value&scope=x'],
    ['a variable', 'canary-secret-value', 'AZURE_CLIENT_SECRET=canary-secret-value'],
    ['an escaped JSON', 'canary-secret-value', '{\\"password\\":\\"canary-secret-value\\"}'],
    ['an option', 'canary-secret-value', 'az login --service-principal -u x -p canary-secret-value --tenant y'],
    [
      'a connection string',
      'Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5',
      'AccountName=shop;AccountKey=Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5;EndpointSuffix=x',
    ],
    ['a signed URL', 'canarysignature', 'https://shop.blob.core.windows.net/c?sv=1&sig=canarysignature&se=2'],
    ['a private key', 'Y2FuYXJ5a2V5', '-----BEGIN PRIVATE KEY-----\nY2FuYXJ5a2V5\n-----END PRIVATE KEY-----'],
    ['a proxy', 'canarypass', 'HTTPS_PROXY=http://user:canarypass@proxy:8080'],
    ['a refresh token', 'canaryrefreshtokencanary', 'refresh_token: 0.AcanaryrefreshtokencanaryAA.AQAA'],
    ['a header', 'canaryheadercanary', 'X-IDENTITY-HEADER: canaryheadercanary'],
  ] as const

  test.each(canaries)('%s is in no answer', (_, canary, around) => {
    for (const text of texts.slice(0, 25)) {
      const pasted = `${around}\n${text}\n${around}`
      const answer = JSON.stringify([understandFailure(pasted), explainFailure(pasted)])
      expect(answer).not.toContain(canary)
    }
  })
})

describe('encodings', () => {
  const line = 'ERROR: AADSTS700016: Application with identifier was not found in the directory.'

  test('UTF-16 with and without its mark is text', () => {
    const marked = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(line, 'utf16le')])
    for (const content of [
      marked,
      Buffer.from(line, 'utf16le'),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(line, 'utf16le').swap16()]),
    ]) {
      const paste = readPaste(content)
      expect(paste.kind).toBe('text')
      if (paste.kind === 'text') expect(understandFailure(paste.text).codes).toEqual(['AADSTS700016'])
    }
  })

  test('a picture is told from text', () => {
    expect(readPaste(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))).toEqual({
      kind: 'binary',
      what: 'a PNG image',
    })
  })

  test('of a huge paste the beginning and the end count', () => {
    const paste = readPaste(Buffer.concat([Buffer.alloc(30 * mega, 'x'), Buffer.from(`\n${line}`)]))
    expect(paste.kind === 'text' && paste.omittedBytes).toBeGreaterThan(22 * mega - 2)
    expect(paste.kind === 'text' && paste.text.endsWith(line)).toBe(true)
  })
})
