/** What azidentity 1.15.0 says of developer tools; recorded from the library over stand-in tools. */
import type { ProblemFacts } from '../problems.ts'
import type { ToolFacts, ToolName } from '../tool-facts.ts'
import type { CredentialName } from '../types.ts'
import { goJsonError } from './go-json.ts'
import { goName, goQuote, wordFailed, wordUnavailable } from './go-text.ts'

type ToolWording = {
  readonly [Code in keyof ToolFacts]: (facts: ProblemFacts[Code], credential: CredentialName) => string
}

const claimsNeeded = 'requires multifactor authentication or additional claims'
const titles: Readonly<Record<ToolName, string>> = {
  az: 'Azure CLI',
  azd: 'Azure Developer CLI',
  pwsh: 'Azure PowerShell',
}

export const goToolWording: ToolWording = {
  'tool-not-found': ({ tool, refused }, credential) =>
    refused === undefined
      ? wordUnavailable(credential, 'executable not found on path')
      : wordFailed(credential, `/bin/sh: 1: ${tool}: Permission denied`),
  'tool-no-system-folder': (_, credential) =>
    wordUnavailable(credential, 'environment variable "SYSTEMROOT" has no value'),
  'tool-not-started': ({ detail }, credential) => wordFailed(credential, detail),
  'tool-timed-out': (_, credential) => wordFailed(credential, 'signal: killed'),
  'tool-not-text': () => goJsonError(''),
  'tool-failed': wordFailure,
  'tool-output': ({ tool, output, shape }) => wordOutput(tool, shape ?? output),
  'tool-token-malformed': ({ tool, output = '' }) => wordOutput(tool, output),
  'tool-claims': ({ tool, claims, tenantId }, credential) => {
    const needed = `${goName(credential)}.GetToken(): ${titles[tool]} ${claimsNeeded}. Run this command then retry the operation:`
    return tool === 'pwsh'
      ? `${needed} Connect-AzAccount${tenantId === undefined ? '' : ` -TenantId '${tenantId}'`} -ClaimsChallenge '${claims}'`
      : `${needed} az login${tenantId === undefined ? '' : ` --tenant ${tenantId}`} --claims-challenge ${claims}`
  },
  'tool-scopes': ({ tool }, credential) =>
    `${goName(credential)}: GetToken() requires ${tool === 'azd' ? 'at least' : 'exactly'} one scope`,
  'powershell-module-missing': (_, credential) => wordFailed(credential, 'Az.Accounts module not found'),
}

function wordFailure(
  { tool, reason, message, ending, stderr = '', scopes, hasClaims, tenantId }: ToolFacts['tool-failed'],
  credential: CredentialName,
): string {
  if (reason === 'claims-flag-unknown') {
    return wordFailed(
      credential,
      `Azure Developer CLI ${claimsNeeded}, however the installed version doesn't support this. Upgrade to version 1.18.1 or later`,
    )
  }
  if (tool === 'azd' && hasClaims === true) {
    const asked = (scopes ?? []).map((scope) => ` --scope ${scope}`).join('')
    const tenant = tenantId === undefined ? '' : ` --tenant-id ${tenantId}`
    return wordFailed(
      credential,
      `Azure Developer CLI ${claimsNeeded}. Run this command then retry the operation: azd auth token -o json --no-prompt${asked}${tenant}`,
    )
  }
  const said = stderr.replace(/^[\r\n]+|[\r\n]+$/g, '')
  const words = tool === 'pwsh' ? wordPowerShell(said) : tool === 'azd' && said !== '' ? message : said
  return wordFailed(credential, words === '' ? wordEnding(ending) : words.replace(/^[\r\n]+|[\r\n]+$/g, ''))
}

function wordPowerShell(said: string): string {
  if (said.includes('Az.Accounts module not found')) return 'Az.Accounts module not found'
  return said.includes('Connect-AzAccount') ? 'Please run "Connect-AzAccount" to set up an account' : said
}

function wordEnding(ending: string): string {
  const code = /^exit (\d+)$/.exec(ending)?.[1]
  // It is a shell that starts the tool, and that says so.
  if (code === undefined) return ending.endsWith('SIGKILL') ? 'Killed' : 'Terminated'
  return `exit status ${code}`
}

const members: Readonly<
  Record<ToolName, readonly (readonly [field: string, type: 'string' | 'int64', json: string])[]>
> = {
  az: [
    ['AccessToken', 'string', 'accessToken'],
    ['Expires_On', 'int64', 'expires_on'],
    ['ExpiresOn', 'string', 'expiresOn'],
  ],
  azd: [
    ['AccessToken', 'string', 'token'],
    ['ExpiresOn', 'string', 'expiresOn'],
  ],
  pwsh: [
    ['Token', 'string', 'Token'],
    ['ExpiresOn', 'int64', 'ExpiresOn'],
  ],
}

const layouts = { az: '2006-01-02 15:04:05.999999', azd: '2006-01-02T15:04:05Z' } as const

/** Go's own words of what its struct cannot take, then of the time that cannot be read. */
function wordOutput(tool: ToolName, output: string): string {
  const syntax = goJsonError(output)
  if (syntax !== '') return syntax
  const answer: unknown = JSON.parse(output)
  const type = goType(answer)
  if (type !== 'object' && type !== 'null') {
    const fields = members[tool].map(([field, kind, json]) => `${field} ${kind} "json:\\"${json}\\""`).join('; ')
    return `json: cannot unmarshal ${type} into Go value of type struct { ${fields} }`
  }
  const values = (answer ?? {}) as Readonly<Record<string, unknown>>
  for (const [, kind, json] of members[tool]) {
    const found = goType(values[json] ?? null)
    const isRight = found === 'null' || (kind === 'string' ? found === 'string' : found === 'number')
    if (!isRight) return `json: cannot unmarshal ${found} into Go struct field .${json} of type ${kind}`
  }
  const time = goQuote(typeof values['expiresOn'] === 'string' ? values['expiresOn'] : '')
  if (tool === 'pwsh') return 'unexpected end of JSON input'
  const prefix = tool === 'az' ? 'AzureCLICredential: ' : ''
  return `${prefix}error parsing token expiration time ${time}: parsing time ${time} as "${layouts[tool]}": cannot parse ${time} as "2006"`
}

function goType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' ? 'bool' : type
}
