/** AzurePowerShellCredential: the account of `Connect-AzAccount`, asked through `Get-AzAccessToken` of Az.Accounts. */
import path from 'node:path'
import { Secret } from '../../secret.ts'
import { problem } from '../problems.ts'
import type { TokenFlaw } from '../tool-facts.ts'
import {
  checkConfiguration,
  checkRequest,
  encodeClaims,
  failed,
  findCodes,
  maskTokens,
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
  if (scope === undefined || scopes.length > 1) {
    return failed(problem('tool-scopes', { tool: 'pwsh', count: scopes.length }))
  }
  const script = Buffer.from(makeScript(toResource(scope), tenant.value ?? ''), 'utf16le').toString('base64')
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', script]
  const run = await runTool(pwsh, args, config, ports, signal)
  if (!run.ok) return run.error
  return run.value.code === 0 ? readAnswer(run.value, tenant.value) : explainFailure(run.value)
}

/**
 * Both values are checked: nothing in them ends a quoted string. From Az.Accounts 2.17.0 the token can be asked for as a
 * SecureString, from 5.0.0 it always is one; before PowerShell 7 only a BSTR makes it text again.
 */
function makeScript(resource: string, tenantId: string): string {
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
Write-Output "\`nazsdk%$($text)%$($answer.ExpiresOn.ToUnixTimeSeconds())\`n"
`
}

function readAnswer({ file, stdout }: ToolRun, tenantId: string | undefined): Outcome {
  if (stdout.includes(noModule)) return unavailable(problem('powershell-module-missing', { file }))
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

function explainFailure({ file, code, ending, stdout, stderr }: ToolRun): Outcome {
  if (code === 127 || stderr.includes("' is not recognized")) {
    return unavailable(problem('tool-not-found', { tool: 'pwsh', passedOver: [] }))
  }
  const reason = stderr.includes('Run Connect-AzAccount to login')
    ? 'not-logged-in'
    : stderr.includes('AuthorizationManager check failed')
      ? 'execution-policy'
      : 'other'
  const codes = findCodes(`${stderr}\n${stdout}`)
  return unavailable(problem('tool-failed', { tool: 'pwsh', file, ending, reason, message: maskTokens(stderr), codes }))
}
