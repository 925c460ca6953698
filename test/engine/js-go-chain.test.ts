/** azid's DefaultAzureCredential of JavaScript and Go against what the real ones did, word by word. */
import { describe, expect, test } from 'vitest'
import { configureAuthority } from '../../src/engine/authority.ts'
import { runChain } from '../../src/engine/chain.ts'
import { selectDefaultChain } from '../../src/engine/default-chain.ts'
import { classNameOf } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { HttpRequest, HttpResult, ProcessResult } from '../../src/runtime.ts'
import type { FakeFile } from '../fakes/files.ts'
import { exited, type FakeRuntimeOptions, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { readSdkRecording, type SdkRecord, type SdkScenario, sdkScenarios } from './sdk-scenarios.ts'
import { configure, noLimit } from './world.ts'

type Sdk = 'js' | 'go'

interface Played extends Omit<SdkRecord, 'name'> {
  readonly silent: readonly string[]
}

async function play(sdk: Sdk, scenario: SdkScenario): Promise<Played> {
  const profile = findProfile(sdk)
  const ports = fakeRuntime({
    env: { PATH: '/tools', ...scenario.env },
    files: { ...scenario.files, ...toolFile(scenario) },
    processes: toolRuns(sdk, scenario),
    http: (request) => answer(request, scenario),
  })
  const variable = ports.env.get('AZURE_AUTHORITY_HOST')
  const where = configureAuthority({ sdk, ...(variable === undefined ? {} : { variable }) })
  if (!where.ok) throw new Error(where.error.reason)
  const config = configure({ sdk, role: 'chained', processTimeoutMs: 10_000, ...where.value })
  const chain = selectDefaultChain(profile, config, {
    exclude: [],
    include: [],
    variable: ports.env.get('AZURE_TOKEN_CREDENTIALS'),
    isVariableRequired: scenario.isVariableRequired === true,
  })
  if (!chain.ok) return { outcome: 'not-made', winner: null, tried: [], message: chain.error.message, silent: [] }
  expect(chain.value.absent).toEqual([])
  const request = { scopes: [scenario.scope ?? 'https://vault.azure.net/.default'], ...scenario.request }
  const result = await runChain(chain.value.links, request, ports, noLimit())
  const tried = result.attempts.filter(({ outcome }) => outcome !== 'not-attempted')
  return {
    outcome: result.outcome,
    winner: result.credential === null ? null : classNameOf(profile, result.credential),
    tried: tried.map(({ credential, outcome }) => [classNameOf(profile, credential), outcome]),
    message: result.outcome === 'succeeded' ? null : profile.aggregate('DefaultAzureCredential', result.attempts),
    silent: tried.filter(({ isSilent }) => isSilent === true).map(({ credential }) => credential),
  }
}

function toolFile({ tool }: SdkScenario): Readonly<Record<string, FakeFile>> {
  return tool === undefined ? {} : { [`/tools/${tool.tool}`]: { kind: 'file', content: '', mode: 0o755 } }
}

/** None where the request is refused before anything is started. */
function toolRuns(sdk: Sdk, { tool, request, scope }: SdkScenario): NonNullable<FakeRuntimeOptions['processes']> {
  const isRefused = scope !== undefined || request?.tenantId === 'contoso com'
  if (tool === undefined || isRefused || (request?.claims !== undefined && tool.tool !== 'azd')) return []
  const { stdout = '', stderr = '', code = 0 } = tool
  const result: ProcessResult =
    code === null ? { kind: 'killed', signal: 'SIGKILL', stdout, stderr } : exited(code, stdout, stderr)
  const run = { file: tool.tool, args: (args: readonly string[]) => args[0] !== '/?', result }
  return sdk === 'js' && tool.tool === 'pwsh' ? [{ file: 'pwsh', args: ['/?'], result: exited(0) }, run] : [run]
}

function answer({ url }: HttpRequest, { imds }: SdkScenario): HttpResult {
  const { hostname, pathname } = new URL(url)
  // The tenant's metadata, which are read first in Go.
  if (pathname.endsWith('/.well-known/openid-configuration')) return respond(200, { token_endpoint: 'https://x/token' })
  if (hostname !== '169.254.169.254') throw new Error(`nobody should ask ${url}`)
  if (imds === undefined) return networkError('refused', 'connect ECONNREFUSED 169.254.169.254:80', '169.254.169.254')
  const result = respond(imds.status, imds.body, { 'content-type': 'application/json' })
  return result.ok ? { ok: true, response: { ...result.response, statusText: reasons[imds.status] ?? '' } } : result
}

const reasons: Readonly<Record<number, string>> = { 200: 'OK', 400: 'Bad Request', 403: 'Forbidden' }

describe.each(['js', 'go'] as const)('%s', (sdk) => {
  const recording = readSdkRecording(sdk)

  test('the recording is of the version that the profile is about, and has every scenario', () => {
    const { version } = findProfile(sdk)
    expect(recording.versions[sdk === 'js' ? '@azure/identity' : 'azidentity']).toBe(version)
    expect(sdkScenarios.filter(({ name }) => !recording.byName.has(name)).map(({ name }) => name)).toEqual([])
    expect(new Set(sdkScenarios.map(({ name }) => name)).size).toBe(sdkScenarios.length)
  })

  test.each(sdkScenarios.map((scenario) => [scenario.name, scenario] as const))('%s', async (name, scenario) => {
    const { name: _, ...recorded } = recording.byName.get(name) ?? { name }
    const { silent, ...played } = await play(sdk, scenario)
    expect(played).toEqual(recorded)
    // What is passed over in silence was tried, and is not told.
    for (const credential of silent) expect(played.message ?? '').not.toContain(`${credential}:`)
  })
})

test('JavaScript passes over what it cannot make: the broker always, workload identity without its variables', async () => {
  const { silent } = await play('js', { name: 'nothing' })
  expect(silent).toEqual(['WorkloadIdentityCredential', 'BrokerCredential'])
  expect((await play('go', { name: 'nothing' })).silent).toEqual([])
})
