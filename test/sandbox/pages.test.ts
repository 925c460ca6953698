/** The sign-in pages in a real browser: with the keyboard alone, in light and dark, wide and narrow, with and without scripts. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { style } from '../../src/sandbox/pages/style.ts'
import { chromiumPath, closeBrowser, openPage } from '../support/chromium.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { arm, authorizeUrl, directoryWith, vault } from './people.ts'

const megan = 'megan@contoso.onmicrosoft.com'
const limit = 120_000
const timeout = 60_000

afterAll(closeBrowser)

interface App {
  readonly redirectUri: string
  /** `POST code=…` of the answers that came. */
  readonly answers: string[]
}

/** An app that waits on loopback for its answer. */
async function startApp(): Promise<App> {
  const answers: string[] = []
  const server = http.createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8')
    })
    request.on('end', () => {
      if (request.url !== '/favicon.ico') answers.push(`${request.method} ${request.url} ${body}`)
      response.setHeader('content-type', 'text/html')
      response.end('<h1>landed</h1>')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { redirectUri: `http://localhost:${(server.address() as AddressInfo).port}`, answers }
}

/** What the browser itself complains about: scripts and styles that its policy refused, mostly. */
function listenForComplaints(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  return complaints
}

async function heading(page: Page, text: string): Promise<void> {
  await page.getByRole('heading', { name: text, exact: true }).waitFor({ timeout })
}

/** The page has given its first field or button the focus; a key pressed before that goes nowhere. */
async function focused(page: Page, selector = 'input, button'): Promise<void> {
  await page.waitForFunction(`document.activeElement?.matches(${JSON.stringify(selector)})`, undefined, { timeout })
}

/** Types what this page asks for, as a person does who sees the page and its cursor. */
async function typeOn(page: Page, title: string, text: string): Promise<void> {
  await heading(page, title)
  await focused(page)
  await page.keyboard.type(text)
}

test.skipIf(chromiumPath === undefined)(
  'a person signs in with the keyboard alone, and the app gets its answer',
  async () => {
    const sandbox = await startTestSandbox()
    const app = await startApp()
    const page = await openPage()
    const complaints = listenForComplaints(page)
    const changes = { redirect_uri: app.redirectUri, response_mode: 'form_post', scope: vault, state: 'x' }
    await page.goto(authorizeUrl(sandbox, changes), { timeout })
    await typeOn(page, 'Sign in', 'nobody@contoso.com\n')
    await page.getByRole('alert').waitFor({ timeout })
    await focused(page, '[aria-invalid="true"]')
    await page.keyboard.press('ControlOrMeta+A')
    await page.keyboard.type(`${megan}\n`)
    await typeOn(page, 'Enter password', 'sandbox-password\n')
    await typeOn(page, 'Enter code', '123456\n')
    await heading(page, 'landed')
    expect(app.answers).toEqual([expect.stringMatching(/^POST \/ code=1\.[^&]+&session_state=[^&]+&state=x$/)])
    expect(complaints).toEqual([])
  },
  limit,
)

test.skipIf(chromiumPath === undefined)(
  'without scripts a button sends the answer, and consent goes back by redirect',
  async () => {
    const sandbox = await startTestSandbox()
    const app = await startApp()
    const page = await openPage({ javaScriptEnabled: false })
    const hints = { redirect_uri: app.redirectUri, login_hint: megan }
    await page.goto(authorizeUrl(sandbox, { ...hints, response_mode: 'form_post' }), { timeout })
    await page.getByLabel('Password').fill('sandbox-password')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Continue' }).click({ timeout })
    await heading(page, 'landed')
    await page.goto(authorizeUrl(sandbox, { ...hints, scope: 'api://contoso-orders/Orders.Read' }), { timeout })
    await heading(page, 'Permissions requested')
    await page.getByRole('button', { name: 'Cancel' }).click({ timeout })
    await heading(page, 'landed')
    expect(app.answers[0]).toMatch(/^POST \/ code=/)
    expect(app.answers[1]).toMatch(/^GET \/\?error=access_denied&/)
  },
  limit,
)

test.skipIf(chromiumPath === undefined)(
  'no page is wider than a phone, and every field and button has a name',
  async () => {
    const sandbox = await startTestSandbox({ directory: directoryWith() })
    const page = await openPage({ viewport: { width: 320, height: 600 } })
    const complaints = listenForComplaints(page)
    const check = async (title: string): Promise<void> => {
      await heading(page, title)
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320)
      const unnamed =
        await page.evaluate(`[...document.querySelectorAll('input:not([type=hidden]):not([hidden]), button')]
        .filter((each) => !(each.labels?.length > 0) && each.textContent.trim() === '').length`)
      expect(unnamed).toBe(0)
    }
    await page.goto(authorizeUrl(sandbox, { prompt: 'select_account' }), { timeout })
    await check('Sign in')
    await page.getByLabel(/^Username/).fill(megan)
    await page.keyboard.press('Enter')
    await check('Enter password')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor({ timeout })
    await page.getByText('Troubleshooting details').click()
    await check('Enter password')
    await page.getByRole('button', { name: 'Sign in with another account' }).click({ timeout })
    await check('Sign in')
    await page.goto(authorizeUrl(sandbox, { redirect_uri: `https://${'long'.repeat(60)}.example` }), { timeout })
    await check('Sign in')
    await page.goto(`${sandbox.origin}/devicelogin`, { timeout })
    await check('Enter code to allow access')
    expect(complaints).toEqual([])
    expect(sandbox.requests.every(({ status }) => status !== null && status < 400)).toBe(true)
  },
  limit,
)

test.skipIf(chromiumPath === undefined)(
  'a device is approved on its page',
  async () => {
    const sandbox = await startTestSandbox({ directory: directoryWith() })
    const page = await openPage({ colorScheme: 'dark' })
    const reply = await page.request.post(`${sandbox.origin}/organizations/oauth2/v2.0/devicecode`, {
      form: { client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', scope: arm },
    })
    await page.goto(`${sandbox.origin}/devicelogin`, { timeout })
    await typeOn(page, 'Enter code to allow access', `${(await reply.json()).user_code}\n`)
    await typeOn(page, 'Sign in', `${megan}\n`)
    await typeOn(page, 'Enter password', 'sandbox-password\n')
    await heading(page, 'Are you trying to sign in to Microsoft Azure CLI?')
    await focused(page)
    await page.keyboard.press('Enter')
    await page.getByText('You have signed in to the Microsoft Azure CLI application').waitFor({ timeout })
  },
  limit,
)

// --- contrast, by the numbers of WCAG 2.2

function colours(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]))
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((left, right) => left - right)
  return (high + 0.05) / (low + 0.05)
}

const [lightBlock = '', darkBlock = ''] = style.split('@media (prefers-color-scheme: dark)')
const pairs = [
  ['text', 'card', 4.5],
  ['quiet', 'card', 4.5],
  ['quiet', 'ground', 4.5],
  ['quiet', 'glow', 4.5],
  ['quiet', 'over', 4.5],
  ['text', 'plain', 4.5],
  ['text', 'plain-over', 4.5],
  ['text', 'code', 4.5],
  ['accent', 'card', 4.5],
  ['error', 'card', 4.5],
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-over', 4.5],
  ['badge-text', 'badge', 4.5],
  ['line', 'card', 3],
] as const

test.each([
  ['light', lightBlock],
  ['dark', darkBlock.split('}')[0] ?? ''],
] as const)('what is read stands out from what is behind it: %s', (_, block) => {
  const known = colours(block)
  for (const [front, behind, least] of pairs) {
    const ratio = contrast(known.get(front) ?? '', known.get(behind) ?? '')
    expect(ratio, `${front} on ${behind}`).toBeGreaterThanOrEqual(least)
  }
})
