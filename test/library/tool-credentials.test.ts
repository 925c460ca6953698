/** The developer's sign-ins as classes. The tools are shell scripts on PATH, so a process of its own asks. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AzureCliCredential } from '../../src/index.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

let tools: StandInFolder
let folder: string

beforeAll(async () => {
  tools = makeStandIns()
  folder = mkdtempSync(path.join(tmpdir(), 'azid-library-'))
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/index.ts', import.meta.url))],
    outfile: path.join(folder, 'azid.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    external: ['@napi-rs/keyring'],
  })
})
afterAll(() => {
  tools.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs `expression` with everything of the library at hand; what it gives, or the error. */
function evaluate(expression: string): unknown {
  const file = path.join(folder, 'ask.mjs')
  const tell = 'value => console.log(JSON.stringify(value))'
  const fail = 'error => console.log(JSON.stringify({ name: error.name, message: error.message }))'
  writeFileSync(
    file,
    `import * as azid from './azid.mjs'\nawait Promise.resolve(${expression}).then(${tell}, ${fail})\n`,
  )
  const run = spawnSync(process.execPath, [file], {
    encoding: 'utf8',
    env: { PATH: tools.folder, HOME: folder, AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' },
    timeout: 30_000,
  })
  if (run.stdout === '') throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

const scope = "'https://vault.azure.net/.default'"

describe.skipIf(process.platform === 'win32')('credentials of tools', () => {
  test('az gives its token', () => {
    tools.put('az', `echo '{"accessToken": "from-az", "expires_on": 4795226400}'`)
    expect(evaluate(`new azid.AzureCliCredential({ subscription: 'dev' }).getToken(${scope})`)).toEqual({
      token: 'from-az',
      expiresOnTimestamp: 4795226400000,
      tokenType: 'Bearer',
    })
    expect(tools.starts('az')).toEqual([
      'account get-access-token --output json --resource https://vault.azure.net --subscription dev',
    ])
  })

  test('as in the SDK, a tool that fails passes the turn on', () => {
    tools.put('az', 'echo rubbish')
    tools.put('pwsh', `printf 'azsdk%%from-pwsh%%4795226400\\n'`)
    const chain = 'new azid.ChainedTokenCredential(new azid.AzureCliCredential(), new azid.AzurePowerShellCredential())'
    expect(evaluate(`${chain}.getToken(${scope})`)).toMatchObject({ token: 'from-pwsh' })
  })

  test('DefaultAzureCredential comes to azd', () => {
    tools.put('az', `echo "Please run 'az login' to setup account." >&2; exit 1`)
    tools.put('pwsh', 'exit 1')
    tools.put('azd', `echo '{"token": "from-azd", "expiresOn": "2126-11-21T03:04:05Z"}'`)
    expect(evaluate(`new azid.DefaultAzureCredential().getToken(${scope})`)).toMatchObject({ token: 'from-azd' })
  })

  test.each([
    ['new azid.AzureCliCredential({ processTimeoutInMs: 200 })', 'Failed to invoke the Azure CLI'],
    ['new azid.VisualStudioCodeCredential()', "requires the 'azure-identity-broker' package"],
  ])('%s: CredentialUnavailableError', (credential, message) => {
    tools.put('az', '/bin/sleep 60')
    expect(evaluate(`${credential}.getToken(${scope})`)).toMatchObject({
      name: 'CredentialUnavailableError',
      message: expect.stringContaining(message),
    })
  })

  test('arguments that reach for the shell are refused at once', () => {
    expect(() => new AzureCliCredential({ tenantId: 'a;b' })).toThrow('Invalid tenant id provided.')
    expect(() => new AzureCliCredential({ subscription: 'a&b' })).toThrow(
      "Subscription 'a&b' contains invalid characters.",
    )
  })
})
