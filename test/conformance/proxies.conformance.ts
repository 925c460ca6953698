/** The HTTP clients of the real SDKs still choose the proxies that are recorded of them; nothing is sent. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { goSdk, jsSdk, pythonSdk, type Sdk } from './sdks.ts'
import { worldTrouble } from './world.ts'

const file = new URL('../managed-identity/proxies-recorded.jsonl', import.meta.url)
const isRecording = process.env['AZID_RECORD'] === '1'
const trouble = worldTrouble()

type Recorded = Record<string, unknown>
const [versions = {}, ...choices] = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Recorded)

const driver = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const clients: Readonly<
  Record<string, { readonly sdk: () => Sdk; readonly args: (folder: string) => readonly string[] }>
> = {
  python: { sdk: pythonSdk, args: () => [driver('./python/proxies.py')] },
  js: { sdk: jsSdk, args: (folder) => [driver('./js/proxies.mjs'), folder] },
  go: { sdk: goSdk, args: () => ['proxies'] },
}

/** Without credentials and what is after the port; `error` where it would ask nobody. */
function originOf(proxy: unknown): unknown {
  if (typeof proxy !== 'string' || proxy === 'error') return proxy
  const { protocol, host } = new URL(proxy)
  return `${protocol}//${host}`
}

describe.each(Object.entries(clients))('%s', (name, { sdk: find, args }) => {
  const sdk: Sdk = trouble === null ? find() : { missing: trouble }

  test.skipIf('missing' in sdk)('missing' in sdk ? `(skipped: ${sdk.missing})` : 'chooses what is recorded', () => {
    if ('missing' in sdk) return
    const questions = choices.map(({ url, env }) => JSON.stringify({ url, env }))
    const run = spawnSync(sdk.program, args(sdk.cwd), { input: `${questions.join('\n')}\n`, encoding: 'utf8', env: {} })
    expect(run.stderr).toBe('')
    const [version, ...answers] = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    if (isRecording) {
      Object.assign(versions, version)
      for (const [at, choice] of choices.entries()) choice[name] = originOf(answers[at])
      return
    }
    expect(answers.map(originOf)).toEqual(choices.map((choice) => choice[name]))
  })
})

afterAll(() => {
  if (isRecording) writeFileSync(file, [versions, ...choices].map((line) => `${JSON.stringify(line)}\n`).join(''))
})
