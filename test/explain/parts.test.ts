import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findChallenge } from '../../src/diagnosis/explain/challenge.ts'
import { splitFailures } from '../../src/diagnosis/explain/several.ts'
import { runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

const chain = `DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
	EnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
	AzureCliCredential: Please run 'az login' to set up an account
To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/azsdk/python/identity/defaultazurecredential/troubleshoot.`
const secret = `Error: building account: could not acquire access token to parse claims: clientCredentialsToken: received HTTP status 401 with response: {"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app '8743e235-e833-4ee3-8a21-76ed38acc71d' are expired. Trace ID: e0825b7b-77f6-4018-b3fa-d949e18b2200"}`
const role = `ERROR: (AuthorizationFailed) The client 'dev@contoso.com' with object id '9b3d7c15-2f4e-4a6b-8d90-1c2e3f4a5b6c' does not have authorization to perform action 'Microsoft.Storage/storageAccounts/read' over scope '/subscriptions/x' or the scope is invalid.`

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = `${base64url({ alg: 'RS256', typ: 'JWT' })}.${base64url({
  aud: 'https://graph.microsoft.com',
  iss: 'https://sts.windows.net/5f1c2a9e-6f0b-4b7e-9c2d-0b7a4c1d2e3f/',
  oid: '9b3d7c15-2f4e-4a6b-8d90-1c2e3f4a5b6c',
  upn: 'dev@contoso.com',
  exp: 1795226400,
})}.c2lnbmF0dXJl`
const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1795226400"}}}').toString('base64')

interface Answer {
  readonly title: string
  readonly causes: readonly { readonly id: string }[]
  readonly failures: readonly {
    readonly causes: readonly { readonly id: string }[]
    readonly credentials: readonly { readonly name: string }[]
  }[]
  readonly details: readonly {
    readonly title: string
    readonly rows: readonly { readonly label: string | null; readonly text: string; readonly command: string | null }[]
  }[]
}

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'azid-explain-parts-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function explain(input: string, env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await runCli(['explain', '-', '--json'], { input, env })
  expect(code).toBe(0)
  const answer = JSON.parse(stdout) as Answer
  expectSchema('explain', answer)
  return { stdout, answer }
}

describe('several failures in one paste', () => {
  test('each is kept apart, and all of their causes are there', async () => {
    const { answer } = await explain(`Yesterday:\n\n${chain}\n\n${secret}\n\n${role}\n`)
    expect(answer.failures.map((failure) => failure.causes[0]?.id)).toEqual([
      'cli-not-logged-in',
      'secret-expired',
      'rbac-missing',
    ])
    expect(answer.failures[1]?.credentials).toEqual([])
    for (const id of ['cli-not-logged-in', 'secret-expired', 'rbac-missing']) {
      expect(answer.causes.map((cause) => cause.id)).toContain(id)
    }
  })

  test('in the text one stands after the other', async () => {
    const { stdout } = await runCli(['explain', '-'], { input: `${secret}\n\n${role}\n` })
    expect(stdout).toMatch(/^2 failures in this text\n\nfailure 1 of 2\n/)
    expect(stdout.indexOf('secret-expired')).toBeLessThan(stdout.indexOf('failure 2 of 2'))
    expect(stdout.indexOf('rbac-missing')).toBeGreaterThan(stdout.indexOf('failure 2 of 2'))
  })

  test.each([
    ['the same twice', `${secret}\n\n${secret}`],
    ['a chain whose members blank lines part', chain.replace('\tAzureCli', '\n\n\tAzureCli')],
    [
      "a tool's own advice",
      `ERROR: AADSTS700082: The refresh token has expired.\n\nERROR: Please run 'az login' to setup account.`,
    ],
    [
      'an answer with its headers',
      `${secret}\n\nContent:\n{"error":"invalid_request","error_description":"Identity not found"}`,
    ],
  ])('%s is one', (_, text) => {
    expect(splitFailures(text)).toHaveLength(1)
  })
})

describe('inside a longer text', () => {
  const log = `GET https://management.azure.com/subscriptions\nAuthorization: Bearer ${token}\n401\nWWW-Authenticate: Bearer authorization_uri="https://login.microsoftonline.com/common", error="insufficient_claims", claims="${claims}"\n`

  test('a claims challenge is decoded, with the command that answers it', async () => {
    const { answer } = await explain(log)
    const rows = answer.details.flatMap((section) => section.rows)
    expect(rows.find(({ label }) => label === 'claims')?.text).toContain('1795226400')
    expect(rows.map(({ command }) => command ?? '').join('\n')).toContain(`--claims ${claims}`)
  })

  test('it is found behind the strokes of JSON, and in the command that hands it over', () => {
    expect(
      findChallenge(`{"h":"WWW-Authenticate: Bearer error=\\"insufficient_claims\\", claims=\\"${claims}\\""}`)?.claims,
    ).toContain('nbf')
    expect(findChallenge(`please run az login --claims-challenge "${claims}"`)?.claims).toContain('nbf')
    expect(findChallenge(`nothing --claims-challenge "${token}"`)).toBeNull()
  })

  test('a token is read, and never shown', async () => {
    const { answer, stdout } = await explain(log)
    const rows = answer.details.find(({ title }) => title === 'the token in it')?.rows ?? []
    expect(rows.find(({ label }) => label === 'for')?.text).toBe('https://graph.microsoft.com (Microsoft Graph)')
    expect(rows.find(({ label }) => label === 'who')?.text).toBe('dev@contoso.com (user)')
    for (const part of token.split('.')) expect(stdout).not.toContain(part)
  })

  test('a token alone is described as `whoami` does it, wrapped by a console or not', async () => {
    const wrapped = token.replace(/.{60}/g, '$&\n')
    const { code, stdout } = await runCli(['explain', '-', '--json'], { input: wrapped })
    expect(code).toBe(0)
    expectSchema('whoami', JSON.parse(stdout))
  })
})

describe('what this machine adds', () => {
  const mismatch = `Error: AADSTS700213: No matching federated identity record found for presented assertion subject 'repo:contoso/shop:ref:refs/heads/Main'.`
  const here = (answer: Answer) =>
    answer.details.find(({ title }) => title.startsWith('found on this machine'))?.rows ?? []

  test('a job of GitHub says what it presents, and the command has it', async () => {
    const { answer } = await explain(mismatch, {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'contoso/shop',
      GITHUB_REF: 'refs/heads/main',
      AZURE_CLIENT_ID: '8743e235-e833-4ee3-8a21-76ed38acc71d',
    })
    const rows = here(answer)
    expect(rows.find(({ label }) => label === 'subject')?.text).toContain('in letter case only')
    const command = rows.find(({ command: each }) => each !== null)?.command ?? ''
    expect(command).toContain('--id 8743e235-e833-4ee3-8a21-76ed38acc71d')
    expect(command).toContain('"subject":"repo:contoso/shop:ref:refs/heads/main"')
  })

  test('a subject with ids is known for that of this job, and one by name is said to be the other', async () => {
    const job = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'contoso/shop',
      GITHUB_REPOSITORY_OWNER_ID: '65',
      GITHUB_REPOSITORY_ID: '74',
      GITHUB_REF: 'refs/heads/main',
    }
    const numbered = mismatch.replace('contoso/shop:ref:refs/heads/Main', 'contoso@65/shop@74:ref:refs/heads/main')
    const rows = here((await explain(numbered, job)).answer)
    expect(rows.find(({ label }) => label === 'subject')?.text).toBe(
      'repo:contoso@65/shop@74:ref:refs/heads/main, the same as in the failure (from GITHUB_REPOSITORY and GITHUB_REF)',
    )
    const named = here((await explain(mismatch, job)).answer)
    expect(named.map(({ text }) => text)).toContainEqual(
      expect.stringContaining(
        'it presents repo:contoso@65/shop@74:ref:refs/heads/main instead if its subjects have ids',
      ),
    )
    expect(named.map(({ text }) => text)).toContainEqual(
      'it presents repo:contoso/shop:environment:NAME instead if the job names an environment',
    )
  })

  test("a pod's token file is read, and only what it says is shown", async () => {
    const file = path.join(folder, 'token')
    const projected = `${base64url({ alg: 'RS256' })}.${base64url({ iss: 'https://oidc.example/x/', sub: 'system:serviceaccount:shop:api', aud: ['api://AzureADTokenExchange'] })}.c2ln`
    await writeFile(file, projected)
    const { answer, stdout } = await explain(mismatch, { AZURE_FEDERATED_TOKEN_FILE: file })
    expect(here(answer).find(({ label }) => label === 'issuer')?.text).toBe('https://oidc.example/x/')
    expect(here(answer).find(({ label }) => label === 'subject')?.text).toContain('where the failure says')
    expect(stdout).not.toContain(projected.split('.')[1])
  })

  test('the two meanings of AZURE_CLIENT_ID, with its value', async () => {
    const { answer } = await explain(
      'ManagedIdentityCredential authentication unavailable. The requested identity has not been assigned to this resource.',
      { AZURE_CLIENT_ID: '8743e235-e833-4ee3-8a21-76ed38acc71d' },
    )
    expect(here(answer)[0]?.text).toMatch(/^8743e235-.*application.*user-assigned identity/)
  })

  test('no secret of a variable', async () => {
    const { stdout } = await explain(
      'EnvironmentCredential authentication unavailable. Environment variables are not fully configured.',
      {
        AZURE_CLIENT_SECRET: 'canary-5b1d',
        HTTPS_PROXY: 'http://user:canary-5b1d@proxy:3128',
      },
    )
    expect(stdout).toContain('AZURE_CLIENT_SECRET')
    expect(stdout).not.toContain('canary-5b1d')
  })

  test('nothing where nothing here has to do with it', async () => {
    const { answer } = await explain(mismatch)
    expect(here(answer)).toEqual([])
  })
})
