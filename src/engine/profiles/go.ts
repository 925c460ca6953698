/**
 * azidentity for Go 1.15.0 over MSAL for Go 1.10.1: its order, its policy and its words. Texts with a run-time value in
 * them were recorded from the library.
 */

import { isCut } from '../managed-identity/retry.ts'
import type { BadInput, Problem, ProblemFacts, SentRequest, StsRefusal } from '../problems.ts'
import type { Attempt, CredentialName } from '../types.ts'
import { goJsonError } from './go-json.ts'
import { goManagedIdentityWording } from './go-managed-identity.ts'
import { goQuote, goReason, wordFailed, wordGoNetwork, wordRejected, wordUnavailable } from './go-text.ts'
import { goToolWording } from './go-tools.ts'
import { type ChainName, classNameOf, type Profile, toldAttempts, type Wording, wordProblem } from './profile.ts'
import { pythonWording } from './python.ts'
import { wordGoTokenProxy } from './token-proxy-wording.ts'

const documentation = 'See https://aka.ms/azsdk/go/identity/docs#DefaultAzureCredential for more information'
const invalidTenant =
  'invalid tenantID. You can locate your tenantID by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names'

const wording: Wording = {
  // Problems that this SDK cannot meet.
  ...pythonWording,
  ...goToolWording,
  ...goManagedIdentityWording,
  'environment-incomplete': ({ set }) => wordUnavailable('EnvironmentCredential', wordIncomplete(set)),
  'inputs-missing': ({ inputs }, credential) =>
    wordMissing(
      inputs.map(({ name }) => name),
      credential,
    ),
  'input-invalid': wordInvalid,
  'file-unreadable': ({ what, error }, credential, by) =>
    what === 'certificate'
      ? wordUnavailable(credential, `failed to read certificate file "${error.path}": ${wordOpen(error)}`)
      : wordFailed(by ?? credential, wordOpen(error)),
  'certificate-unusable': (facts, credential) =>
    wordUnavailable(
      credential,
      `failed to parse ${goQuote(facts.source)} due to error ${goQuote(wordCertificate(facts))}. This may be due to a limitation of this module's certificate loader. Consider calling NewClientCertificateCredential instead`,
    ),
  // The library would send them; azid sends no password, so these words are its own.
  'username-password-unsupported': () =>
    wordFailed(
      'UsernamePasswordCredential',
      'azid does not sign in with a user name and a password (https://aka.ms/azsdk/identity/mfa)',
    ),
  'tenant-not-allowed': ({ tenantId }, credential, by) =>
    `${goNames[by ?? credential] ?? by ?? credential} isn't configured to acquire tokens for tenant ${goQuote(tenantId)}. To enable acquiring tokens for this tenant add it to the AdditionallyAllowedTenants on the credential options, or add "*" to allow acquiring tokens for any tenant`,
  'token-refused': (facts, credential, by) => wordRefusal(facts, by ?? credential),
  'token-answer-unreadable': (facts, credential, by) => wordUnreadable(facts, by ?? credential),
  'authority-untrusted': ({ authority, answer }, credential, by) =>
    answer === undefined
      ? wordFailed(by ?? credential, `unable to resolve an endpoint: ${authority} is not a trusted authority`)
      : wordRefusal(answer, by ?? credential),
  'authority-discovery': ({ authority, reason }, credential, by) =>
    wordFailed(by ?? credential, `unable to resolve an endpoint: ${authority}: ${reason}`),
  network: (error, credential, by) => {
    const { request = unknownRequest } = error
    const words = wordGoNetwork(error, request)
    if (request.method === 'POST' && isCut(error)) {
      return wordFailed(by ?? credential, `server response error:\n body download policy: ${words}`)
    }
    return wordFailed(
      by ?? credential,
      request.method === 'GET' ? `unable to resolve an endpoint: server response error:\n ${words}` : words,
    )
  },
  'federated-token-unusable': ({ path, source }, credential, by) =>
    wordFailed(by ?? credential, `the client assertion from ${path ?? source} is not a JWT`),
  'token-proxy-unusable': (facts) => wordGoTokenProxy(facts, wordOpen),
  'pipelines-no-endpoint': ({ variable }) =>
    `no value for environment variable ${variable}. This should be set by Azure Pipelines`,
  'job-token-refused': (facts, credential) => wordJobToken(facts, credential),
  'job-token-unreachable': ({ endpoint, error }, credential) =>
    wordFailed(
      credential,
      `couldn't send OIDC token request: ${wordGoNetwork(error, { method: 'POST', url: endpoint })}`,
    ),
  unexpected: ({ message }, credential, by) => wordFailed(by ?? credential, message),
}

const unknownRequest: SentRequest = { method: 'POST', url: 'https://login.microsoftonline.com/oauth2/v2.0/token' }

const goNames: Readonly<Partial<Record<CredentialName, string>>> = {
  AzureCliCredential: 'AzureCLICredential',
  AzureDeveloperCliCredential: 'AzureDeveloperCLICredential',
}

const tools: readonly CredentialName[] = [
  'AzureCliCredential',
  'AzureDeveloperCliCredential',
  'AzurePowerShellCredential',
]

export const goProfile: Profile = {
  sdk: 'go',
  title: 'Go azidentity',
  version: '1.15.0',
  classNames: goNames,
  order: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential', ...tools],
  offByDefault: [],
  developerLinks: tools,
  tokenCredentials: {
    dev: tools,
    prod: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
    names: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential', ...tools],
    isTrimmed: false,
    groupCase: 'lower',
    empty: 'value',
    wordInvalid: (value) =>
      `invalid AZURE_TOKEN_CREDENTIALS value ${goQuote(value)}. Valid values are "dev", "prod", or the name of any credential type in the default chain. ${documentation}`,
    required: `AZURE_TOKEN_CREDENTIALS must be set when RequireAzureTokenCredentials is true. ${documentation}`,
  },
  // The variable is the only way to leave a link out.
  exclusion: { switches: {}, appliesToOneName: true, nothingLeft: 'sources must contain at least one TokenCredential' },
  policy: [
    // A link that cannot be made reports that when it is asked, and the chain goes on.
    {
      chain: 'DefaultAzureCredential',
      credentials: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
      codes: [
        'environment-incomplete',
        'inputs-missing',
        'certificate-unusable',
        'managed-identity-ids',
        'managed-identity-id-refused',
        'token-exchange-client-id',
      ],
      verdict: 'unavailable',
    },
    {
      chain: 'DefaultAzureCredential',
      codes: ['file-unreadable'],
      when: ({ facts }) => (facts as ProblemFacts['file-unreadable']).what === 'certificate',
      verdict: 'unavailable',
    },
    {
      chain: 'DefaultAzureCredential',
      credentials: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
      codes: ['input-invalid'],
      when: isRaisedByConstructor,
      verdict: 'unavailable',
    },
    {
      chain: 'DefaultAzureCredential',
      codes: ['managed-identity-endpoint', 'service-fabric-thumbprint'],
      when: ({ facts }) =>
        ['not-https', 'malformed'].includes((facts as { readonly reason: string }).reason) && isServiceFabric(facts),
      verdict: 'unavailable',
    },
    // In a chain of one's own the constructor's error ends it before it begins.
    {
      chain: 'ChainedTokenCredential',
      codes: ['environment-incomplete', 'inputs-missing', 'certificate-unusable', 'managed-identity-id-refused'],
      verdict: 'failed',
    },
    // What was asked is wrong: said before the tool is started.
    {
      credentials: tools,
      codes: ['tool-scopes', 'tool-claims', 'input-invalid', 'tenant-not-allowed'],
      verdict: 'failed',
    },
    { chain: 'DefaultAzureCredential', credentials: tools, verdict: 'unavailable' },
    {
      chain: 'ChainedTokenCredential',
      credentials: tools,
      codes: ['tool-not-found', 'tool-no-system-folder'],
      verdict: 'unavailable',
    },
    { chain: 'ChainedTokenCredential', credentials: tools, verdict: 'failed' },
  ],
  remembers: ['DefaultAzureCredential', 'ChainedTokenCredential'],
  wording,
  aggregate,
}

function wordRefusal(
  { status, statusText, body = '', request = unknownRequest }: StsRefusal,
  by: CredentialName,
): string {
  return wordRejected(by, '', request, status, statusText, body)
}

function isServiceFabric(facts: Problem['facts']): boolean {
  return !('host' in facts) || facts.host === 'service-fabric'
}

/** Everything that is looked at when the credential is made; the tenant of a request, or one that stands for many, is not. */
function isRaisedByConstructor({ facts }: Problem): boolean {
  const { what, source, value } = facts as BadInput
  return source !== 'the request' && !(what === 'tenant id' && /^[0-9a-zA-Z-.]+$/.test(value ?? ''))
}

/** The constructor's error of a chain of one's own, which names no class; else every attempt, indented below its head. */
function aggregate(chain: ChainName, attempts: readonly Attempt[]): string {
  const told = toldAttempts(attempts)
  const unmade = told.find(({ outcome, problem }) => outcome === 'failed' && isOfConstructor(problem))
  if (chain === 'ChainedTokenCredential' && unmade !== undefined) {
    const text = wordProblem(goProfile, unmade.credential, unmade.problem)
    const prefix = `${classNameOf(goProfile, unmade.credential)}: `
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  }
  const lines = told.map(({ credential, problem }) =>
    wordProblem(goProfile, credential, problem).replaceAll('\n', '\n\t\t'),
  )
  return `${chain}: failed to acquire a token.\nAttempted credentials:${lines.map((line) => `\n\t${line}`).join('')}`
}

function isOfConstructor(found: Problem): boolean {
  switch (found.code) {
    case 'environment-incomplete':
    case 'inputs-missing':
    case 'certificate-unusable':
    case 'managed-identity-id-refused':
      return true
    case 'file-unreadable':
      return found.facts.what === 'certificate'
    case 'input-invalid':
      return found.facts.what !== 'scope' && isRaisedByConstructor(found)
    default:
      return false
  }
}

function wordIncomplete(set: readonly string[]): string {
  for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID']) {
    if (!set.includes(name)) return `missing environment variable ${name}`
  }
  if (set.includes('AZURE_USERNAME')) return 'no value for AZURE_PASSWORD'
  return 'incomplete environment variable configuration. Only AZURE_TENANT_ID and AZURE_CLIENT_ID are set'
}

/** In the order in which the constructor looks. */
const workloadInputs = [
  ['client id', 'no client ID specified. Check pod configuration or set ClientID in the options'],
  ['token file', 'no token file specified. Check pod configuration or set TokenFilePath in the options'],
  ['tenant', 'no tenant ID specified. Check pod configuration or set TenantID in the options'],
] as const

function wordMissing(names: readonly string[], credential: CredentialName): string {
  if (credential === 'WorkloadIdentityCredential') {
    const first = workloadInputs.find(([name]) => names.includes(name))
    return wordUnavailable(credential, first?.[1] ?? '')
  }
  if (names.includes('tenant')) return invalidTenant
  if (credential === 'AzurePipelinesCredential')
    return `no ${names[0] ?? 'input'} specified`
      .replace('client id', 'client ID')
      .replace('connection id', 'connection ID')
  return `${credential} lacks ${names.join(' and ')}`
}

function wordJobToken(
  { status, host, body, requestId }: ProblemFacts['job-token-refused'],
  credential: CredentialName,
): string {
  if (status === 200) return wordFailed(credential, 'unexpected response from OIDC endpoint')
  const reason = goReason(status)
  const id = requestId === undefined ? '' : `\nx-vss-e2eid: ${requestId}`
  const text = `${status} ${reason} response from the OIDC endpoint. Check service connection ID and Pipeline configuration.${id}`
  return wordRejected(credential, text, { method: 'POST', url: `https://${host}` }, status, reason, body)
}

function wordInvalid(
  { what, source, reason, value }: BadInput,
  credential: CredentialName,
  by?: CredentialName,
): string {
  const isLink = ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'].includes(
    credential,
  )
  const prefix = (text: string): string =>
    isLink && source !== 'the request' ? wordUnavailable(credential, text) : text
  switch (what) {
    case 'tenant id':
      // The service says what is wrong with `common`; azid does not ask it.
      return value !== undefined && /^[0-9a-zA-Z-.]+$/.test(value)
        ? wordFailed(by ?? credential, `the tenant ${goQuote(value)} ${reason}`)
        : prefix(invalidTenant)
    case 'client id':
      return prefix(
        credential === 'ManagedIdentityCredential'
          ? 'empty managedidentity.UserAssignedClientID'
          : `the client id ${reason}`,
      )
    case 'authority':
      return prefix(
        value?.startsWith('https://') === true
          ? `the authority ${goQuote(value)} ${reason}`
          : 'cannot use an authority host without https',
      )
    case 'scope':
      return `${goNames[credential] ?? credential}.GetToken(): invalid scope ${goQuote(value ?? '')}`
    case 'subscription':
      return `AzureCLICredential: Subscription ${goQuote(value ?? '')} contains invalid characters. If this is the name of a subscription, use its ID instead`
    default:
      return prefix(`the ${what} from ${source} ${reason}`)
  }
}

/** Go's own words of `os.ReadFile`. */
function wordOpen({ code, path, detail }: ProblemFacts['file-unreadable']['error']): string {
  switch (code) {
    case 'not-found':
      return `open ${path}: no such file or directory`
    case 'denied':
      return `open ${path}: permission denied`
    case 'is-folder':
      return `read ${path}: is a directory`
    default:
      return `open ${path}: ${detail}`
  }
}

/** What is no PEM is read as PKCS#12: Go's parser says which tag it met in place of a sequence's. */
function wordHead([tag, length]: readonly number[]): string {
  const syntax = 'pkcs12: error reading P12 data: asn1:'
  if (tag === undefined || length === undefined) return `${syntax} syntax error: sequence truncated`
  if (tag === 0x30) return `${syntax} syntax error: data truncated`
  const met = `class:${tag >> 6} tag:${tag & 31} length:${length} isCompound:${(tag & 32) !== 0}`
  return `${syntax} structure error: tags don't match (16 vs {${met}}) {optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false} pfxPdu @2`
}

function wordCertificate({ reason, detail, format, head }: ProblemFacts['certificate-unusable']): string {
  switch (reason) {
    case 'no-private-key':
      return 'found no private key'
    case 'no-certificate':
      return 'found no certificate'
    case 'wrong-password':
      return 'pkcs12: decryption password incorrect'
    case 'malformed':
      if (detail.startsWith('pkcs12:')) return detail
      return format === 'pem' ? 'found no certificate' : wordHead(head ?? [])
    case 'not-rsa':
      return 'found no private key'
    case 'password-needed':
      return 'asn1: structure error: length too large'
    case 'key-mismatch':
      return detail
    default:
      return reason satisfies never
  }
}

/** MSAL quotes what it could not read. */
function wordUnreadable(
  { status, statusText, body, excerpt, request = unknownRequest }: ProblemFacts['token-answer-unreadable'],
  credential: CredentialName,
): string {
  const text = body ?? excerpt
  if (status !== 200) return wordRejected(credential, '', request, status, statusText, text)
  const decode = `json decode error: ${goJsonError(text)}\n`
  return wordFailed(
    credential,
    request.method === 'GET'
      ? `unable to resolve an endpoint: ${decode}json message bytes were: ${text}`
      : `${decode}raw message was: ${text}`,
  )
}
