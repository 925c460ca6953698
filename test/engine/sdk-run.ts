/** Runs a chain of one SDK's profile over made-up ports, and says what that SDK would raise. */
import { configureAuthority } from '../../src/engine/authority.ts'
import { runChain } from '../../src/engine/chain.ts'
import { selectDefaultChain, selectNamedChain } from '../../src/engine/default-chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { ChainResult, CredentialConfig, SdkName, TokenRequest } from '../../src/engine/types.ts'
import type { HttpRequest, HttpResult, ProcessResult } from '../../src/runtime.ts'
import type { FakeFile } from '../fakes/files.ts'
import { type FakeRuntime, fakeRuntime, networkError } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

export interface SdkRun {
  readonly sdk: SdkName
  /** Names of a chain of one's own; default: DefaultAzureCredential. */
  readonly names?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string | FakeFile>>
  /** What each tool on PATH does; those that are not here are not installed. */
  readonly tools?: Readonly<Record<string, ProcessResult | 'hangs' | 'not-executable'>>
  /** Default: nobody listens anywhere. */
  readonly http?: (request: HttpRequest) => HttpResult
  readonly config?: Partial<CredentialConfig>
  readonly request?: Partial<TokenRequest>
  readonly isVariableRequired?: boolean
}

export interface SdkRunResult {
  /** Null: the chain could not be made. */
  readonly result: ChainResult | null
  /** What the SDK raises; undefined with a token. */
  readonly message: string | undefined
  readonly runtime: FakeRuntime
}

export async function runSdk(run: SdkRun): Promise<SdkRunResult> {
  const { sdk, names, env = {}, tools = {} } = run
  const profile = findProfile(sdk)
  const toolFiles = Object.entries(tools).map(([name, does]): [string, FakeFile] => [
    `/tools/${name}`,
    { kind: 'file', content: '', mode: does === 'not-executable' ? 0o644 : 0o755 },
  ])
  const runtime = fakeRuntime({
    env: { PATH: '/tools', ...env },
    files: { ...Object.fromEntries(toolFiles), ...run.files },
    http: run.http ?? ((request) => refuse(request)),
    processes: Object.entries(tools).flatMap(([name, does]) =>
      does === 'not-executable'
        ? []
        : [{ file: `/tools/${name}`, ms: does === 'hangs' ? 60_000 : 5, result: does === 'hangs' ? done : does }],
    ),
  })
  const variable = env['AZURE_AUTHORITY_HOST']
  const authority = configureAuthority({ sdk, ...(variable === undefined ? {} : { variable }) })
  if (!authority.ok) throw new Error(authority.error.reason)
  const { processTimeoutMs: _, ...basis } = configure({ sdk, role: names === undefined ? 'chained' : 'named' })
  const config: CredentialConfig = { ...basis, ...authority.value, ...run.config }
  const selection =
    names === undefined
      ? selectDefaultChain(profile, config, {
          exclude: [],
          include: [],
          variable: env['AZURE_TOKEN_CREDENTIALS'],
          isVariableRequired: run.isVariableRequired ?? false,
        })
      : selectNamedChain(profile, names, config)
  if (!selection.ok) return { result: null, message: selection.error.message, runtime }
  const request = { scopes: ['https://management.azure.com/.default'], ...run.request }
  const result = await runChain(selection.value.links, request, runtime, noLimit())
  if (result.outcome === 'succeeded') return { result, message: undefined, runtime }
  const [first] = result.attempts
  const message =
    names?.length === 1 && first?.problem !== undefined
      ? wordProblem(profile, first.credential, first.problem)
      : profile.aggregate(names === undefined ? 'DefaultAzureCredential' : 'ChainedTokenCredential', result.attempts)
  return { result, message, runtime }
}

const done: ProcessResult = { kind: 'exited', code: 0, stdout: '', stderr: '' }

/** Nobody listens: what Node says of a connection that was refused. */
export function refuse({ url }: HttpRequest): HttpResult {
  const { hostname, port, protocol } = new URL(url)
  const socket = `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
  return networkError('refused', `connect ECONNREFUSED ${socket}`, hostname)
}

/** The token service refuses, as Entra ID does. */
export function refusal(status: number, error: string, description: string, more: object = {}): HttpResult {
  const code = Number(/AADSTS(\d+)/.exec(description)?.[1] ?? 0)
  return {
    ok: true,
    response: {
      status,
      statusText: '',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify({ error, error_description: description, error_codes: [code], ...more }),
    },
  }
}
