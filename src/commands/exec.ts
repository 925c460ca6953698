/** `azid exec`: a command with tokens, or a managed identity endpoint, only in its environment. */
import type { Invocation } from '../cli/invocation.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import { createLog } from '../output/log.ts'
import { defaultVariable } from '../output/variables.ts'
import type { Runtime } from '../runtime.ts'
import { childEnvironment } from '../sandbox/child-environment.ts'
import { UsageError } from '../usage-error.ts'
import { acquire, type Preparation, prepare } from './acquire.ts'
import { chooseAllowed, drawAccess, openEndpoint, withLoopGuard } from './endpoint.ts'
import { bypassProxy } from './proxy-bypass.ts'
import { findProgram, runProgram } from './run-child.ts'

/** A variable of the command and the target whose token goes into it. */
interface Assignment {
  readonly variable: string
  readonly target: string
}

export async function run(invocation: Invocation, outside: Runtime): Promise<ExitName | number> {
  const { settings, rest } = invocation
  const assignments = chooseAssignments(settings)
  const { runtime, guard } = withLoopGuard(outside)
  const log = await createLog(runtime, settings)
  const preparation = await prepare({ ...invocation, args: assignments.map(({ target }) => target) }, runtime, log)
  const allowed = chooseAllowed(settings, preparation.authority)
  const found = await findProgram(rest, runtime)
  if (found.kind === 'missing') return found.code

  const tokens: Record<string, string> = {}
  for (const [index, { variable }] of assignments.entries()) {
    const value = await getValue(index, preparation)
    if (!('token' in value)) return value.exit
    tokens[variable] = value.token
  }
  await log.flush()
  if (settings.identityEndpoint?.value !== true) return runProgram(found.program, tokens, runtime)

  const endpoint = await openEndpoint(
    preparation,
    { address: '127.0.0.1', port: 0, hostNames: [] },
    allowed,
    guard,
    (record) => {
      if (settings.verbose?.value === true) void runtime.terminal.stderr.write(drawAccess('azid exec', record))
    },
  )
  try {
    const identity = { ...endpoint.variablesFor('127.0.0.1'), ...bypassProxy([], runtime), ...tokens }
    return await runProgram(found.program, onlyThisIdentity(identity, runtime), runtime)
  } finally {
    await endpoint.close()
  }
}

/** Everything else that could sign the command in is taken away. What merely says that this is GitHub Actions stays. */
function onlyThisIdentity(
  identity: Readonly<Record<string, string>>,
  { env }: Runtime,
): Readonly<Record<string, string | undefined>> {
  return childEnvironment(
    env.names().filter((name) => name !== 'GITHUB_ACTIONS'),
    identity,
  )
}

function chooseAssignments({
  set,
  identityEndpoint,
  allow,
  expectTenant,
  expectUser,
  expectType,
}: Settings): readonly Assignment[] {
  if (set === undefined && identityEndpoint?.value !== true) {
    throw new UsageError({
      message: '`azid exec` has nothing to give to the command',
      fix: 'give --set VAR=TARGET, once for each token, or --identity-endpoint',
    })
  }
  if (allow !== undefined && identityEndpoint?.value !== true) {
    throw new UsageError({
      message: '`--allow` means nothing without `--identity-endpoint`',
      source: allow.source.name,
      fix: 'add --identity-endpoint, or leave it out',
    })
  }
  const expectation = identityEndpoint?.value === true ? (expectTenant ?? expectUser ?? expectType) : undefined
  if (expectation !== undefined) {
    throw new UsageError({
      message: `\`${expectation.source.name}\` is not checked for the tokens that \`--identity-endpoint\` gives later`,
      source: expectation.source.name,
      fix: 'leave it out, or give the tokens with --set; azid whoami checks whose they would be',
    })
  }
  const assignments = (set?.value ?? []).map(({ name, target }) => ({
    variable: name ?? defaultVariable(target),
    target,
  }))
  const names = assignments.map(({ variable }) => variable)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return assignments
  throw new UsageError({
    message: `two tokens would go into the one variable ${twice}`,
    source: '--set',
    fix: 'give each a name of its own: --set VAR=TARGET',
  })
}

/** The token of one target; or how to end, said already. */
async function getValue(
  index: number,
  preparation: Preparation,
): Promise<{ readonly token: string } | { readonly exit: ExitName }> {
  const { targets, settings, log } = preparation
  const target = targets[index]
  if (target === undefined) throw new Error(`there is no target ${index}`)
  const acquisition = await acquire(target, preparation)
  if (acquisition.kind === 'failed') {
    await log.flush()
    const { sayFailure } = await import('./say-failure.ts')
    return { exit: await sayFailure(acquisition, preparation) }
  }
  const { token } = acquisition.token
  if (settings.expectTenant !== undefined || settings.expectUser !== undefined || settings.expectType !== undefined) {
    const { meetsExpectations } = await import('./expectations.ts')
    const exit = await meetsExpectations(token, preparation)
    if (exit !== 'done') return { exit }
  }
  return { token: token.reveal() }
}
