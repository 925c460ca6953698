/** `azid chain`: runs the chain and says what each credential did, why, and what to do. */
import type { Invocation } from '../cli/invocation.ts'
import { runChain } from '../engine/chain.ts'
import type { ExitName } from '../exit-codes.ts'
import { chainToJson, reportChain } from '../output/chain-report.ts'
import { printJson } from '../output/json.ts'
import { createLog } from '../output/log.ts'
import type { Runtime } from '../runtime.ts'
import { cachedRequest, prepare } from './acquire.ts'
import { exitOf } from './exit.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const log = await createLog(runtime, invocation.settings)
  const preparation = await prepare(invocation, runtime, log)
  const { chain, kind, profile, signal, targets } = preparation
  const [target] = targets
  if (target === undefined) throw new Error('a target is always chosen')
  const { request } = cachedRequest(target, preparation)
  const result = await runChain(chain.links, request, preparation.runtime, signal)
  await log.flush()
  const report = reportChain({ result, kind, scopes: target.scopes, profile, excluded: chain.excluded })
  await runtime.terminal.stdout.write(printJson(chainToJson(report)))
  return exitOf(result)
}
