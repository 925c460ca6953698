/** Plays one scenario to azid's own credential, as a chain of one link. */
import { type Link, runChain } from '../../src/engine/chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { ChainResult } from '../../src/engine/types.ts'
import type { ProcessResult } from '../../src/runtime.ts'
import { configure, judgeInDefaultChain, noLimit } from '../engine/world.ts'
import type { FakeFile } from '../fakes/files.ts'
import { exited, type FakeRuntime, fakeRuntime } from '../fakes/runtime.ts'
import type { StandIn, ToolScenario } from './scenarios.ts'

export type { ChainResult }

export interface Played {
  readonly result: ChainResult
  /** The SDK's text; undefined with a token. */
  readonly message: string | undefined
  /** What the tool was given; undefined when none was started. */
  readonly args: readonly string[] | undefined
  readonly runtime: FakeRuntime
}

export async function runTools(scenario: ToolScenario): Promise<Played> {
  const { tool, standIn, scopes = ['https://vault.azure.net/.default'], isChained = false } = scenario
  const file: FakeFile = { kind: 'file', content: '', mode: standIn === 'not-executable' ? 0o644 : 0o755 }
  const runtime = fakeRuntime({
    env: { PATH: '/tools' },
    files: standIn === 'missing' ? {} : { [`/tools/${tool}`]: file },
    ...(isStarted(scenario)
      ? {
          processes: [
            {
              file: `/tools/${tool}`,
              ms: standIn === 'hanging' ? 60_000 : 5,
              result: answerOf(standIn),
            },
          ],
        }
      : {}),
  })
  const match = findCredential(tool)
  if (match.kind !== 'found') throw new Error(`no credential for ${tool}`)
  const { definition } = match
  const config = configure({
    role: isChained ? 'chained' : 'named',
    processTimeoutMs: 1000,
    additionallyAllowedTenants: scenario.allowedTenants ?? [],
    ...(scenario.tenantId === undefined ? {} : { tenantId: scenario.tenantId }),
    ...(scenario.subscription === undefined ? {} : { subscription: scenario.subscription }),
  })
  const link: Link = {
    name: definition.name,
    create: (ports) => definition.create(config, ports),
    ...(isChained ? { judge: judgeInDefaultChain(definition.name) } : {}),
  }
  const request = {
    scopes,
    ...(scenario.requestTenant === undefined ? {} : { tenantId: scenario.requestTenant }),
    ...(scenario.claims === undefined ? {} : { claims: scenario.claims }),
  }
  const result = await runChain([link], request, runtime, noLimit())
  const problem = result.attempts[0]?.problem
  const [started] = runtime.processes.started
  return {
    result,
    message: problem === undefined ? undefined : wordProblem(findProfile('python'), definition.name, problem),
    args: started?.args,
    runtime,
  }
}

function isStarted({ standIn }: ToolScenario): boolean {
  return standIn !== 'missing' && standIn !== 'not-executable'
}

function answerOf(standIn: StandIn): ProcessResult {
  if (standIn === 'not-startable') return { kind: 'not-started', detail: 'spawn ENOENT' }
  if (typeof standIn === 'string') return exited(0)
  const [stdout, stderr] = [standIn.stdout ?? '', standIn.stderr ?? ''].map((text) =>
    standIn.isBase64 === true ? new TextDecoder().decode(Buffer.from(text, 'base64')) : text,
  ) as [string, string]
  // As a pipe hands it over: the marker of azid's own script in place of the SDK's.
  const own = stdout.replace('NO_AZ_ACCOUNT_MODULE', 'azsdk-no-module')
  return standIn.isKilled === true
    ? { kind: 'killed', signal: 'SIGKILL', stdout: own, stderr }
    : exited(standIn.exit ?? 0, own, stderr)
}
