/**
 * azure-identity for Python 1.27.0, the newest on PyPI in November 2026: its order, its policy and its words. Every text
 * with a run-time value in it was recorded from the library (with msal 1.39.0 and cryptography 50.0.2).
 */

import type { NetworkError } from '../../runtime.ts'
import { hasOtherScheme } from '../authority.ts'
import { pythonManagedIdentityWording, wordNetwork } from '../managed-identity/python.ts'
import { pythonTextRepr } from '../managed-identity/python-json.ts'
import type { BadInput, Problem, ProblemFacts } from '../problems.ts'
import { noTenantReason } from '../tenant.ts'
import type { Attempt, CredentialName } from '../types.ts'
import { personWording } from './person-wording.ts'
import { classNameOf, type Profile, toldAttempts, type Wording, wordProblem } from './profile.ts'
import {
  hasOwnClient,
  pythonFederationWording,
  withContent,
  wordMissingInputs,
  wordOpen,
  wordOwnNetwork,
  wordOwnRefusal,
  wordOwnUnreadable,
  wordRequestUrl,
} from './python-federation.ts'
import { pythonSignInWording } from './python-sign-ins.ts'
import { pythonToolWording } from './python-tools.ts'

/** azure-core's, of a connection and of an answer. */
const connectTimeoutMs = 300_000
const answerTimeoutMs = 300_000

const troubleshoot = 'https://aka.ms/azsdk/python/identity'

const invalidTenant =
  'Invalid tenant ID provided. You can locate your tenant ID by following the instructions here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names'
const needsClientId = 'client_id should be the id of a Microsoft Entra application'
const needsSecret = "secret should be a Microsoft Entra application's client secret"
const needsTenant = "tenant_id should be a Microsoft Entra tenant's id (also called its 'directory id')"
const needsCertificate = 'CertificateCredential requires a value for either "certificate_path" or "certificate_data"'
const notDeserialized = 'Failed to deserialize certificate in PEM or PKCS12 format'

export const pythonWording: Wording = {
  ...pythonManagedIdentityWording,
  ...pythonFederationWording,
  ...pythonToolWording,
  ...pythonSignInWording,
  ...personWording.python,
  'environment-incomplete': () =>
    `EnvironmentCredential authentication unavailable. Environment variables are not fully configured.\nVisit ${troubleshoot}/environmentcredential/troubleshoot to troubleshoot this issue.`,
  'inputs-missing': wordMissing,
  'input-invalid': wordInvalid,
  'file-unreadable': ({ error }) => wordOpen(error),
  'certificate-unusable': (facts, credential) =>
    credential === 'OnBehalfOfCredential'
      ? '"client_certificate" is not a valid certificate in PEM or PKCS12 format'
      : wordCertificate(facts),
  'username-password-unsupported': () =>
    "Environment is configured to use username and password authentication. This authentication method is deprecated, as it doesn't support multifactor authentication (MFA). For more details, see https://aka.ms/azsdk/identity/mfa.",
  'tenant-not-allowed': ({ tenantId }) =>
    `The current credential is not configured to acquire tokens for tenant ${tenantId}. To enable acquiring tokens for this tenant add it to the additionally_allowed_tenants when creating the credential, or add "*" to additionally_allowed_tenants to allow acquiring tokens for any tenant.`,
  'token-refused': (facts, credential) => {
    if (hasOwnClient(credential)) return wordOwnRefusal(facts)
    const message = wordRefusal(facts)
    // OnBehalfOfCredential alone keeps MSAL's answer with its error.
    return credential === 'OnBehalfOfCredential' && facts.status < 500 ? withContent(message, facts.body) : message
  },
  'token-answer-unreadable': (facts, credential) =>
    hasOwnClient(credential) ? wordOwnUnreadable(facts) : wordUnreadableAnswer(facts),
  'authority-untrusted': ({ authority }) => notWellKnown(authority),
  'authority-discovery': ({ authority, reason }) => `${noConfiguration(authority)} (${reason})`,
  network: (error, credential) => (hasOwnClient(credential) ? wordOwnNetwork(error) : wordConnection(error)),
  'timed-out': ({ what, timeoutMs }) => `${what} ended the request after ${timeoutMs} ms`,
  interrupted: ({ signal }) => `interrupted by ${signal}`,
  unexpected: ({ message }) => `Authentication failed: ${message}`,
  'not-supported': ({ reason }) => reason,
}

const developerLinks: readonly CredentialName[] = [
  'SharedTokenCacheCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
  'BrokerCredential',
]

export const pythonProfile: Profile = {
  sdk: 'python',
  title: 'Python azure-identity',
  version: '1.27.0',
  classNames: { ClientCertificateCredential: 'CertificateCredential' },
  order: [
    'EnvironmentCredential',
    'WorkloadIdentityCredential',
    'ManagedIdentityCredential',
    'SharedTokenCacheCredential',
    'VisualStudioCodeCredential',
    'AzureCliCredential',
    'AzurePowerShellCredential',
    'AzureDeveloperCliCredential',
    'InteractiveBrowserCredential',
    'BrokerCredential',
  ],
  offByDefault: ['InteractiveBrowserCredential'],
  developerLinks,
  tokenCredentials: {
    dev: [
      'VisualStudioCodeCredential',
      'AzureCliCredential',
      'AzureDeveloperCliCredential',
      'AzurePowerShellCredential',
      'SharedTokenCacheCredential',
      'BrokerCredential',
    ],
    prod: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
    names: [
      'AzureCliCredential',
      'AzureDeveloperCliCredential',
      'AzurePowerShellCredential',
      'EnvironmentCredential',
      'InteractiveBrowserCredential',
      'ManagedIdentityCredential',
      'VisualStudioCodeCredential',
      'WorkloadIdentityCredential',
    ],
    isTrimmed: true,
    groupCase: 'any',
    empty: 'unset',
    wordInvalid: (value, names) =>
      `Invalid value for AZURE_TOKEN_CREDENTIALS: ${value.trim().toLowerCase()}. Valid values are: dev, prod, ${names.map((name) => name.toLowerCase()).join(', ')}.`,
    required:
      "AZURE_TOKEN_CREDENTIALS environment variable is required but is not set or is empty. Set it to 'dev', 'prod', or a specific credential name.",
  },
  exclusion: {
    switches: {
      EnvironmentCredential: 'exclude_environment_credential=True',
      WorkloadIdentityCredential: 'exclude_workload_identity_credential=True',
      ManagedIdentityCredential: 'exclude_managed_identity_credential=True',
      SharedTokenCacheCredential: 'exclude_shared_token_cache_credential=True',
      VisualStudioCodeCredential: 'exclude_visual_studio_code_credential=True',
      AzureCliCredential: 'exclude_cli_credential=True',
      AzurePowerShellCredential: 'exclude_powershell_credential=True',
      AzureDeveloperCliCredential: 'exclude_developer_cli_credential=True',
      InteractiveBrowserCredential: 'exclude_interactive_browser_credential=True',
      BrokerCredential: 'exclude_broker_credential=True',
    },
    appliesToOneName: true,
    nothingLeft: 'at least one credential is required',
  },
  policy: [
    // What was asked is wrong: the library raises this before the tool is started, and does not make it unavailable.
    {
      codes: ['input-invalid', 'tenant-not-allowed', 'tool-scopes', 'tool-token-malformed', 'shared-cache-unreadable'],
      outcome: 'failed',
      verdict: 'failed',
    },
    { chain: 'DefaultAzureCredential', credentials: developerLinks, verdict: 'unavailable' },
  ],
  remembers: ['DefaultAzureCredential'],
  wording: pythonWording,
  aggregate,
}

/**
 * The error of a chain in which nothing gave a token. Where a credential could not even be made, Python raises that error
 * instead, before the chain has begun.
 */
function aggregate(chain: 'DefaultAzureCredential' | 'ChainedTokenCredential', attempts: readonly Attempt[]): string {
  const unmade = attempts.find(
    ({ outcome, problem }) => outcome === 'failed' && problem !== undefined && isRaisedByConstructor(problem),
  )
  if (unmade?.problem !== undefined) return wordProblem(pythonProfile, unmade.credential, unmade.problem)
  const lines = toldAttempts(attempts).map(({ credential, problem }) => {
    const name = classNameOf(pythonProfile, credential)
    const message = wordProblem(pythonProfile, credential, problem)
    return message === '' ? name : `${name}: ${message}`
  })
  return `${chain} failed to retrieve a token from the included credentials.\nAttempted credentials:\n\t${lines.join('\n\t')}\nTo mitigate this issue, please refer to the troubleshooting guidelines here at ${troubleshoot}/defaultazurecredential/troubleshoot.`
}

function isRaisedByConstructor(problem: Problem): boolean {
  switch (problem.code) {
    case 'input-invalid':
      return (
        !['OIDC request URL', 'scope'].includes(problem.facts.what) &&
        !wordInvalid(problem.facts).startsWith('Authentication failed')
      )
    case 'certificate-unusable':
      return problem.facts.reason !== 'key-mismatch'
    // A token's file is read when the first token is asked for.
    case 'file-unreadable':
      return problem.facts.what !== 'federated token'
    case 'inputs-missing':
    case 'managed-identity-ids':
    case 'token-exchange-client-id':
      return true
    case 'managed-identity-id-refused':
      return problem.facts.host === 'cloud-shell'
    default:
      return false
  }
}

function wordMissing({ inputs }: ProblemFacts['inputs-missing'], credential: CredentialName): string {
  const names = inputs.map(({ name }) => name)
  const federated = wordMissingInputs({ inputs }, credential)
  if (federated !== null) return federated
  if (credential === 'ClientSecretCredential') {
    return names.includes('client id') ? needsClientId : names.includes('client secret') ? needsSecret : needsTenant
  }
  if (credential === 'ClientCertificateCredential') {
    return names.includes('tenant') ? invalidTenant : names.includes('certificate') ? needsCertificate : needsClientId
  }
  return `${credential} lacks ${names.join(' and ')}`
}

function wordInvalid({ what, source, reason, value, tenantId }: BadInput): string {
  switch (what) {
    case 'tenant id':
      if (reason === noTenantReason) return needsTenant
      return value !== undefined && /^[0-9a-zA-Z.-]+$/.test(value)
        ? `Authentication failed: the tenant '${value}' ${reason}`
        : invalidTenant
    case 'client id':
      return needsClientId
    case 'client secret':
      return needsSecret
    case 'certificate path':
      return needsCertificate
    case 'OIDC request URL':
      return wordRequestUrl(value ?? '', source)
    case 'scope':
      return "An invalid scope was provided. Only alphanumeric characters, '.', '-', '_', ':', and '/' are allowed."
    case 'subscription':
      return `Subscription '${value}' contains invalid characters. If this is the name of a subscription, use its ID instead. You can locate your subscription by following the instructions listed here: https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id`
    case 'certificate password':
      return 'Password was given but private key is not encrypted.'
    case 'authority':
      return hasOtherScheme(value ?? '')
        ? `'${value}' is an invalid authority. The value must be a TLS protected (https) URL.`
        : wordAuthority(value ?? '', reason, tenantId ?? '')
    case 'region': {
      const name = source === 'MSAL_FORCE_REGION' ? source : 'azure_region'
      return `Authentication failed: Invalid ${name}=${pythonTextRepr(value ?? '')}. It must be a lowercase DNS label that starts with a letter, contains only letters, digits, and internal hyphens, and is at most 63 characters.`
    }
    default:
      return `the ${what} from ${source} ${reason}`
  }
}

/** `cryptography` words most of these; of PKCS#12 and anything else azure-identity says the same whatever is wrong. */
function wordCertificate({ reason, detail, format }: ProblemFacts['certificate-unusable']): string {
  if (reason === 'not-rsa') return 'The certificate must have an RSA private key because RS256 is used for signing'
  if (reason === 'key-mismatch') return `Authentication failed: the certificate cannot be used: ${detail}`
  if (format === 'pkcs12' && reason === 'no-private-key') return 'The certificate must include its private key'
  if (format !== 'pem') return notDeserialized
  switch (reason) {
    case 'no-private-key':
      return 'Valid PEM but no BEGIN/END delimiters for a private key found. Are you sure this is a private key?'
    case 'no-certificate':
      return 'Valid PEM but no BEGIN CERTIFICATE/END CERTIFICATE delimiters. Are you sure this is a certificate?'
    case 'wrong-password':
      return 'Incorrect password, could not decrypt key'
    case 'password-needed':
      return 'Password was not given but private key is encrypted'
    case 'malformed':
      return 'Unable to load PEM file. See https://cryptography.io/en/latest/faq/#why-can-t-i-import-my-pem-file for more details. MalformedFraming'
    default:
      return reason satisfies never
  }
}

/** MSAL's words for what azid does not ask. */
function wordAuthority(value: string, reason: string, tenantId: string): string {
  const authority = /^https:/i.test(value) ? value : `https://${value}`
  if (value === '') {
    return `Authentication failed: Your given address (https:/${tenantId}) should consist of an https url with hostname and a minimum of one segment in a path: e.g. https://login.microsoftonline.com/{tenant} or https://{tenant_name}.ciamlogin.com/{tenant} or https://{tenant_name}.b2clogin.com/{tenant_name}.onmicrosoft.com/policy`
  }
  if (reason === 'is not a URL') return notWellKnown(authority)
  if (reason === 'holds a path') return noConfiguration(`${authority.replace(/\/+$/, '')}/${tenantId}`)
  return `Authentication failed: the authority '${value}' ${reason}`
}

function notWellKnown(authority: string): string {
  return `Authentication failed: The authority provided, ${authority}, is not well-known. If this authority is valid and trustworthy, you can disable this check by passing in 'disable_instance_discovery=True' when constructing the credential.`
}

/**
 * MSAL for Python reads the tenant's OpenID configuration first, so an unknown tenant fails there; and of a 5xx it keeps
 * the number alone.
 */
function wordRefusal({
  codes,
  description,
  error,
  status,
  authority,
  tenantId,
  request,
}: ProblemFacts['token-refused']): string {
  if (status >= 500) return `Authentication failed: HTTP Error: ${status}`
  if (request?.method === 'GET' || codes.includes('AADSTS90002') || codes.includes('AADSTS900023')) {
    return noConfiguration(`https://${authority}/${tenantId}`)
  }
  return `Authentication failed: ${description === '' ? error : description}`
}

function wordUnreadableAnswer({ status, excerpt, request }: ProblemFacts['token-answer-unreadable']): string {
  if (status >= 500) return `Authentication failed: HTTP Error: ${status}`
  if (request?.method === 'GET') return noConfiguration(request.url.replace(/\/v2\.0\/\.well-known\/.*$/, ''))
  if (/^\s*\{.*\}\s*$/s.test(excerpt)) return 'Authentication failed: None'
  if (/^\s*\{/.test(excerpt)) return `Authentication failed: JSON is invalid\nContent: ${excerpt}`
  return 'Authentication failed: Expecting value: line 1 column 1 (char 0)'
}

function noConfiguration(authority: string): string {
  return `Authentication failed: Unable to get authority configuration for ${authority}. Authority would typically be in a format of https://login.microsoftonline.com/your_tenant or https://tenant_name.ciamlogin.com or https://tenant_name.b2clogin.com/tenant.onmicrosoft.com/policy.  Also please double check your tenant name or GUID is correct.`
}

function wordConnection(error: NetworkError): string {
  const endpoint = `https://${error.host}/`
  const words = URL.canParse(endpoint)
    ? wordNetwork({ sender: 'app-service', endpoint, error, connectTimeoutMs, answerTimeoutMs })
    : error.detail
  return `Authentication failed: ${words}`
}
