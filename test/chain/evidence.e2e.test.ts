/** What every credential looked at, as `chain --json` and `chain -v` tell it: each kind of look, with its outcome and no secret. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { credentialNames } from '../../src/engine/types.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { runCli } from '../support/run-cli.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

let sandbox: Sandbox
let tools: StandInFolder
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  tools = makeStandIns()
  folder = mkdtempSync(path.join(tmpdir(), 'azid-evidence-'))
  for (const tool of ['az', 'azd', 'pwsh']) tools.put(tool, 'echo "canary-of-a-tool" >&2; exit 7')
  writeFileSync(at('secret'), 'canary-secret')
  mkdirSync(at('.azure/ms-azuretools.vscode-azureresourcegroups'), { recursive: true })
  writeFileSync(at('.azure/ms-azuretools.vscode-azureresourcegroups/authRecord.json'), '{}')
})

afterAll(async () => {
  await sandbox.close()
  tools.remove()
  rmSync(folder, { recursive: true, force: true })
})

function at(name: string): string {
  return path.join(folder, name)
}

interface Observation {
  readonly kind: string
  readonly what: string
  readonly result: string
  readonly ms: number
}

interface Row {
  readonly name: (typeof credentialNames)[number]
  readonly persona?: string
  readonly env?: () => Readonly<Record<string, string>>
  readonly args?: () => readonly string[]
  /** Observations as `kind what: result`. */
  readonly expected: readonly RegExp[]
}

const guid = '[0-9a-f]{8}-[0-9a-f-]{27}'
const entra = (result: string): RegExp =>
  // The id in the address is the correlation id, the one in the answer Entra's trace id.
  new RegExp(
    `^http POST https://localhost:\\d+/[\\w-]+/oauth2/v2\\.0/token\\?client-request-id=${guid}: ${result} \\(x-ms-request-id ${guid}\\)$`,
  )
const unset = (name: string): RegExp => new RegExp(`^env ${name}: not set$`)
const tool = (name: string): RegExp[] => [
  new RegExp(`^env PATH: ${'/'}`),
  new RegExp(`^file .*/${name}: file, \\d+ bytes$`),
  new RegExp(`^process .*/${name}.*: exit 7$`),
]
const wrongSecret = { AZURE_CLIENT_SECRET: 'canary-secret' }

const rows: readonly Row[] = [
  {
    name: 'EnvironmentCredential',
    env: () => ({ ...wrongSecret, AZURE_CLIENT_CERTIFICATE_PATH: '' }),
    expected: [
      /^env AZURE_CLIENT_SECRET: set$/,
      /^env AZURE_CLIENT_CERTIFICATE_PATH: set, but empty$/,
      entra('401 Unauthorized'),
    ],
  },
  {
    name: 'ClientSecretCredential',
    args: () => ['--client-secret-file', at('secret')],
    expected: [/^env AZURE_TENANT_ID: [\w-]+$/, entra('401 Unauthorized')],
  },
  {
    name: 'ClientCertificateCredential',
    persona: 'service-principal-certificate',
    env: () => ({ AZURE_CLIENT_CERTIFICATE_PATH: at('nope.pem') }),
    expected: [unset('AZURE_CLIENT_CERTIFICATE_PASSWORD'), /^file .*nope\.pem: not found$/],
  },
  {
    name: 'WorkloadIdentityCredential',
    persona: 'workload-identity',
    env: () => ({ AZURE_CLIENT_ID: '99999999-9999-4999-8999-999999999999' }),
    expected: [
      unset('MSAL_FORCE_REGION'),
      /^file .*federated-token: read, \d+ bytes$/,
      /^file .*federated-token: client assertion: issuer \S+, subject \S+, audience \S+, expires \S+, in \d+ min$/,
      entra('400 Bad Request'),
    ],
  },
  {
    name: 'ClientAssertionCredential',
    persona: 'workload-identity',
    args: () => ['--client-assertion-command', JSON.stringify(['/bin/sh', '-c', 'exit 9 # canary'])],
    expected: [/^process \/bin\/sh: exit 9$/],
  },
  {
    name: 'AzurePipelinesCredential',
    persona: 'azure-pipelines',
    env: () => ({ SYSTEM_ACCESSTOKEN: 'canary-of-the-job' }),
    expected: [/^env SYSTEM_ACCESSTOKEN: set$/, /^http POST https:\S+oidctoken\S*: 40\d \w+ \([\w-]+ [\w-]+\)$/],
  },
  {
    name: 'GitHubActionsCredential',
    persona: 'github-actions',
    env: () => ({ ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-of-the-job' }),
    expected: [/^env ACTIONS_ID_TOKEN_REQUEST_TOKEN: set$/, /^http GET https:\S+: 40\d \w+/],
  },
  {
    name: 'OnBehalfOfCredential',
    persona: 'on-behalf-of',
    args: () => ['--client-secret-file', at('secret')],
    expected: [entra('401 Unauthorized')],
  },
  {
    name: 'ManagedIdentityCredential',
    env: () => ({ IDENTITY_ENDPOINT: `${sandbox.origin}/nothing`, IDENTITY_HEADER: 'canary-header' }),
    expected: [/^env IDENTITY_HEADER: set$/, unset('MSI_ENDPOINT'), /^http GET https:\S+\/nothing\S*: 404 Not Found/],
  },
  { name: 'AzureCliCredential', expected: tool('az') },
  { name: 'AzureDeveloperCliCredential', expected: tool('azd') },
  { name: 'AzurePowerShellCredential', expected: tool('pwsh') },
  { name: 'SharedTokenCacheCredential', expected: [/^file .*msal\.cache\S*: not found$/] },
  { name: 'VisualStudioCodeCredential', expected: [/^file .*authRecord\.json: read, 2 bytes$/] },
]

describe.skipIf(process.platform === 'win32')('chain tells what a credential looked at', () => {
  test.each(rows)(
    '$name',
    async ({ name, persona = 'service-principal', env = () => ({}), args = () => [], expected }) => {
      const environment = { ...(await sandbox.environment(persona)), HOME: folder, PATH: tools.folder, ...env() }
      const asked = ['chain', 'vault', '-c', name, ...args()]
      const json = await runCli([...asked, '--json'], { env: environment })
      const [attempt] = JSON.parse(json.stdout).attempts as readonly { readonly evidence: readonly Observation[] }[]
      const seen = (attempt?.evidence ?? []).map(({ kind, what, result }) => `${kind} ${what}: ${result}`)
      for (const each of expected) expect(seen, String(each)).toContainEqual(expect.stringMatching(each))
      for (const { ms } of attempt?.evidence ?? []) expect(ms).toBeGreaterThanOrEqual(0)

      const human = await runCli([...asked, '-v'], { env: environment })
      const words = human.stdout.replace(/\s+/g, ' ')
      for (const { kind, what, result } of attempt?.evidence ?? []) {
        if (kind === 'http') expect(words).toContain(result.split(' (')[0])
        else if (kind !== 'env') expect(words.replaceAll(' ', '')).toContain(what.replaceAll(' ', ''))
        else if (result === 'not set' || result === 'set, but empty') expect(words).toContain(what)
      }
      expect(json.stdout + json.stderr + human.stdout + human.stderr).not.toMatch(/canary-(?:secret|header|of-the-job)/)
    },
  )

  test('none is left out but those that only a person, a broker or Windows can answer', () => {
    const told = new Set<string>(rows.map(({ name }) => name))
    expect(credentialNames.filter((name) => !told.has(name))).toEqual([
      'VisualStudioCredential',
      'IntelliJCredential',
      'InteractiveBrowserCredential',
      'BrokerCredential',
      'DeviceCodeCredential',
      'AuthorizationCodeCredential',
    ])
  })
})
