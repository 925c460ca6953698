import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'azid-explain-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

interface Answer {
  readonly kind: string
  readonly sdk: string | null
  readonly title: string
  readonly codes: readonly string[]
  readonly causes: readonly { readonly id: string; readonly fix: readonly string[]; readonly because: string }[]
  readonly credentials: readonly { readonly name: string; readonly outcome: string }[]
  readonly facts: Readonly<Record<string, string>>
  readonly suggestions: readonly string[]
}

async function explain(args: readonly string[], input?: string | Uint8Array, env?: Readonly<Record<string, string>>) {
  const { code, stdout, stderr } = await runCli(['explain', ...args, '--json'], {
    ...(input === undefined ? {} : { input }),
    ...(env === undefined ? {} : { env }),
  })
  const answer = JSON.parse(stdout) as Answer
  expectSchema('explain', answer)
  return { code, stderr, answer, stdout }
}

const failure = readFileSync(new URL('./data/written.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { id: string; text: string })
const textOf = (id: string): string => failure.find((each) => each.id === id)?.text ?? ''

describe('subjects', () => {
  test.each([
    ['AADSTS700016', 'code', 'AADSTS700016'],
    ['aadsts50076', 'code', 'AADSTS50076'],
    ['7000215', 'code', 'AADSTS7000215'],
    ['AADB2C90118', 'code', 'AADB2C90118'],
    ['AADSTS7999999', 'code', 'AADSTS7999999'],
    ['invalid_grant', 'code', 'invalid_grant'],
    ['basic_action', 'code', 'basic_action'],
    ['endpoints_resolution_error', 'code', 'endpoints_resolution_error'],
    ['403', 'code', 'HTTP 403'],
    ['b2c', 'code', 'Azure AD B2C'],
    ['AzureCLICredential', 'credential', 'AzureCliCredential'],
    ['managed-identity', 'credential', 'ManagedIdentityCredential'],
    ['CertificateCredential', 'credential', 'ClientCertificateCredential'],
    ['AZURE_TENANT_ID', 'variable', 'AZURE_TENANT_ID'],
    ['oid', 'claim', 'oid'],
    ['openai', 'resource', 'Azure AI services'],
    ['https://vault.azure.net/.default', 'resource', 'Azure Key Vault'],
    ['https://shop.openai.azure.com/', 'resource', 'Azure AI services'],
    ['environment', 'environment', 'here: AzureCliCredential'],
  ])('%s', async (subject, kind, title) => {
    const { code, answer } = await explain([subject])
    expect(code).toBe(0)
    expect(answer.kind).toBe(kind)
    expect(answer.title).toContain(title)
  })

  test('an unknown code gets its family and what to do', async () => {
    const { stdout } = await explain(['AADSTS7000299'])
    expect(stdout).toContain('is not known here')
    expect(stdout).toContain('secret, certificate or assertion')
  })

  test('the roles for Azure OpenAI come with the commands that assign them', async () => {
    const { stdout } = await explain(['openai'])
    expect(stdout).toContain('5e0bd9bd-7b93-4f28-af87-19fc36ad61bd')
    expect(stdout).toContain('a001fd3d-188f-4b5d-821b-7da978bf7442')
    expect(stdout).toContain('az role assignment create --assignee-object-id')
    expect(stdout).toContain('New-AzRoleAssignment')
    expect(stdout).toContain('Microsoft.Authorization/roleAssignments')
  })

  test('a variable is shown as it is on this machine, a secret one as stars', async () => {
    const env = {
      AZURE_CLIENT_SECRET: 'canary-secret',
      AZURE_TENANT_ID: 'contoso.test',
      HTTPS_PROXY: 'http://u:canary@p:1',
    }
    expect((await explain(['AZURE_TENANT_ID'], undefined, env)).stdout).toContain('set on this machine: contoso.test')
    const { stdout } = await explain(['AZURE_CLIENT_SECRET'], undefined, env)
    expect(stdout).toContain('set on this machine: ***')
    for (const name of ['AZURE_CLIENT_SECRET', 'HTTPS_PROXY', 'environment']) {
      expect((await explain([name], undefined, env)).stdout).not.toContain('canary')
    }
  })

  test('the environment is what its variables say', async () => {
    const { answer } = await explain(['environment'], undefined, {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'x',
    })
    expect(answer.title).toBe('here: GitHubActionsCredential')
  })

  test('a claims challenge is decoded, with the command that answers it', async () => {
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}').toString('base64')
    const header = `WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`
    const { answer, stdout } = await explain([header])
    expect(answer.kind).toBe('challenge')
    expect(stdout).toContain('1604106651')
    expect(stdout).toContain(`--claims ${claims}`)
  })

  test('a token is handed over to what whoami says, wherever it comes from', async () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ aud: 'https://vault.azure.net', oid: 'o', exp: 1 })}.c2ln`
    for (const { args, input } of [
      { args: [token], input: '' },
      { args: ['-'], input: `${token}\n` },
    ]) {
      const { code, stdout } = await runCli(['explain', ...args, '--json'], { input })
      expect(code).toBe(0)
      expectSchema('whoami', JSON.parse(stdout))
      expect(stdout).not.toContain(token)
    }
  })
})

describe('failures', () => {
  test('from stdin, from a file and from arguments alike', async () => {
    const text = textOf('w-js-wi-refused')
    const file = path.join(folder, 'failure.txt')
    await writeFile(file, text)
    const fromStdin = await explain(['-'], text)
    expect(fromStdin.answer.causes[0]?.id).toBe('fic-subject-mismatch')
    expect((await explain([], text)).answer).toEqual(fromStdin.answer)
    expect((await explain([file])).answer).toEqual(fromStdin.answer)
    expect((await explain([text])).answer).toEqual(fromStdin.answer)
  })

  test('the real ids of the text are in the commands', async () => {
    const { answer } = await explain(['-'], textOf('w-svc-arm-deploy'))
    const objectId = answer.facts['objectId'] ?? 'absent'
    expect(answer.causes[0]?.fix.join('\n')).toContain(`--assignee-object-id ${objectId}`)
    expect(answer.causes[0]?.because).toContain('does not have authorization to perform action')
  })

  test('says when the advice of the message does not help', async () => {
    const text = `${textOf('w-consent')}\nPlease run 'az login' to set up account`
    const { stdout } = await runCli(['explain', '-'], { input: text })
    expect(stdout).toContain('does not change this')
  })

  test('for people: one screen wide, nothing of the text is obeyed', async () => {
    const hostile = `::error::x\n##vso[task.setvariable]y\u001b]0;title\u0007\n${textOf('w-go-dac')}`
    const { code, stdout, stderr } = await runCli(['explain', '-'], { input: hostile })
    expect(code).toBe(0)
    expect(stderr).toBe('')
    expect(stdout).toMatch(/most likely {2}.*cli-not-logged-in/)
    expect(stdout).not.toMatch(/^::|##vso\[/m)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is there is what is tested
    expect(stdout).not.toMatch(/\u001b/)
    for (const line of stdout.split('\n').filter((each) => !/https?:|^ {13}az /.test(each)))
      expect(line.length).toBeLessThanOrEqual(80)
  })
})

describe('what cannot be explained', () => {
  test.each([
    ['a lone word', ['error'], undefined],
    ['a picture by its name', ['screenshot.png'], undefined],
    ['nothing on stdin', ['-'], ''],
    ['a picture', ['-'], Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['prose', ['-'], 'the weather was good and nobody complained'],
  ] as const)('%s: exit 1, and what to paste instead', async (_, args, input) => {
    const { code, answer, stdout } = await explain(args, input)
    expect(code).toBe(1)
    expect(answer.kind).toBe('unknown')
    expect(stdout).toContain('azid explain')
  })

  test('a near miss gets a suggestion', async () => {
    expect((await explain(['AzureClliCredential'])).answer.suggestions).toContain('AzureCliCredential')
    expect((await explain(['AZURE_TENNANT_ID'])).answer.suggestions).toContain('AZURE_TENANT_ID')
  })
})
