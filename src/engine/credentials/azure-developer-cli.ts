/** AzureDeveloperCliCredential: the account of `azd auth login`, asked through `azd auth token`. */
import path from 'node:path'
import { Secret } from '../../secret.ts'
import { problem } from '../problems.ts'
import type { ToolFacts } from '../tool-facts.ts'
import { type ToolProfile, toolProfile } from '../tool-profile.ts'
import {
  checkConfiguration,
  checkRequest,
  encodeClaims,
  failed,
  findCodes,
  hasJsonWithin,
  jsonType,
  judgeRun,
  keepShape,
  maskTokens,
  parseJson,
  runTool,
  type Tool,
  type ToolRun,
  toolTenant,
  toolVariables,
  unavailable,
} from '../tool-token.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome, TokenRequest } from '../types.ts'

const azd: Tool = {
  name: 'azd',
  files: { windows: ['azd.exe', 'azd.cmd', 'azd.com', 'azd.bat'], others: ['azd'] },
  env: { NO_COLOR: 'true' },
}

export const azureDeveloperCliCredential: CredentialDefinition = {
  name: 'AzureDeveloperCliCredential',
  aliases: ['azure-developer-cli', 'azd', 'developer-cli'],
  create: (config, ports) => ({
    name: 'AzureDeveloperCliCredential',
    getToken: (request, signal) => getToken(request, config, ports, signal),
  }),
  inputs: (config, ports) => ({
    variables: [
      ...toolVariables(config, ports),
      'AZD_CONFIG_DIR',
      // Whose tenant azd takes where none is asked for.
      'AZURE_SUBSCRIPTION_ID',
      'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH',
    ],
    files: ['auth.json', 'config.json'].map((name) => inConfigFolder(name, ports)),
    tokenFiles: [],
    values: [config.tenantId, config.additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function inConfigFolder(name: string, { env, host }: Pick<EnginePorts, 'env' | 'host'>): string {
  const { join } = host.platform === 'win32' ? path.win32 : path.posix
  return join(env.get('AZD_CONFIG_DIR') || join(host.homeFolder, '.azd'), name)
}

async function getToken(
  request: TokenRequest,
  config: CredentialConfig,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const bad = checkConfiguration(config) ?? checkRequest(request)
  if (bad !== null) return failed(bad)
  if (request.scopes.length === 0) return failed(problem('tool-scopes', { tool: 'azd', count: 0 }))
  const tenant = toolTenant(request, config, ports)
  if (!tenant.ok) return tenant.error
  const rules = toolProfile(config.sdk)
  const args = [
    ...['auth', 'token', rules.outputOption, 'json', '--no-prompt'],
    ...request.scopes.flatMap((scope) => ['--scope', scope]),
    ...(tenant.value === undefined ? [] : ['--tenant-id', tenant.value]),
    ...(request.claims === undefined ? [] : ['--claims', encodeClaims(request.claims)]),
  ]
  const run = await runTool(azd, args, config, ports, signal)
  if (!run.ok) return run.error
  const asked = {
    scopes: request.scopes,
    hasClaims: request.claims !== undefined,
    ...(tenant.value === undefined ? {} : { tenantId: tenant.value }),
  }
  return judgeRun(run.value, rules, 'azd', {
    read: () => readAnswer(run.value, tenant.value),
    explain: () => explainFailure(run.value, rules, asked),
  })
}

function readAnswer({ file, stdout, stderr }: ToolRun, tenantId: string | undefined): Outcome {
  const printed = { output: maskTokens(stdout), stderr: maskTokens(stderr) }
  const answer = parseJson(stdout)
  if (answer !== undefined && (typeof answer !== 'object' || answer === null || Array.isArray(answer))) {
    const flaw = { kind: 'answer', type: jsonType(answer) } as const
    return failed(problem('tool-token-malformed', { tool: 'azd', file, flaw, ...printed }))
  }
  const { token, expiresOn } = (answer ?? {}) as Readonly<Record<string, unknown>>
  if (answer !== undefined && Object.hasOwn(answer, 'expiresOn') && typeof expiresOn !== 'string') {
    const flaw = { kind: 'time', member: 'expiresOn', type: jsonType(expiresOn) } as const
    return failed(problem('tool-token-malformed', { tool: 'azd', file, flaw, ...printed }))
  }
  const end = parseTime(expiresOn)
  if (typeof token === 'string' && end !== undefined) {
    return {
      kind: 'token',
      token: {
        token: new Secret(token),
        tokenType: 'Bearer',
        expiresOn: end,
        refreshOn: null,
        ...(tenantId === undefined ? {} : { tenantId }),
      },
    }
  }
  const message = readMessage(stdout)
  return failed(
    problem('tool-output', {
      tool: 'azd',
      file,
      ...printed,
      ...(answer === undefined ? { shape: keepShape(stdout) } : {}),
      isSurrounded: hasJsonWithin(stdout),
      codes: findCodes(stdout),
      ...(message === null ? {} : { message }),
    }),
  )
}

/** UTC, as its Z says (azure-identity for Python takes it for local time). */
function parseTime(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value)) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

/**
 * azd writes its errors as lines of JSON: `{"error": …}` since 1.23.7, before that `{"type": "consoleMessage", "data":
 * {"message": …}}`. The first of the former, else the first of the latter; null where there is neither.
 */
function readMessage(output: string): string | null {
  let older: string | null = null
  for (const line of output.split('\n')) {
    const value = parseJson(line.trim())
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const { error, data } = value as Readonly<Record<string, unknown>>
    if (typeof error === 'string' && error.trim() !== '') return maskTokens(error.trim())
    const { message } = (typeof data === 'object' && data !== null ? data : {}) as Readonly<Record<string, unknown>>
    if (older === null && typeof message === 'string' && message.trim() !== '') older = message.trim()
  }
  return older === null ? null : maskTokens(older)
}

function explainFailure(
  { file, code, ending, stdout, stderr }: ToolRun,
  { knowsExit127, words }: ToolProfile,
  asked: Pick<ToolFacts['tool-failed'], 'scopes' | 'tenantId' | 'hasClaims'>,
): Outcome {
  const { notFound, signedOut, butNot, claimsNeeded } = words.azd
  if ((knowsExit127 && code === 127) || notFound?.test(stderr) === true) {
    return unavailable(problem('tool-not-found', { tool: 'azd', passedOver: [] }))
  }
  const all = `${stdout}\n${stderr}`
  const reason =
    signedOut.test(all) && butNot?.test(all) !== true
      ? 'not-logged-in'
      : claimsNeeded?.test(stderr) === true
        ? 'claims-needed'
        : all.includes('unknown flag: --claims')
          ? 'claims-flag-unknown'
          : 'other'
  const message = readMessage(stdout) ?? readMessage(stderr) ?? maskTokens(stderr)
  const said = { message, stdout: maskTokens(stdout), stderr: maskTokens(stderr), ...asked }
  const found = problem('tool-failed', { tool: 'azd', file, ending, reason, ...said, codes: findCodes(all) })
  return reason === 'other' ? failed(found) : unavailable(found)
}
