/** Apps with somebody else's token: azid and the SDK for Python ask the same sandbox, and are given, or refused, the same. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { defaultIds } from '../../src/sandbox/default-directory.ts'
import { pythonSdk, type Sdk } from './sdks.ts'
import { type World, withWorld, worldTrouble } from './world.ts'

const trouble = worldTrouble()
const python: Sdk = trouble === null ? pythonSdk() : { missing: trouble }
const asker = fileURLToPath(new URL('./python/federated.py', import.meta.url))
const scope = 'https://graph.microsoft.com/.default'

type Variables = Readonly<Record<string, string>>

interface Case {
  readonly says: string
  readonly expected: RegExp | null
  /** Changes to the persona's variables; a file is written with `put`. */
  readonly change: (env: Variables, put: (content: string) => string) => Variables
}

interface Subject {
  readonly credential: string
  readonly persona: string
  readonly args?: (env: Variables) => readonly string[]
  readonly cases: readonly Case[]
}

const token: Case = { says: 'a token', expected: null, change: () => ({}) }
const unknownApp: Case = {
  says: 'an app that is not there',
  expected: /AADSTS700016/,
  change: () => ({ AZURE_CLIENT_ID: '99999999-9999-4999-8999-999999999999' }),
}
const unknownTenant: Case = {
  says: 'a tenant that is not there',
  expected: /AADSTS90002/,
  change: () => ({ AZURE_TENANT_ID: '99999999-9999-4999-8999-999999999999' }),
}
const distrustful: Case = {
  says: 'an app that trusts another issuer',
  expected: /AADSTS70021/,
  change: () => ({ AZURE_TENANT_ID: defaultIds.fabrikam, AZURE_CLIENT_ID: defaultIds.fabrikamApp }),
}
const tampered = (name: string): Case => ({
  says: 'a token whose signature is another',
  expected: /AADSTS\d+/,
  change: (env, put) => ({ [name]: put(withOtherSignature(readFileSync(env[name] ?? '', 'utf8'))) }),
})

function withOtherSignature(jwt: string): string {
  const [header, payload, signature = ''] = jwt.split('.')
  return [header, payload, [...signature].reverse().join('')].join('.')
}

const subjects: readonly Subject[] = [
  {
    credential: 'workload-identity',
    persona: 'workload-identity',
    cases: [
      token,
      unknownApp,
      distrustful,
      tampered('AZURE_FEDERATED_TOKEN_FILE'),
      {
        says: 'a file that is not there',
        expected: /No such file/,
        change: () => ({ AZURE_FEDERATED_TOKEN_FILE: '/nonexistent/token' }),
      },
    ],
  },
  {
    credential: 'client-assertion',
    persona: 'workload-identity',
    args: (env) => ['--client-assertion-file', env['AZURE_FEDERATED_TOKEN_FILE'] ?? ''],
    cases: [token, unknownApp, unknownTenant, distrustful],
  },
  {
    credential: 'azure-pipelines',
    persona: 'azure-pipelines',
    cases: [
      token,
      unknownApp,
      {
        says: 'a job that the service does not know',
        expected: /./,
        change: () => ({ SYSTEM_ACCESSTOKEN: 'not-the-token-of-the-job' }),
      },
      {
        says: 'a service connection that is not there',
        expected: /./,
        change: () => ({ AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: '99999999-9999-4999-8999-999999999999' }),
      },
    ],
  },
  {
    credential: 'on-behalf-of',
    persona: 'on-behalf-of',
    cases: [
      token,
      { says: 'a wrong secret', expected: /AADSTS7000215/, change: () => ({ AZURE_CLIENT_SECRET: 'not-the-secret' }) },
      unknownApp,
      tampered('AZID_USER_ASSERTION_FILE'),
    ],
  },
]

describe.skipIf('missing' in python)(
  `federated credentials${'missing' in python ? ` (skipped: ${python.missing})` : ''}`,
  () => {
    test.each(subjects)('$credential', async ({ credential, persona, args = () => [], cases }) => {
      await withWorld({ persona }, async (world) => {
        for (const { says, expected, change } of cases) {
          const put = (content: string): string => {
            const file = path.join(world.folder, 'changed-token')
            writeFileSync(file, content)
            return file
          }
          const env = { ...world.environment, ...change(world.environment, put) }
          const theirs = await askPython(world, credential, env)
          const ours = await askAzid(world, ['-c', credential, ...args(env)], env)
          expect(ours, `${credential}, ${says}`).toEqual(theirs)
          expect(theirs.kind, says).toBe(expected === null ? 'token' : 'failed')
          if (expected !== null) expect(theirs.message, says).toMatch(expected)
        }
      })
    })
  },
)

interface Answer {
  readonly kind: string
  readonly message: string | null
}

async function askAzid(world: World, args: readonly string[], env: Variables): Promise<Answer> {
  const run = await world.run('azid', ['get-token', '--scope', scope, '--json', ...args], { env })
  const { error } = JSON.parse(run.stdout) as {
    readonly error?: { readonly attempts: readonly { readonly outcome: string; readonly message: string }[] }
  }
  const attempt = error?.attempts[0]
  return { kind: error === undefined ? 'token' : (attempt?.outcome ?? 'usage'), message: comparable(attempt?.message) }
}

async function askPython(world: World, credential: string, env: Variables): Promise<Answer> {
  if ('missing' in python) throw new Error(python.missing)
  const input = JSON.stringify({ credential, scope, assertionFile: env['AZURE_FEDERATED_TOKEN_FILE'] })
  const run = await world.run(python.program, [asker], { env, input, timeoutMs: 120_000 })
  if (run.code !== 0) throw new Error(run.stderr.slice(-4000))
  const { kind, message } = JSON.parse(run.stdout) as { readonly kind: string; readonly message?: string }
  return { kind, message: comparable(message) }
}

/** Ids and times of a refusal are new each time. */
function comparable(message: string | undefined): string | null {
  if (message === undefined) return null
  return message
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '{guid}')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '{time}')
}
