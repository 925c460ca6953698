/** A person in a real browser: Debian's Chromium signs in through the built command, and sees its pages, light and dark. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { chromiumPath, closeBrowser, openPage } from '../support/chromium.ts'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { claimsOf } from './support/world.ts'

const megan = 'megan@contoso.onmicrosoft.com'
/** Where a person who wants to look finds pictures: AZID_SCREENSHOTS=folder. */
const pictures = process.env['AZID_SCREENSHOTS']

interface Started {
  /** The address that the command opened in the browser. */
  readonly url: Promise<string>
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

// A browser and a command, each of which a busy machine may take seconds to start.
describe.skipIf(chromiumPath === undefined)('in Chromium', { timeout: 300_000 }, () => {
  let sandbox: Sandbox

  beforeAll(async () => {
    sandbox = await startSandbox({ ports: createNodeRuntime() })
  })

  afterAll(async () => {
    await closeBrowser()
    await sandbox.close()
  })

  async function newHome(): Promise<string> {
    const home = await mkdtemp(path.join(tmpdir(), 'azid-chromium-'))
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    await writeFile(
      path.join(home, 'browser'),
      '#!/bin/sh\nprintf %s "$1" > "$0.url.new" && mv "$0.url.new" "$0.url"\n',
      {
        mode: 0o755,
      },
    )
    return home
  }

  async function azid(home: string, args: readonly string[]): Promise<Started> {
    const trust = await sandbox.environment('service-principal')
    const env = await isolatedEnvironment(home, {
      AZID_CACHE: 'file',
      AZID_AUTHORITY_HOST: sandbox.origin,
      NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'],
      BROWSER: path.join(home, 'browser'),
    })
    const child = spawn(process.execPath, [cliFile, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    const ended = new Promise<Awaited<Started['ended']>>((resolve) =>
      child.on('close', (code) => resolve({ code, stdout, stderr })),
    )
    return { url: readUrl(path.join(home, 'browser.url'), ended), ended }
  }

  async function readUrl(file: string, ended: Started['ended']): Promise<string> {
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    while (!isOver) {
      const url = await readFile(file, 'utf8').catch(() => '')
      if (url !== '') {
        await rm(file)
        return url
      }
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return ''
  }

  function newPage(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    return openPage({ colorScheme, viewport: { width: 900, height: 640 } })
  }

  async function signIn(page: Page): Promise<void> {
    await enter(page, 'input[name=loginfmt]', megan)
    await enter(page, 'input[name=passwd]', 'sandbox-password')
  }

  /** Both steps wait for the field and take it by its name: no key goes to what happens to have the focus. */
  async function enter(page: Page, field: string, text: string): Promise<void> {
    await page.fill(field, text)
    await page.press(field, 'Enter')
  }

  async function picture(page: Page, name: string): Promise<void> {
    if (pictures === undefined) return
    await mkdir(pictures, { recursive: true })
    await page.screenshot({ path: path.join(pictures, `${name}.png`) })
  }

  test.each(['light', 'dark'] as const)(
    'azid login, %s: signed in, and remembered by the next process',
    async (scheme) => {
      const home = await newHome()
      const login = await azid(home, ['login'])
      const page = await newPage(scheme)
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(String(error)))
      page.on('console', (message) => {
        // The browser asks for an icon by itself, and perhaps when the command has ended.
        const isAboutIcon = message.location().url.endsWith('/favicon.ico')
        if (message.type() === 'error' && !isAboutIcon) problems.push(message.text())
      })
      await page.goto(await login.url)
      await signIn(page)
      await page.waitForURL(/^http:\/\/localhost:/)
      await page.waitForSelector('h1')
      expect(await page.textContent('h1')).toBe('You are signed in')
      expect(await page.textContent('main')).toContain(megan)
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        scheme === 'dark' ? 'rgb(20, 23, 28)' : 'rgb(244, 245, 247)',
      )
      await picture(page, `signed-in-${scheme}`)
      expect(problems).toEqual([])
      const { code, stdout } = await login.ended
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `signed in as ${megan} in tenant ${sandbox.tenantId}; azid logout forgets it\n`,
      })
      const next = await (await azid(home, ['get-token', '-c', 'interactive-browser', '--no-prompt'])).ended
      expect(next).toMatchObject({ code: 0, stderr: '' })
      expect(claimsOf(next.stdout)['upn']).toBe(megan)
    },
  )

  test('declined: the page quotes the authority without believing it, and the exit code says so', async () => {
    const home = await newHome()
    const login = await azid(home, ['login'])
    const page = await newPage('dark')
    const asked = new URL(await login.url).searchParams
    const redirectUri = asked.get('redirect_uri') ?? ''
    const back = new URLSearchParams({
      state: asked.get('state') ?? '',
      error: 'access_denied',
      error_description: 'AADSTS65004: User declined to consent to access the app. <b>Trace ID</b>: 1',
    })
    await page.goto(`${redirectUri}/?${back}`)
    expect(await page.textContent('h1')).toBe('The sign-in was declined')
    expect(await page.textContent('blockquote')).toContain('<b>Trace ID</b>')
    await picture(page, 'declined-dark')
    expect((await login.ended).code).toBe(4)
  })

  test('pages for what is not the answer, and then the answer', async () => {
    const home = await newHome()
    const login = await azid(home, ['get-token', '-c', 'interactive-browser', '--json'])
    expect((await login.ended).code).toBe(4)
    const again = await azid(home, ['login', '--json'])
    const url = await again.url
    const redirectUri = new URL(url).searchParams.get('redirect_uri') ?? ''
    const page = await newPage('light')
    await page.goto(`${redirectUri}/?code=x&state=older`)
    expect(await page.textContent('h1')).toBe('This is not the sign-in that azid waits for')
    await picture(page, 'other-state-light')
    await page.goto(`${redirectUri}/elsewhere`)
    expect(await page.textContent('h1')).toBe('There is nothing here')
    await page.goto(url)
    await signIn(page)
    await page.waitForURL(/^http:\/\/localhost:/)
    expect(await page.textContent('h1')).toBe('You are signed in')
    expect((await again.ended).code).toBe(0)
  })

  test('a page elsewhere cannot post to the listener, nor read from it', async () => {
    const home = await newHome()
    const login = await azid(home, ['login'])
    const url = await login.url
    const query = new URL(url).searchParams
    const page = await newPage()
    await page.goto('about:blank')
    const target = `${query.get('redirect_uri')}/?code=stolen&state=${query.get('state')}`
    const told = await page.evaluate(`fetch(${JSON.stringify(target)}, { method: 'POST', body: 'code=stolen' })
      .then((answer) => answer.text(), (error) => String(error))`)
    expect(String(told)).toContain('TypeError')
    await page.setContent(`<form method="post" action="${target}"><button>go</button></form>`)
    await page.click('button')
    await page.waitForSelector('h1')
    expect(await page.textContent('h1')).toBe('This is not how a sign-in ends')
    await page.goto(url)
    await signIn(page)
    await page.waitForURL(/^http:\/\/localhost:/)
    expect((await login.ended).code).toBe(0)
  })
})
