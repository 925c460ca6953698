/**
 * What the credentials of developer tools share: one short run of the tool in a safe folder, without a terminal, within a
 * time limit, and what it printed with no token in it.
 */
import { failure, type Result, success } from '../result.ts'
import { abortProblem } from './chain.ts'
import { locateExecutable, windowsCommand } from './executable.ts'
import { type Problem, problem } from './problems.ts'
import { createRedactor } from './redaction.ts'
import { isTenantText, resolveTenant } from './tenant.ts'
import type { JsonType, ToolName } from './tool-facts.ts'
import { noTimeoutMs, type ToolProfile, toolProfile } from './tool-profile.ts'
import type { CredentialConfig, EnginePorts, Outcome, TokenRequest } from './types.ts'

export interface Tool {
  readonly name: ToolName
  /** File names, the first one first. */
  readonly files: { readonly windows: readonly string[]; readonly others: readonly string[] }
  /** Added to the environment that it inherits. */
  readonly env: Readonly<Record<string, string>>
  /** The arguments are long and tell nothing: records name the program alone. */
  readonly areArgsDull?: boolean
}

export interface ToolRun {
  readonly file: string
  /** Null: it was killed. */
  readonly code: number | null
  readonly ending: string
  readonly stdout: string
  readonly stderr: string
}

/** Variables that decide which program is found, and where it starts. */
export function toolVariables(config: CredentialConfig, { host }: Pick<EnginePorts, 'host'>): readonly string[] {
  const tenant = chainTenantVariable(config)
  return ['PATH', ...(host.platform === 'win32' ? ['SYSTEMROOT'] : []), ...(tenant === null ? [] : [tenant])]
}

/** Null: this SDK's chain does not read the tool's tenant from a variable, or an option says it. */
function chainTenantVariable({ sdk, role, tenantId }: CredentialConfig): string | null {
  return role === 'chained' && tenantId === undefined ? (toolProfile(sdk).chainTenantVariable ?? null) : null
}

/** Runs the tool once. The failure is what came of the credential when there is nothing to interpret. */
export async function runTool(
  tool: Tool,
  args: readonly string[],
  { sdk, processTimeoutMs }: Pick<CredentialConfig, 'sdk' | 'processTimeoutMs'>,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Result<ToolRun, Outcome>> {
  const isWindows = ports.host.platform === 'win32'
  const located = await locateExecutable(isWindows ? tool.files.windows : tool.files.others, ports)
  if (located.kind === 'missing') {
    const { kind: _, ...facts } = located
    return failure(unavailable(problem('tool-not-found', { tool: tool.name, ...facts })))
  }
  const { file } = located
  const folder = isWindows ? ports.env.get('SYSTEMROOT') || (toolProfile(sdk).windowsFolder ?? '') : '/bin'
  if (folder === '') return failure(unavailable(problem('tool-no-system-folder', { tool: tool.name })))
  const command = isWindows ? windowsCommand(file, args, folder) : success({ file, args })
  if (!command.ok) {
    return failure(unavailable(problem('tool-not-started', { tool: tool.name, file, detail: command.error })))
  }
  // Several at once would each renew the sign-in, and wait for each other's files within their time limits.
  const endTurn = tool.name === 'az' ? await ports.takeTurn?.(tool.name, signal) : undefined
  const result = await ports.processes.run(
    {
      ...command.value,
      env: toolProfile(sdk).keepsEnvironment === true ? {} : tool.env,
      cwd: folder,
      timeoutMs: processTimeoutMs ?? toolProfile(sdk).timeoutMs[tool.name] ?? noTimeoutMs,
      ...(tool.areArgsDull === true ? { areArgsPrivate: true } : {}),
    },
    signal,
  )
  await endTurn?.()
  if (signal.aborted) return failure(failed(abortProblem(signal)))
  switch (result.kind) {
    case 'not-started':
      return failure(unavailable(problem('tool-not-started', { tool: tool.name, file, detail: result.detail })))
    case 'timed-out':
      return failure(unavailable(problem('tool-timed-out', { tool: tool.name, file, timeoutMs: result.timeoutMs })))
    case 'killed':
    case 'exited': {
      const [stdout, stderr] = [result.stdout, result.stderr].map(toLines) as [string, string]
      const code = result.kind === 'exited' ? result.code : null
      // What is not UTF-8 came through the port as U+FFFD; a token has none, so only its output counts where it ended well.
      if ((code === 0 ? stdout : stdout + stderr).includes('\ufffd')) {
        return failure(unavailable(problem('tool-not-text', { tool: tool.name, file })))
      }
      const said = code === 0 ? '' : shorten(maskTokens(stderr.trim() || stdout.trim()))
      if (said !== '') ports.note?.({ kind: 'process', what: file, result: `said: ${said}` })
      const ending = result.kind === 'exited' ? `exit ${result.code}` : `killed by ${result.signal}`
      return success({ file, code, ending, stdout, stderr })
    }
    default:
      return result satisfies never
  }
}

/**
 * Reads the answer of a run, or explains why there is none, in the order in which the SDK does: most look at how the tool
 * ended, the one for JavaScript at what it said.
 */
export function judgeRun(
  { code, stderr }: ToolRun,
  { reads, words }: ToolProfile,
  tool: ToolName,
  { read, explain }: { readonly read: () => Outcome; readonly explain: () => Outcome },
): Outcome {
  if (reads === 'well-ended') return code === 0 ? read() : explain()
  const { notFound, signedOut, butNot, claimsNeeded } = words[tool]
  const isSignedOut = signedOut.test(stderr) && butNot?.test(stderr) !== true
  if (isSignedOut || notFound?.test(stderr) === true || claimsNeeded?.test(stderr) === true) return explain()
  const answer = read()
  return answer.kind === 'token' || code === 0 ? answer : explain()
}

/** The beginning, on one line: what a trace has room for. */
function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

function toLines(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

/** Scopes, tenant and subscription reach a command line, so only these characters do (the SDKs' own rule). */
export function checkConfiguration({ tenantId, subscription }: CredentialConfig): Problem | null {
  if (subscription !== undefined && !/^[0-9a-zA-Z\-._ ]+$/.test(subscription)) {
    const reason = 'has other characters than letters, digits, spaces, `-`, `.` and `_`'
    return problem('input-invalid', { what: 'subscription', source: '--subscription', reason, value: subscription })
  }
  return checkTenant(tenantId)
}

export function checkRequest({ scopes, tenantId }: TokenRequest): Problem | null {
  const scope = scopes.find((each) => !/^[0-9a-zA-Z\-_.:/]+$/.test(each))
  if (scope === undefined) return checkTenant(tenantId)
  const reason = 'has other characters than letters, digits, `-`, `_`, `.`, `:` and `/`'
  return (
    checkTenant(tenantId) ?? problem('input-invalid', { what: 'scope', source: 'the request', reason, value: scope })
  )
}

function checkTenant(value: string | undefined): Problem | null {
  if (value === undefined || isTenantText(value)) return null
  const reason = 'has other characters than letters, digits, `-` and `.`'
  return problem('input-invalid', { what: 'tenant id', source: '--tenant', reason, value })
}

/** The tenant to name to the tool; undefined: its own choice. */
export function toolTenant(
  request: TokenRequest,
  config: CredentialConfig,
  { env }: Pick<EnginePorts, 'env'>,
): Result<string | undefined, Outcome> {
  const { additionallyAllowedTenants } = config
  const variable = chainTenantVariable(config)
  const tenantId = config.tenantId ?? (variable === null ? undefined : env.get(variable) || undefined)
  const bad = checkTenant(tenantId)
  if (bad !== null) return failure(failed(bad))
  const tenant = resolveTenant(
    {
      additionallyAllowed: additionallyAllowedTenants,
      ...(tenantId === undefined ? {} : { configured: tenantId }),
      ...(request.tenantId === undefined ? {} : { requested: request.tenantId }),
    },
    env,
  )
  return tenant.ok ? tenant : failure(failed(problem('tenant-not-allowed', tenant.error)))
}

/** A v1 resource: the scope without `/.default`. */
export function toResource(scope: string): string {
  return scope.replace(/\/\.default$/, '')
}

/** As the tools' options for a claims challenge take it. */
export function encodeClaims(claims: string): string {
  return Buffer.from(claims, 'utf8').toString('base64')
}

const longestText = 8192
const redact = createRedactor([])

/**
 * What a tool printed, fit to be shown: a member that holds a token is `****` as in the SDKs, and of anything else that
 * looks like a token only stars are left.
 */
export function maskTokens(text: string): string {
  const labelled = text
    .replace(/"(?:accessToken|token)": "[^\n]*?(?:"|(?=\n?$))/g, '****')
    .replace(/("(?:access_?token|refresh_?token|id_?token|token|secret)"\s*:\s*")[^"]*/gi, '$1***')
    .replace(/azsdk%[^%\s]+/g, 'azsdk%***')
  return redact(labelled)
    .replace(/[\w+/=.~-]{120,}/g, '***')
    .slice(0, longestText)
}

/** The same text with tokens as just as many stars, so that a parser stumbles at the same place. */
export function keepShape(text: string): string {
  const stars = (token: string): string => '*'.repeat(token.length)
  return text
    .replace(
      /("(?:access_?token|refresh_?token|id_?token|token)"\s*:\s*")([^"\n]*)/gi,
      (_, label: string, token: string) => `${label}${stars(token)}`,
    )
    .replace(/[\w+/=.~-]{40,}/g, stars)
    .slice(0, longestText)
}

export function findCodes(text: string): readonly string[] {
  return [...new Set(text.match(/\bAADSTS\d+/g) ?? [])]
}

/** Whether a whole answer is in there, with other text before or behind it. */
export function hasJsonWithin(text: string): boolean {
  const [from, to] = [text.indexOf('{'), text.lastIndexOf('}')]
  return from !== -1 && to > from && parseJson(text) === undefined && parseJson(text.slice(from, to + 1)) !== undefined
}

/** Undefined: no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'number':
      return Number.isInteger(value) ? 'integer' : 'fraction'
    case 'boolean':
      return 'boolean'
    default:
      return 'object'
  }
}

/** Python's `int()` of what JSON can hold: a number is cut, a text has to be digits. Undefined: it has no such value. */
export function toSeconds(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value)
  if (typeof value === 'boolean') return Number(value)
  return typeof value === 'string' && /^\s*[+-]?\d{1,15}\s*$/.test(value) ? Number(value) : undefined
}

export function unavailable(found: Problem): Outcome {
  return { kind: 'unavailable', problem: found }
}

export function failed(found: Problem): Outcome {
  return { kind: 'failed', problem: found }
}
