/** Managed identity: Python's azure-identity, JS's @azure/identity and azid in one world, asked the same, asking the same. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { userAssigned } from '../../src/sandbox/hosts/identities.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import {
  normaliseMessage,
  type RawRequest,
  type Recorded,
  recorded,
  recordedFile,
  recordedVersions,
  toRecordedRequest,
} from '../managed-identity/recorded.ts'
import { scenarioNow, scenarios } from '../managed-identity/scenarios.ts'
import { jsSdk, pythonSdk, type Sdk } from './sdks.ts'
import versions from './versions.json' with { type: 'json' }
import { type World, withWorld, worldTrouble } from './world.ts'

const trouble = worldTrouble()
const python: Sdk = trouble === null ? pythonSdk() : { missing: trouble }
const js: Sdk = trouble === null ? jsSdk() : { missing: trouble }
const why = (sdk: Sdk): string => ('missing' in sdk ? ` (skipped: ${sdk.missing})` : '')

const recorder = fileURLToPath(new URL('./python/record.py', import.meta.url))
const askers = {
  python: fileURLToPath(new URL('./python/ask.py', import.meta.url)),
  js: fileURLToPath(new URL('./js/ask.mjs', import.meta.url)),
}

describe.skipIf('missing' in python)(`the recording${why(python)}`, () => {
  test('is what azure-identity for Python does today', async () => {
    if ('missing' in python) throw new Error(python.missing)
    const fresh = await withWorld({ imds: 'refused', drops: ['10.99.0.2'] }, async (world) => {
      const input = JSON.stringify({ now: scenarioNow, scenarios })
      const run = await world.run('unshare', ['-m', python.program, recorder], { input, timeoutMs: 240_000 })
      if (run.code !== 0) throw new Error(run.stderr.slice(-4000))
      return JSON.parse(run.stdout) as Recording
    })
    const results = fresh.results.map(toRecorded)
    if (process.env['AZID_RECORD'] === '1') {
      const lines = [fresh.versions, ...results].map((line) => JSON.stringify(line))
      writeFileSync(recordedFile, `${lines.join('\n')}\n`)
      return
    }
    const { 'azure-identity': identity, msal } = versions.python
    expect(recordedVersions).toEqual({ 'azure-identity': identity, msal })
    for (const result of results) expect(result, result.name).toEqual(recorded.get(result.name))
    expect(results.length).toBe(recorded.size)
  })
})

interface Recording {
  readonly versions: Readonly<Record<string, string>>
  readonly results: readonly (Omit<Recorded, 'requests'> & { readonly requests: readonly RawRequest[] })[]
}

function toRecorded(result: Recording['results'][number]): Recorded {
  const { message } = result
  return {
    ...result,
    ...(message === undefined ? {} : { message: normaliseMessage(message) }),
    requests: result.requests.map(toRecordedRequest),
  }
}

const [user] = userAssigned
const ids = {
  'the system-assigned identity': {},
  'a client id': { clientId: user?.clientId },
  'an object id': { objectId: user?.objectId },
  'a resource id': { resourceId: user?.resourceId },
  'an id that is not assigned': { clientId: '99999999-9999-4999-8999-999999999999' },
} as const

/** Azure ML gives its own identity's token for these. The library hands it over; azid asks nobody, on purpose. */
const ignoredByMl: ReadonlySet<string> = new Set(['an object id', 'a resource id'])

type Asked = {
  readonly clientId?: string | undefined
  readonly objectId?: string | undefined
  readonly resourceId?: string | undefined
}

const optionNames = { clientId: '--client-id', objectId: '--object-id', resourceId: '--resource-id' } as const

const hostNames = ['imds', 'app-service', 'service-fabric', 'azure-ml', 'cloud-shell', 'azure-arc'] as const

/**
 * The forms of id for which the JS SDK asks as Python's does. Not Service Fabric: it does not pin the certificate, so that
 * nothing can be asked; not Azure ML without an id, where it sends one of its own, nor with others than a client id; not
 * Cloud Shell with an id, which it refuses in other words.
 */
const jsAgrees: Readonly<Partial<Record<(typeof hostNames)[number], readonly (keyof typeof ids)[]>>> = {
  imds: ['the system-assigned identity', 'a client id', 'an object id', 'a resource id'],
  'app-service': ['the system-assigned identity', 'a client id', 'an object id', 'a resource id'],
  'azure-ml': ['a client id'],
  'cloud-shell': ['the system-assigned identity'],
  'azure-arc': ['the system-assigned identity', 'a client id', 'an object id', 'a resource id'],
}

describe.skipIf('missing' in python)(`Python asks as azid does${why(python)}`, () => {
  for (const host of hostNames) {
    test(`${host}: path, query, form and headers, for every form of id`, async () => {
      await withWorld({}, async (world) => {
        for (const [name, id] of Object.entries(ids)) {
          const theirs = await askSdk(world, 'python', { credential: 'managed-identity', id }, variablesOf(world, host))
          const ours = await askAzid(world, ['-c', 'managed-identity', ...optionsOf(id)], variablesOf(world, host))
          if (host !== 'azure-ml' || !ignoredByMl.has(name)) {
            expect(ours, `${host}, ${name}`).toEqual(theirs)
            continue
          }
          expect([theirs.kind, theirs.requests.length], name).toEqual(['token', 1])
          expect([ours.kind, ours.requests.length], name).toEqual(['failed', 0])
        }
      })
    })
  }

  test('the default chain probes IMDS, and asks it for AZURE_CLIENT_ID', async () => {
    await withWorld({}, async (world) => {
      for (const env of [
        {},
        { AZURE_CLIENT_ID: user?.clientId },
        { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
      ]) {
        const theirs = await askSdk(world, 'python', { credential: 'default' }, env)
        const ours = await askAzid(world, [], env)
        expect(ours, JSON.stringify(env)).toEqual(theirs)
      }
    })
  })
})

describe.skipIf('missing' in js)(`JS asks as azid does${why(js)}`, () => {
  for (const host of hostNames) {
    const names = jsAgrees[host]
    if (names === undefined) continue
    test(`${host}: path, query, form and headers, for ${names.join(', ')}`, async () => {
      await withWorld({}, async (world) => {
        for (const name of names) {
          const id = ids[name]
          const theirs = await askSdk(world, 'js', { credential: 'managed-identity', id }, variablesOf(world, host))
          const ours = await askAzid(world, ['-c', 'managed-identity', ...optionsOf(id)], variablesOf(world, host))
          expect(withoutHabits(ours), `${host}, ${name}`).toEqual(withoutHabits(theirs))
        }
      })
    })
  }
})

/** A content type on a request without content, which JS sends, and a `Metadata` header where no host asks for one. */
function withoutHabits({ kind, requests }: Told): unknown {
  return {
    kind,
    requests: requests.map(({ headers, ...request }) => {
      const { 'content-type': _, ...rest } = headers
      if (rest['x-identity-header'] !== undefined || rest['secret'] !== undefined) delete rest['metadata']
      return { ...request, headers: rest }
    }),
  }
}

describe.skipIf(trouble !== null)(`time${trouble === null ? '' : ` (skipped: ${trouble})`}`, () => {
  test('where packets to IMDS vanish, a default chain spends at most 1.05 s in managed identity', async () => {
    await withWorld({ imds: 'dropped' }, async (world) => {
      const spent: number[] = []
      for (let run = 0; run < 5; run++) spent.push((await attemptOf(world, [])).elapsedMs)
      // The middle of five: a stall of a busy machine is not what is measured.
      expect(spent.sort((one, other) => one - other)[2]).toBeLessThanOrEqual(1050)
      expect(spent[0]).toBeGreaterThanOrEqual(990)
    })
  })

  test('with --fast and no sign of Azure, none', async () => {
    await withWorld({ imds: 'dropped' }, async (world) => {
      const attempt = await attemptOf(world, ['--fast'])
      expect(attempt.elapsedMs).toBeLessThanOrEqual(20)
      expect(attempt.message).toBe(
        'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
      )
      expect(attempt.evidence.filter(({ kind }) => kind === 'http')).toEqual([])
    })
  })
})

interface AttemptJson {
  readonly credential: string
  readonly elapsedMs: number
  readonly message: string
  readonly evidence: readonly { readonly kind: string }[]
}

async function attemptOf(world: World, args: readonly string[]): Promise<AttemptJson> {
  const run = await world.run('azid', ['get-token', 'vault', '--json', '-c', 'environment,managed-identity', ...args])
  const { error } = JSON.parse(run.stdout) as { readonly error: { readonly attempts: readonly AttemptJson[] } }
  const attempt = error.attempts.find(({ credential }) => credential === 'ManagedIdentityCredential')
  if (attempt === undefined) throw new Error(run.stdout)
  return attempt
}

/** What a client was told, and what it had asked. */
interface Told {
  readonly kind: string
  readonly message: string | null
  readonly requests: readonly Asking[]
}

interface Asking {
  readonly method: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly headers: Record<string, string>
  readonly status: number | null
}

const scope = 'https://vault.azure.net/.default'

async function askSdk(
  world: World,
  name: 'python' | 'js',
  question: { readonly credential: string; readonly id?: Asked },
  env: Readonly<Record<string, string | undefined>>,
): Promise<Told> {
  const sdk = name === 'python' ? python : js
  if ('missing' in sdk) throw new Error(sdk.missing)
  world.forget()
  const input = JSON.stringify({ ...question, scope })
  const args = [askers[name], '@azure/identity']
  const run = await world.run(sdk.program, args, { env, input, cwd: sdk.cwd, timeoutMs: 120_000 })
  if (run.code !== 0) throw new Error(run.stderr.slice(-4000))
  const answer = JSON.parse(run.stdout) as { readonly kind: string; readonly message?: string }
  return { kind: answer.kind, message: comparable(answer.message), requests: world.requests().map(toAsking) }
}

async function askAzid(
  world: World,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Told> {
  world.forget()
  const run = await world.run('azid', ['get-token', '--scope', scope, '--json', ...args], { env, timeoutMs: 120_000 })
  const answer = JSON.parse(run.stdout) as { readonly error?: { readonly attempts: readonly ErrorAttempt[] } }
  const attempt = answer.error?.attempts.at(-1)
  return {
    kind: answer.error === undefined ? 'token' : (attempt?.outcome ?? 'usage'),
    message: comparable(attempt?.message),
    requests: world.requests().map(toAsking),
  }
}

/** Correlation ids and the names of keys are new each time. */
function comparable(message: string | undefined): string | null {
  if (message === undefined) return null
  return normaliseMessage(message).replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '{guid}')
}

interface ErrorAttempt {
  readonly outcome: string
  readonly message: string
}

function toAsking({ method, path, parameters, headers = {}, status }: LoggedRequest): Asking {
  const sorted = Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1))
  return { method, path, parameters: Object.fromEntries(sorted), headers: { ...headers }, status }
}

function variablesOf(world: World, host: (typeof hostNames)[number]): Readonly<Record<string, string>> {
  return host === 'imds' ? {} : (world.hosts[host] ?? {})
}

function optionsOf(id: Asked): readonly string[] {
  const kinds = ['clientId', 'objectId', 'resourceId'] as const
  return kinds.flatMap((kind) => (id[kind] === undefined ? [] : [optionNames[kind], id[kind]]))
}
