/** `azid serve`: a managed identity endpoint on loopback for local apps and containers. */
import type { Invocation } from '../cli/invocation.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import { createLog, type Log } from '../output/log.ts'
import { shells, usualShell } from '../output/shells.ts'
import { describeSpan } from '../output/times.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { prepare } from './acquire.ts'
import { chooseAllowed, drawAccess, type OpenEndpoint, openEndpoint, withLoopGuard } from './endpoint.ts'
import { bypassProxy, hasProxy } from './proxy-bypass.ts'

/** By this name a container reaches the machine it runs on. */
const dockerHost = 'host.docker.internal'

export async function run(invocation: Invocation, outside: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const { runtime, guard } = withLoopGuard(outside)
  const log = await createLog(runtime, settings)
  checkPlace(settings, log)
  const preparation = await prepare(invocation, runtime, log)
  const allowed = chooseAllowed(settings, preparation.authority)
  if (allowed === null) {
    throw new UsageError({
      message: '`azid serve` needs to be told for which targets it may give tokens',
      source: '--allow',
      fix: 'give --allow TARGET, once for each: --allow vault --allow storage',
    })
  }
  const address = settings.listen.value
  const isForDocker = settings.print.value === 'docker'
  const hostNames = [
    ...(settings.allowHost?.value ?? []),
    ...(isEverywhere(address) ? [] : [address]),
    ...(isForDocker ? [dockerHost] : []),
  ]
  const endpoint = await openEndpoint(
    preparation,
    { address, port: settings.port?.value ?? 0, hostNames },
    allowed,
    guard,
    (record) => {
      if (settings.quiet?.value !== true) void runtime.terminal.stderr.write(drawAccess('azid serve', record))
    },
  )
  try {
    await log.flush()
    await runtime.terminal.stdout.write(drawVariables(endpoint, isForDocker, settings, runtime))
    if (settings.quiet?.value !== true) await runtime.terminal.stderr.write(describe(settings, runtime))
    await untilTheEnd(settings, runtime)
    return 'done'
  } finally {
    await endpoint.close()
  }
}

function checkPlace({ listen, expose, print, shell }: Settings, log: Log): void {
  if (print.value === 'docker' && shell !== undefined) {
    throw new UsageError({
      message: '`--shell` means nothing with `--print docker`',
      source: shell.source.name,
      fix: 'leave one of them out',
    })
  }
  if (isLoopback(listen.value)) return
  if (expose?.value !== true) {
    throw new UsageError({
      message: `other machines can reach ${listen.value}`,
      source: listen.source.name,
      fix: 'leave --listen out, or add --expose if that is what you want',
    })
  }
  log.warn(
    `on ${listen.value} whoever gets to know the IDENTITY_HEADER can ask for tokens, and both travel in clear; let only networks of this machine reach it`,
  )
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|::1$)/.test(address)
}

function isEverywhere(address: string): boolean {
  return address === '0.0.0.0' || /^[0:]+$/.test(address)
}

function drawVariables(endpoint: OpenEndpoint, isForDocker: boolean, settings: Settings, runtime: Runtime): string {
  if (isForDocker) {
    const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = endpoint.variablesFor(dockerHost)
    return `IDENTITY_ENDPOINT=${IDENTITY_ENDPOINT}\nIDENTITY_HEADER=${IDENTITY_HEADER}\nNO_PROXY=${dockerHost}\nno_proxy=${dockerHost}\n`
  }
  const address = isEverywhere(settings.listen.value) ? '127.0.0.1' : settings.listen.value
  const variables: Readonly<Record<string, string>> = {
    ...endpoint.variablesFor(address),
    ...(hasProxy(runtime.env) ? bypassProxy([address], runtime) : {}),
  }
  const text = shells[settings.shell?.value ?? usualShell(runtime)].set(
    Object.entries(variables).map(([name, value]) => ({ name, value })),
  )
  if (text !== null) return text
  throw new UsageError({
    message: 'NO_PROXY holds characters that this shell cannot be given safely',
    source: 'NO_PROXY',
    fix: 'use another --shell, or set it to plain host names',
  })
}

function describe({ print, listen, ttl }: Settings, { host }: Runtime): string {
  const until = ttl === undefined ? 'until Ctrl-C' : `for ${describeSpan(ttl.value)}, or until Ctrl-C`
  const head = `azid serve: a managed identity endpoint ${until}\n`
  if (print.value !== 'docker') {
    return `${head}run the lines above in another shell; what starts there gets its tokens here\n`
  }
  // Docker Desktop forwards to loopback; on Linux the name is the bridge, where loopback is not.
  const bridge =
    host.platform === 'linux' && isLoopback(listen.value)
      ? 'no container on this machine reaches loopback: add --listen ADDRESS --expose, with the address of the bridge (docker0)\n'
      : ''
  return `${head}put the lines above into a file: docker run --env-file FILE --add-host ${dockerHost}:host-gateway IMAGE\n${bridge}`
}

/** SIGINT, SIGTERM, or the end of `--ttl`. */
async function untilTheEnd({ ttl }: Settings, { clock, interrupted }: Runtime): Promise<void> {
  const forever = 2 ** 40
  await clock.sleep(ttl?.value ?? forever, interrupted).catch(() => undefined)
}
