/** AzurePowerShellCredential: the account of `Connect-AzAccount`, asked through `Get-AzAccessToken` of Az.Accounts. */
import path from 'node:path'
import { failure, type Result, success } from '../../result.ts'
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
  maskTokens,
  parseJson,
  runTool,
  type Tool,
  type ToolRun,
  toolTenant,
  toolVariables,
  toResource,
  unavailable,
} from '../tool-token.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome, TokenRequest } from '../types.ts'

const pwsh: Tool = {
  name: 'pwsh',
  files: { windows: ['pwsh.exe', 'powershell.exe'], others: ['pwsh'] },
  env: {},
  areArgsDull: true,
}

/** What the script prints where there is no usable module. */
const noModule = 'azsdk-no-module'

export const azurePowerShellCredential: CredentialDefinition = {
  name: 'AzurePowerShellCredential',
  aliases: ['azure-powershell', 'powershell', 'pwsh'],
  create: (config, ports) => ({
    name: 'AzurePowerShellCredential',
    getToken: (request, signal) => getToken(request, config, ports, signal),
  }),
  inputs: (config, ports) => ({
    variables: [...toolVariables(config, ports), 'PSModulePath', 'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH'],
    files: contextFiles(ports),
    tokenFiles: [],
    values: [config.tenantId, config.additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function contextFiles({ host }: Pick<EnginePorts, 'host'>): readonly string[] {
  const { join } = host.platform === 'win32' ? path.win32 : path.posix
  return ['AzureRmContext.json', 'AzureRmContextSettings.json'].map((name) => join(host.homeFolder, '.Azure', name))
}

async function getToken(
  request: TokenRequest,
  config: CredentialConfig,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Outcome> {
  const { scopes, tenantId, claims } = request
  const misconfigured = checkConfiguration(config)
  if (misconfigured !== null) return failed(misconfigured)
  if (claims !== undefined) {
    const asked = tenantId === undefined ? {} : { tenantId }
    return unavailable(problem('tool-claims', { tool: 'pwsh', claims: encodeClaims(claims), ...asked }))
  }
  const bad = checkRequest(request)
  if (bad !== null) return failed(bad)
  const tenant = toolTenant(request, config, ports)
  if (!tenant.ok) return tenant.error
  const [scope] = scopes
  const rules = toolProfile(config.sdk)
  if (scope === undefined || (scopes.length > 1 && rules.takesFirstScope !== true)) {
    return failed(problem('tool-scopes', { tool: 'pwsh', count: scopes.length }))
  }
  const tried = rules.triesPowershell === true ? await findWorking(config, ports, signal) : success(pwsh)
  if (!tried.ok) return tried.error
  const text = makeScript(toResource(scope), tenant.value ?? '', rules.powershellAnswer)
  const script = Buffer.from(text, 'utf16le').toString('base64')
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', script]
  const run = await runTool(tried.value, args, config, ports, signal)
  if (!run.ok) return run.error
  const isRead = run.value.code === 0 && (rules.reads === 'well-ended' || run.value.stderr === '')
  return isRead ? readAnswer(run.value, tenant.value, rules) : explainFailure(run.value, rules)
}

/** The first that runs at all; a failure is what came of the last one. */
async function findWorking(
  config: CredentialConfig,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Result<Tool, Outcome>> {
  const names = ports.host.platform === 'win32' ? pwsh.files.windows : pwsh.files.others
  let last: Outcome = unavailable(problem('tool-not-found', { tool: 'pwsh', passedOver: [] }))
  for (const name of names) {
    const tool = { ...pwsh, files: { windows: [name], others: [name] } }
    const trial = await runTool(tool, ['/?'], config, ports, signal)
    if (trial.ok && trial.value.code === 0 && trial.value.stderr === '') return success(tool)
    if (!trial.ok && trial.error.kind === 'failed') return trial
    last = trial.ok ? unavailable(problem('tool-not-found', { tool: 'pwsh', passedOver: [] })) : trial.error
  }
  return failure(last)
}

/**
 * Both values are checked: nothing in them ends a quoted string. From Az.Accounts 2.17.0 the token can be asked for as a
 * SecureString, from 5.0.0 it always is one; before PowerShell 7 only a BSTR makes it text again.
 */
function makeScript(resource: string, tenantId: string, answer: ToolProfile['powershellAnswer']): string {
  return `$ErrorActionPreference = 'Stop'
$module = Import-Module Az.Accounts -MinimumVersion '2.2.0' -PassThru -ErrorAction SilentlyContinue
if (-not $module) { Write-Output '${noModule}'; exit }
$asked = @{ ResourceUrl = '${resource}'; WarningAction = 'Ignore' }
if ('${tenantId}' -ne '') { $asked['TenantId'] = '${tenantId}' }
if ($module.Version -ge [version]'2.17.0' -and $module.Version -lt [version]'5.0.0') { $asked['AsSecureString'] = $true }
$answer = Get-AzAccessToken @asked
$text = $answer.Token
if ($text -is [System.Security.SecureString]) {
  if ($PSVersionTable.PSVersion.Major -ge 7) { $text = $text | ConvertFrom-SecureString -AsPlainText }
  else {
    $pointer = [System.Runtime.InteropServices.Marshal]::SecureStringToBSTR($text)
    try { $text = [System.Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer) }
    finally { [System.Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer) }
  }
}
${answers[answer]}
`
}

const answers: Readonly<Record<ToolProfile['powershellAnswer'], string>> = {
  line: 'Write-Output "`nazsdk%$($text)%$($answer.ExpiresOn.ToUnixTimeSeconds())`n"',
  'json-text': "Write-Output (ConvertTo-Json @{ Token = $text; ExpiresOn = $answer.ExpiresOn.ToString('o') })",
  'json-seconds': 'Write-Output (ConvertTo-Json @{ Token = $text; ExpiresOn = $answer.ExpiresOn.ToUnixTimeSeconds() })',
}

function readAnswer(run: ToolRun, tenantId: string | undefined, { powershellAnswer }: ToolProfile): Outcome {
  const { file, stdout } = run
  if (stdout.includes(noModule)) return unavailable(problem('powershell-module-missing', { file }))
  if (powershellAnswer !== 'line') return readJson(run, tenantId, powershellAnswer === 'json-text')
  const line = stdout.split(/\s+/).find((word) => word.startsWith('azsdk%'))
  if (line === undefined) {
    const output = maskTokens(stdout)
    return failed(problem('tool-output', { tool: 'pwsh', file, output, isSurrounded: false, codes: findCodes(stdout) }))
  }
  const malformed = (flaw: TokenFlaw): Outcome => failed(problem('tool-token-malformed', { tool: 'pwsh', file, flaw }))
  const parts = line.split('%')
  const [, token = '', seconds = ''] = parts
  if (parts.length !== 3) return malformed({ kind: 'parts', count: parts.length })
  if (!/^[+-]?\d{1,15}$/.test(seconds)) return malformed({ kind: 'number', text: maskTokens(seconds) })
  return {
    kind: 'token',
    token: {
      token: new Secret(token),
      tokenType: 'Bearer',
      expiresOn: Number(seconds) * 1000,
      refreshOn: null,
      ...(tenantId === undefined ? {} : { tenantId }),
    },
  }
}

/** Of JavaScript's the first object with a token in it, whatever stands around it; of Go's the whole output. */
function readJson({ file, stdout, stderr }: ToolRun, tenantId: string | undefined, isAnywhere: boolean): Outcome {
  const texts = isAnywhere ? (stdout.match(/{[^{}]*}/g) ?? []) : [stdout]
  for (const text of texts) {
    const value = parseJson(text)
    const { Token: token, ExpiresOn: time } = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
      Record<string, unknown>
    >
    const expiresOn = typeof time === 'number' ? time * 1000 : isAnywhere ? Date.parse(String(time)) : Number.NaN
    if (typeof token !== 'string' || token === '' || Number.isNaN(expiresOn)) continue
    const tenant = tenantId === undefined ? {} : { tenantId }
    return {
      kind: 'token',
      token: { token: new Secret(token), tokenType: 'Bearer', expiresOn, refreshOn: null, ...tenant },
    }
  }
  const printed = { output: maskTokens(stdout), stderr: maskTokens(stderr), isSurrounded: hasJsonWithin(stdout) }
  return failed(problem('tool-output', { tool: 'pwsh', file, ...printed, codes: findCodes(stdout) }))
}

function explainFailure(
  { file, code, ending, stdout, stderr }: ToolRun,
  { knowsExit127, words }: ToolProfile,
): Outcome {
  const { notFound, signedOut, noModule: missing } = words.pwsh
  if ((knowsExit127 && code === 127) || notFound?.test(stderr) === true) {
    return unavailable(problem('tool-not-found', { tool: 'pwsh', passedOver: [] }))
  }
  if (missing?.test(stderr) === true || stdout.includes(noModule)) {
    return unavailable(problem('powershell-module-missing', { file }))
  }
  const reason = signedOut.test(stderr)
    ? 'not-logged-in'
    : stderr.includes('AuthorizationManager check failed')
      ? 'execution-policy'
      : 'other'
  const codes = findCodes(`${stderr}\n${stdout}`)
  const message = maskTokens(stderr)
  const said = { message, stdout: maskTokens(stdout), stderr: message }
  return unavailable(problem('tool-failed', { tool: 'pwsh', file, ending, reason, ...said, codes }))
}
