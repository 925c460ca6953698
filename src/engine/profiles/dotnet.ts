/**
 * Azure.Identity for .NET 1.18 over MSAL.NET of July 2026: its order, its policy and its words. There is no .NET where this
 * is tested, so nothing here was recorded: the texts were read from the libraries' sources, and what people pasted into
 * issues agrees. test/engine/dotnet-profile.test.ts names the source of each.
 */
import type { NetworkError } from '../../runtime.ts'
import { hasOtherScheme } from '../authority.ts'
import { dotnetManagedIdentityWording, wordDotnetSocket } from '../managed-identity/dotnet.ts'
import type { BadInput, Problem, ProblemFacts } from '../problems.ts'
import type { Attempt, CredentialName } from '../types.ts'
import { dotnetFederationWording } from './dotnet-federation.ts'
import { dotnetSignInWording, dotnetToolWording, isUnavailableToDotnet, wordJson } from './dotnet-tools.ts'
import { personWording } from './person-wording.ts'
import { type ChainName, type Profile, toldAttempts, type Wording, wordProblem } from './profile.ts'

const see = 'See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity'
const chainGuide = `${see}/defaultazurecredential/troubleshoot`

const invalidTenant =
  "Invalid tenant id provided. You can locate your tenant id by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names (Parameter 'tenantId')"
const nullTenant =
  "Tenant id cannot be null. You can locate your tenant id by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names (Parameter 'tenantId')"
const noTls = 'Authority host must be a TLS protected (https) endpoint.'
const noUri = 'Invalid URI: The format of the URI could not be determined.'
const claimsChallenge =
  'The returned error contains a claims challenge. For additional info on how to handle claims related to multifactor authentication, Conditional Access, and incremental consent, see https://aka.ms/msal-conditional-access-claims. If you are using the On-Behalf-Of flow, see https://aka.ms/msal-conditional-access-claims-obo for details.'

/** The class that asks the authority on behalf of this credential, and heads the text. */
function askerOf(credential: CredentialName, by?: CredentialName): CredentialName {
  if (by !== undefined) return by
  switch (credential) {
    case 'EnvironmentCredential':
      return 'ClientSecretCredential'
    case 'WorkloadIdentityCredential':
    case 'ManagedIdentityCredential':
      return 'ClientAssertionCredential'
    default:
      return credential
  }
}

/** An exception that is not the library's own, in one that is. */
function wrap(asker: CredentialName, words: string): string {
  const tail = asker === 'ClientCertificateCredential' ? `\n${see}/clientcertificatecredential/troubleshoot` : ''
  return `${asker} authentication failed: ${words}${tail}`
}

const wording: Wording = {
  ...dotnetManagedIdentityWording,
  ...dotnetFederationWording,
  ...dotnetToolWording,
  ...dotnetSignInWording,
  ...personWording.dotnet,
  'environment-incomplete': () =>
    `EnvironmentCredential authentication unavailable. Environment variables are not fully configured. ${see}/environmentcredential/troubleshoot`,
  'inputs-missing': wordMissing,
  'input-invalid': wordInvalid,
  'file-unreadable': wordUnreadable,
  'certificate-unusable': ({ source }) =>
    /\.(?:pem|pfx)$/i.test(source) ? 'Could not load certificate file' : 'Only .pfx and .pem files are supported.',
  'username-password-unsupported': () =>
    'UsernamePasswordCredential authentication failed: azid does not sign in with username and password',
  'tenant-not-allowed': ({ tenantId }) =>
    `The current credential is not configured to acquire tokens for tenant ${tenantId}. To enable acquiring tokens for this tenant add it to the AdditionallyAllowedTenants on the credential options, or add "*" to AdditionallyAllowedTenants to allow acquiring tokens for any tenant. ${see}/multitenant/troubleshoot`,
  'token-refused': (facts, credential, by) => wrap(refusedAsker(facts, credential, by), wordRefusal(facts)),
  'token-answer-unreadable': (facts, credential, by) => wrap(askerOf(credential, by), wordUnreadableAnswer(facts)),
  'authority-untrusted': (_, credential, by) =>
    wrap(askerOf(credential, by), 'AADSTS50049: Unknown or invalid instance.'),
  'authority-discovery': ({ reason }, credential, by) => wrap(askerOf(credential, by), reason),
  network: (error, credential, by) => wrap(askerOf(credential, by), wordNetwork(error)),
  'timed-out': ({ what, timeoutMs }) => `${what} ended the request after ${timeoutMs} ms`,
  interrupted: () => 'A task was canceled.',
  unexpected: ({ message }, credential, by) => wrap(askerOf(credential, by), message),
  'not-supported': ({ reason }) => reason,
}

const developerLinks: readonly CredentialName[] = [
  'VisualStudioCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
  'BrokerCredential',
]

const deployedLinks: readonly CredentialName[] = [
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
]

export const dotnetProfile: Profile = {
  sdk: 'dotnet',
  title: '.NET Azure.Identity',
  version: '1.18.0-beta.1',
  classNames: {},
  order: [
    ...deployedLinks,
    'SharedTokenCacheCredential',
    'VisualStudioCredential',
    'VisualStudioCodeCredential',
    'AzureCliCredential',
    'AzurePowerShellCredential',
    'AzureDeveloperCliCredential',
    'InteractiveBrowserCredential',
    'BrokerCredential',
  ],
  offByDefault: ['SharedTokenCacheCredential', 'InteractiveBrowserCredential'],
  developerLinks,
  tokenCredentials: {
    dev: developerLinks,
    prod: deployedLinks,
    names: [
      'VisualStudioCredential',
      'VisualStudioCodeCredential',
      'AzureCliCredential',
      'AzurePowerShellCredential',
      'AzureDeveloperCliCredential',
      'EnvironmentCredential',
      'WorkloadIdentityCredential',
      'ManagedIdentityCredential',
      'InteractiveBrowserCredential',
      'BrokerCredential',
    ],
    isTrimmed: true,
    groupCase: 'any',
    empty: 'unset',
    isBlankWrong: true,
    keepsExchange: true,
    wordInvalid: (value, names) =>
      `Invalid value for environment variable AZURE_TOKEN_CREDENTIALS: ${value.trim().toLowerCase()}. Valid values are ${['dev', 'prod', ...names].map((name) => `'${name.toLowerCase()}'`).join(', ')}. ${chainGuide}`,
    required: `Environment variable 'AZURE_TOKEN_CREDENTIALS' is not set or is empty. ${chainGuide}`,
  },
  exclusion: {
    switches: {
      EnvironmentCredential: 'ExcludeEnvironmentCredential = true',
      WorkloadIdentityCredential: 'ExcludeWorkloadIdentityCredential = true',
      ManagedIdentityCredential: 'ExcludeManagedIdentityCredential = true',
      SharedTokenCacheCredential: 'ExcludeSharedTokenCacheCredential = true',
      VisualStudioCredential: 'ExcludeVisualStudioCredential = true',
      VisualStudioCodeCredential: 'ExcludeVisualStudioCodeCredential = true',
      AzureCliCredential: 'ExcludeAzureCliCredential = true',
      AzurePowerShellCredential: 'ExcludeAzurePowerShellCredential = true',
      AzureDeveloperCliCredential: 'ExcludeAzureDeveloperCliCredential = true',
      InteractiveBrowserCredential: 'ExcludeInteractiveBrowserCredential = true',
      BrokerCredential: 'ExcludeBrokerCredential = true',
    },
    appliesToOneName: false,
    nothingLeft: "At least one credential type must be included in the authentication flow. (Parameter 'options')",
  },
  policy: [
    // What cannot be loaded is missing to the library, whoever asked for it.
    { codes: ['certificate-unusable'], verdict: 'unavailable' },
    { codes: ['file-unreadable'], when: isCertificate, verdict: 'unavailable' },
    { codes: ['tool-failed'], when: isUnavailableToDotnet, verdict: 'unavailable' },
    // Guidance that is not to be lost in a chain: these end it, as a link of DefaultAzureCredential too.
    { credentials: ['AzurePowerShellCredential'], codes: ['tool-claims', 'tool-timed-out'], verdict: 'failed' },
    { codes: ['tool-failed'], when: lacksClaims, verdict: 'failed' },
    {
      chain: 'DefaultAzureCredential',
      codes: ['tool-failed', 'tool-timed-out', 'tool-not-started', 'tool-claims'],
      verdict: 'unavailable',
    },
    {
      credentials: ['AzurePowerShellCredential'],
      codes: ['tool-output', 'tool-token-malformed', 'tool-not-text'],
      verdict: 'unavailable',
    },
    { codes: ['tool-failed', 'tool-timed-out', 'tool-not-started', 'tool-claims', 'tool-not-text'], verdict: 'failed' },
    { codes: ['shared-cache-unreadable'], verdict: 'unavailable' },
  ],
  remembers: ['DefaultAzureCredential'],
  wording,
  aggregate,
}

function isCertificate(problem: Problem): boolean {
  return problem.code === 'file-unreadable' && problem.facts.what === 'certificate'
}

function lacksClaims(problem: Problem): boolean {
  return problem.code === 'tool-failed' && problem.facts.reason === 'claims-flag-unknown'
}

/**
 * The exception of a chain in which nothing gave a token. A failed link's own comes through DefaultAzureCredential as it is;
 * of one unavailable link too, of several the texts are a list.
 */
function aggregate(chain: ChainName, attempts: readonly Attempt[]): string {
  const told = toldAttempts(attempts)
  const word = ({ credential, problem }: (typeof told)[number]): string =>
    wordProblem(dotnetProfile, credential, problem)
  const failed = told.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) {
    const isWrapped = chain === 'ChainedTokenCredential' && !isRaisedByConstructor(failed.problem)
    return `${isWrapped ? 'The ChainedTokenCredential failed due to an unhandled exception: ' : ''}${word(failed)}`
  }
  const [first, ...others] = told
  if (first !== undefined && others.length === 0) return word(first)
  const head =
    chain === 'DefaultAzureCredential'
      ? `DefaultAzureCredential failed to retrieve a token from the included credentials. ${chainGuide}`
      : 'The ChainedTokenCredential failed to retrieve a token from the included credentials.'
  return [head, ...told.map((attempt) => `- ${word(attempt)}`)].join('\n')
}

function isRaisedByConstructor({ code, facts }: Problem): boolean {
  if (code !== 'input-invalid') return false
  return facts.what === 'tenant id'
    ? !isTenantOfCharacters(facts.value)
    : ['authority', 'client id', 'client secret'].includes(facts.what)
}

/** The library lets it pass: it is what azid finds wrong with it, such as `common`. */
function isTenantOfCharacters(value: string | undefined): boolean {
  return value !== undefined && /^[0-9a-zA-Z.-]+$/.test(value)
}

function wordMissing({ inputs }: ProblemFacts['inputs-missing'], credential: CredentialName): string {
  if (credential === 'WorkloadIdentityCredential' || credential === 'ManagedIdentityCredential') {
    return `WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured. ${see}/workloadidentitycredential/troubleshoot`
  }
  const missing = inputs.map(({ name }) => name)
  const argument = Object.entries(parameters).find(([name]) => missing.includes(name))
  if (argument !== undefined) return `Value cannot be null. (Parameter '${argument[1]}')`
  return missing.includes('tenant') ? nullTenant : `${credential} lacks ${missing.join(' and ')}`
}

/** In the order in which constructors look at them. */
const parameters: Readonly<Record<string, string>> = {
  'system access token': 'systemAccessToken',
  'client id': 'clientId',
  'service connection id': 'serviceConnectionId',
  'client secret': 'clientSecret',
  certificate: 'clientCertificatePath',
  assertion: 'assertionCallback',
  'user assertion': 'userAssertion',
}

function wordInvalid({ what, source, reason, value }: BadInput, credential: CredentialName): string {
  switch (what) {
    case 'tenant id':
      return isTenantOfCharacters(value) ? wrap(askerOf(credential), `the tenant '${value}' ${reason}`) : invalidTenant
    case 'client id':
      return "Value cannot be null. (Parameter 'clientId')"
    case 'client secret':
      return "Value cannot be null. (Parameter 'clientSecret')"
    case 'certificate path':
      return "Value cannot be null. (Parameter 'clientCertificatePath')"
    case 'certificate password':
      return 'Password protection for PEM encoded certificates is not supported.'
    case 'scope':
      return `${credential} authentication failed: The specified scope is not in expected format. Only alphanumeric characters, '.', '-', ':', '_', and '/' are allowed (Parameter 'scope')`
    case 'subscription':
      return `Subscription '${value}' contains invalid characters. If this is the name of a subscription, use its ID instead. You can locate your subscription by following the instructions listed here: https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id`
    case 'authority':
      return hasOtherScheme(value ?? '') ? noTls : noUri
    default:
      return `the ${what} from ${source} ${reason}`
  }
}

function wordUnreadable({ what, error }: ProblemFacts['file-unreadable'], credential: CredentialName): string {
  if (credential === 'VisualStudioCredential') return `Visual Studio Token provider can't be accessed at ${error.path}`
  if (what === 'certificate') {
    return /\.(?:pem|pfx)$/i.test(error.path)
      ? 'Could not load certificate file'
      : 'Only .pfx and .pem files are supported.'
  }
  return wrap(askerOf(credential), wordFile(error))
}

/** The messages of System.IO's exceptions. */
function wordFile({ code, path, detail }: ProblemFacts['file-unreadable']['error']): string {
  switch (code) {
    case 'not-found':
      return `Could not find file '${path}'.`
    case 'denied':
    case 'is-folder':
      return `Access to the path '${path}' is denied.`
    default:
      return detail
  }
}

/** Who was refused, where the chain does not say: an app that signed its own assertion has a certificate. */
function refusedAsker(
  facts: ProblemFacts['token-refused'],
  credential: CredentialName,
  by?: CredentialName,
): CredentialName {
  if (by === undefined && credential === 'EnvironmentCredential' && facts.assertion !== undefined) {
    return 'ClientCertificateCredential'
  }
  return askerOf(credential, by)
}

/** MSAL.NET's words: its own before `invalid_client`, and Entra's alone otherwise. */
function wordRefusal(facts: ProblemFacts['token-refused']): string {
  const { error, suberror, description, claims, status, authority, tenantId } = facts
  if (error === 'invalid_client') {
    return `A configuration issue is preventing authentication - check the error message from the server for details. You can modify the configuration in the application registration portal. See https://aka.ms/msal-net-invalid-client for details.  Original exception: ${description}`
  }
  if (status >= 500) {
    return `Service is unavailable to process the request. The request Uri is: https://${authority}/${tenantId}/oauth2/v2.0/token on port 443`
  }
  const isGrant =
    error === 'invalid_grant' && !['client_mismatch', 'protection_policy_required'].includes(suberror ?? '')
  const words = description === '' ? error : description
  return claims !== undefined && (isGrant || error === 'interaction_required') ? `${words} ${claimsChallenge}` : words
}

function wordUnreadableAnswer({
  status,
  excerpt,
  body,
  authority,
  request,
}: ProblemFacts['token-answer-unreadable']): string {
  if (status >= 500) {
    return `Service is unavailable to process the request. The request Uri is: ${request?.url ?? `https://${authority}`} on port 443`
  }
  return status >= 400
    ? 'An error response was returned by the OAuth2 server, but it could not be parsed. Please inspect the exception properties for details. '
    : wordJson(body ?? excerpt).replace('. LineNumber', '. Path: $ | LineNumber')
}

/** Azure.Core asks four times, and tells of each. */
function wordNetwork(error: NetworkError): string {
  const once = ` (${wordDotnetSocket(error, Number(/:(\d+)$/.exec(error.host)?.[1] ?? 443))})`
  return `Retry failed after 4 tries. Retry settings can be adjusted in ClientOptions.Retry or by configuring a custom retry policy in ClientOptions.RetryPolicy.${once.repeat(4)}`
}
