/** The system's Chromium for tests that look at pages; without one they say skipped. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Undefined: this machine has none. */
export const chromiumPath: string | undefined = places.find((each) => existsSync(each))

let browser: Promise<Browser> | undefined

/** Promise: a page with cookies of its own, that takes the sandbox's certificate; gone when the test ends. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium here')
  browser ??= chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  const context = await (await browser).newContext({ ignoreHTTPSErrors: true, ...options })
  context.setDefaultTimeout(120_000)
  onTestFinished(() => context.close())
  return context.newPage()
}

/** For the end of a file. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}
