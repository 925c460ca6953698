/** AzureCliCredential: the account of `az login`, asked through `az account get-access-token`. */
import path from 'node:path'
import { Secret } from '../../secret.ts'
import { problem } from '../problems.ts'
import type { TokenFlaw } from '../tool-facts.ts'
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
  toResource,
  toSeconds,
  unavailable,
} from '../tool-token.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome, TokenRequest } from '../types.ts'

const az: Tool = {
  name: 'az',
  files: { windows: ['az.cmd', 'az.exe', 'az.com', 'az.bat'], others: ['az'] },
  env: { AZURE_CORE_NO_COLOR: 'true' },
}

export const azureCliCredential: CredentialDefinition = {
  name: 'AzureCliCredential',
  aliases: ['azure-cli', 'az', 'cli'],
  create: (config, ports) => ({
    name: 'AzureCliCredential',
    getToken: (request, signal) => getToken(request, config, ports, signal),
  }),
  inputs: (config, ports) => ({
    variables: [
      ...toolVariables(config, ports),
      'AZURE_CONFIG_DIR',
      // az reads each of its settings from a variable as well; this one chooses the cloud.
      'AZURE_CLOUD_NAME',
      'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH',
    ],
    files: ['azureProfile.json', 'clouds.config', 'config'].map((name) => inConfigFolder(name, ports)),
    tokenFiles: [],
    values: [config.tenantId, config.subscription, config.additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function inConfigFolder(name: string, { env, host }: Pick<EnginePorts, 'env' | 'host'>): string {
  const { join } = host.platform === 'win32' ? path.win32 : path.posix
  return join(env.get('AZURE_CONFIG_DIR') || join(host.homeFolder, '.azure'), name)
}

async function getToken(
  request: TokenRequest,
  config: CredentialConfig,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { scopes, tenantId, claims } = request
  const [scope] = scopes
  const misconfigured = checkConfiguration(config)
  if (misconfigured !== null) return failed(misconfigured)
  if (claims !== undefined) {
    return unavailable(
      problem('tool-claims', {
        tool: 'az',
        claims: encodeClaims(claims),
        ...(tenantId === undefined ? {} : { tenantId }),
        ...(scope === undefined ? {} : { scope }),
      }),
    )
  }
  const bad = checkRequest(request)
  if (bad !== null) return failed(bad)
  const rules = toolProfile(config.sdk)
  if (scope === undefined || (scopes.length > 1 && rules.takesFirstScope !== true)) {
    return failed(problem('tool-scopes', { tool: 'az', count: scopes.length }))
  }
  const tenant = toolTenant(request, config, ports)
  if (!tenant.ok) return tenant.error
  const args = [
    ...['account', 'get-access-token', rules.outputOption, 'json', '--resource', toResource(scope)],
    ...(tenant.value === undefined ? [] : ['--tenant', tenant.value]),
    ...(config.subscription === undefined ? [] : ['--subscription', config.subscription]),
  ]
  const run = await runTool(az, args, config, ports, signal)
  if (!run.ok) return run.error
  return judgeRun(run.value, rules, 'az', {
    read: () => readAnswer(run.value, tenant.value, rules),
    explain: () => explainFailure(run.value, rules),
  })
}

function readAnswer(
  { file, stdout, stderr }: ToolRun,
  askedTenant: string | undefined,
  { needsNumber, reads }: ToolProfile,
): Outcome {
  const printed = { output: maskTokens(stdout), stderr: maskTokens(stderr) }
  const unreadable = (): Outcome =>
    failed(
      problem('tool-output', {
        tool: 'az',
        file,
        ...printed,
        ...(parseJson(stdout) === undefined ? { shape: keepShape(stdout) } : {}),
        isSurrounded: hasJsonWithin(stdout),
        codes: findCodes(stdout),
      }),
    )
  const malformed = (flaw: TokenFlaw): Outcome =>
    failed(problem('tool-token-malformed', { tool: 'az', file, flaw, ...printed }))

  const answer = parseJson(stdout)
  if (answer === undefined) return unreadable()
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    return malformed({ kind: 'answer', type: jsonType(answer) })
  }
  const { accessToken, expires_on, expiresOn, tenant } = answer as Readonly<Record<string, unknown>>
  const isNew = Object.hasOwn(answer, 'expires_on')
  const time = isNew ? expires_on : expiresOn
  const hasTime = isNew || Object.hasOwn(answer, 'expiresOn')
  if (isNew && typeof expires_on === 'string' && needsNumber === true) {
    return malformed({ kind: 'time', member: 'expires_on', type: 'text' })
  }
  const isRightType = typeof time === 'string' || (isNew && (typeof time === 'number' || typeof time === 'boolean'))
  if (hasTime && !isRightType && (!isNew || Object.hasOwn(answer, 'accessToken'))) {
    return malformed({ kind: 'time', member: isNew ? 'expires_on' : 'expiresOn', type: jsonType(time) })
  }
  const seconds = isNew ? secondsToMs(toSeconds(time)) : undefined
  // JavaScript takes any time that it can read, and the older member where the newer one is none.
  const end = isNew && reads === 'well-ended' ? seconds : (seconds ?? parseLocalTime(expiresOn, reads === 'any'))
  if (typeof accessToken !== 'string' || end === undefined) return unreadable()
  const tenantId = typeof tenant === 'string' && tenant !== '' ? tenant : askedTenant
  return {
    kind: 'token',
    token: {
      token: new Secret(accessToken),
      tokenType: 'Bearer',
      expiresOn: end,
      refreshOn: null,
      ...(tenantId === undefined ? {} : { tenantId }),
    },
  }
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000
}

/** Before 2.54.0 az says it in local time and without a zone: `2026-11-21 03:04:05.678901`. */
function parseLocalTime(value: unknown, isLenient: boolean): number | undefined {
  if (typeof value !== 'string') return undefined
  if (isLenient) {
    const time = new Date(value).getTime()
    return Number.isNaN(time) ? undefined : time
  }
  const parts = /^(\d{4})-(\d{1,2})-(\d{1,2})\s+(\d{1,2}):(\d{1,2}):(\d{1,2})\.(\d{1,6})$/.exec(value)
  if (parts === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number)
  const time = new Date(year, month - 1, day, hour, minute, second)
  const isReal = time.getMonth() === month - 1 && time.getDate() === day && minute < 60 && second < 60 && hour < 24
  return isReal ? time.getTime() : undefined
}

function explainFailure(
  { file, code, ending, stdout, stderr }: ToolRun,
  { knowsExit127, words }: ToolProfile,
): Outcome {
  const { notFound, signedOut, butNot } = words.az
  if ((knowsExit127 && code === 127) || notFound?.test(stderr) === true) {
    return unavailable(problem('tool-not-found', { tool: 'az', passedOver: [] }))
  }
  const codes = findCodes(`${stderr}\n${stdout}`)
  const isSignedOut = signedOut.test(stderr) && butNot?.test(stderr) !== true
  const reason = isSignedOut ? 'not-logged-in' : 'other'
  const message = maskTokens(stderr)
  const said = { message, stdout: maskTokens(stdout), stderr: message }
  const found = problem('tool-failed', { tool: 'az', file, ending, reason, ...said, codes })
  return isSignedOut ? unavailable(found) : failed(found)
}
