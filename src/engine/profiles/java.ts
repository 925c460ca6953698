/**
 * azure-identity for Java 1.19.0, the newest on Maven Central in November 2026: its order, its policy and its words. Every
 * text was recorded from the library's `getTokenSync` (with msal4j 1.26.0 on a Java 17), where a test does not name another
 * source; test/engine/java-recorded.jsonl is the record.
 */
import type { NetworkError } from '../../runtime.ts'
import { hasOtherScheme } from '../authority.ts'
import { javaManagedIdentityWording } from '../managed-identity/java.ts'
import { isConnectTimeout } from '../managed-identity/retry.ts'
import type { BadInput, Problem, ProblemCode, ProblemFacts } from '../problems.ts'
import { noTenantReason } from '../tenant.ts'
import type { Attempt, CredentialName } from '../types.ts'
import { javaFederationWording } from './java-federation.ts'
import {
  intelliJUnavailable,
  isSignedOutToJava,
  javaSignInWording,
  javaToolWording,
  wordJackson,
} from './java-tools.ts'
import { personWording } from './person-wording.ts'
import { type ChainName, type Profile, toldAttempts, type Wording, wordProblem } from './profile.ts'

const guide = 'https://aka.ms/azsdk/java/identity'
const mitigate = 'To mitigate this issue, please refer to the troubleshooting guidelines here at'
const chainGuide = `${mitigate} https://aka.ms/azure-identity-java-default-azure-credential-troubleshoot`

const invalidTenant =
  'Invalid tenant ID provided. You can locate your tenant ID by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names'
const workloadUnavailable = `WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured. See the troubleshooting guide for more information. ${guide}/workloadidentitycredential/troubleshoot`
const exchangeUnavailable = 'Managed Identity authentication is not available.'
const onBehalfOfFailed = 'Failed to acquire token with On Behalf Of Authentication.'

/** The way from msal4j's exception to what the credential throws. */
function wrap(credential: CredentialName, inner: string): string {
  switch (credential) {
    case 'OnBehalfOfCredential':
      return onBehalfOfFailed
    case 'ManagedIdentityCredential':
      return exchangeUnavailable
    case 'WorkloadIdentityCredential':
    case 'ClientAssertionCredential':
    case 'AzurePipelinesCredential':
    case 'GitHubActionsCredential':
      return `java.lang.RuntimeException: java.util.concurrent.ExecutionException: ${inner}`
    default:
      return `java.util.concurrent.ExecutionException: ${inner}`
  }
}

const wording: Wording = {
  ...javaManagedIdentityWording,
  ...javaFederationWording,
  ...javaToolWording,
  ...javaSignInWording,
  ...personWording.java,
  'environment-incomplete': () =>
    `EnvironmentCredential authentication unavailable. Environment variables are not fully configured.${mitigate} ${guide}/environmentcredential/troubleshoot`,
  'inputs-missing': wordMissing,
  'input-invalid': wordInvalid,
  'file-unreadable': wordUnreadable,
  'certificate-unusable': wordCertificate,
  'username-password-unsupported': () =>
    `Failed to acquire token with username and password. ${mitigate} ${guide}/usernamepasswordcredential/troubleshoot`,
  'tenant-not-allowed': ({ tenantId }) =>
    `The current credential is not configured to acquire tokens for tenant ${tenantId}. To enable acquiring tokens for this tenant add it to the AdditionallyAllowedTenants on the credential options, or add "*" to AdditionallyAllowedTenants to allow acquiring tokens for any tenant. See the troubleshooting guide for more information. ${guide}/multitenant/troubleshoot`,
  'token-refused': (facts, credential) => wrap(credential, wordRefusal(facts)),
  'token-answer-unreadable': (facts, credential) => wrap(credential, wordUnreadableAnswer(facts)),
  'authority-untrusted': (_, credential) =>
    wrap(credential, 'com.microsoft.aad.msal4j.MsalServiceException: AADSTS50049: Unknown or invalid instance.'),
  'authority-discovery': ({ reason }, credential) =>
    wrap(credential, `com.microsoft.aad.msal4j.MsalClientException: ${reason}`),
  network: (error, credential) =>
    wrap(credential, `com.microsoft.aad.msal4j.MsalClientException: ${wordNetwork(error)}`),
  'timed-out': ({ what, timeoutMs }) => `${what} ended the request after ${timeoutMs} ms`,
  interrupted: () => 'The token request was interrupted before it completed.',
  unexpected: ({ message }) => message,
  'not-supported': ({ reason }, credential) => (credential === 'IntelliJCredential' ? intelliJUnavailable : reason),
}

const developerLinks: readonly CredentialName[] = [
  'IntelliJCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
  'BrokerCredential',
]

/** What token exchange inside managed identity can meet: there, all of it is unavailable. */
const exchangeCodes: readonly ProblemCode[] = [
  'token-refused',
  'token-answer-unreadable',
  'network',
  'file-unreadable',
  'federated-token-unusable',
  'authority-untrusted',
  'authority-discovery',
]

export const javaProfile: Profile = {
  sdk: 'java',
  title: 'Java azure-identity',
  version: '1.19.0',
  classNames: {},
  order: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential', ...developerLinks],
  offByDefault: [],
  developerLinks,
  tokenCredentials: {
    dev: developerLinks,
    prod: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
    names: [
      'EnvironmentCredential',
      'WorkloadIdentityCredential',
      'ManagedIdentityCredential',
      'IntelliJCredential',
      'AzureCliCredential',
      'AzurePowerShellCredential',
      'AzureDeveloperCliCredential',
      'VisualStudioCodeCredential',
    ],
    isTrimmed: true,
    groupCase: 'any',
    empty: 'unset',
    isBlankWrong: true,
    wordInvalid: (value, names) =>
      `Invalid value for AZURE_TOKEN_CREDENTIALS: '${value.trim().toLowerCase()}'. Valid values are: 'prod', 'dev', or one of [${names.join(', ')}] (case-insensitive). ${chainGuide}`,
    required:
      'Required environment variable is missing: AZURE_TOKEN_CREDENTIALS. Ensure this environment variable is set before creating the DefaultAzureCredential. See https://aka.ms/azsdk/java/identity/defaultazurecredential/troubleshoot for more information.',
  },
  // The library has no switches: only the variable leaves links out.
  exclusion: {
    switches: {},
    appliesToOneName: true,
    nothingLeft: 'no credential is left in the chain',
  },
  policy: [
    { credentials: ['ManagedIdentityCredential'], codes: exchangeCodes, verdict: 'unavailable' },
    { codes: ['tool-failed'], when: isSignedOut, verdict: 'unavailable' },
    { chain: 'DefaultAzureCredential', credentials: developerLinks, verdict: 'unavailable' },
    { codes: ['tool-not-found'], when: isRefused, verdict: 'failed' },
    // Outside DefaultAzureCredential only what is missing is unavailable; a tool that gives no answer has failed.
    { codes: ['tool-timed-out', 'tool-not-started', 'tool-no-system-folder'], verdict: 'failed' },
  ],
  remembers: ['DefaultAzureCredential'],
  wording,
  aggregate,
}

function isRefused(problem: Problem): boolean {
  return problem.code === 'tool-not-found' && problem.facts.refused !== undefined
}

function isSignedOut(problem: Problem): boolean {
  return problem.code === 'tool-failed' && isSignedOutToJava(problem.facts)
}

/**
 * The exception of a chain in which nothing gave a token: of a failed link its own words behind the names of both; else the
 * words of all, joined by line ends. Of a chain of one only its words are left.
 */
function aggregate(chain: ChainName, attempts: readonly Attempt[]): string {
  const told = toldAttempts(attempts)
  const failed = told.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) {
    const message = wordProblem(javaProfile, failed.credential, failed.problem)
    if (isRaisedByConstructor(failed.problem)) return message
    return `${chain} authentication failed. ---> ${failed.credential} authentication failed. Error Details: ${message}`
  }
  const messages = told.map(({ credential, problem }) => wordProblem(javaProfile, credential, problem))
  return messages.length < 2 ? messages.join('') : `${messages.join('\r\n')}${chainGuide}`
}

function isRaisedByConstructor({ code, facts }: Problem): boolean {
  if (code === 'managed-identity-ids') return true
  if (code !== 'input-invalid') return false
  return facts.what === 'authority'
    ? hasNoTls(facts.value ?? '')
    : facts.what === 'tenant id' && facts.reason !== noTenantReason && !isTenantOfCharacters(facts.value)
}

/** The library lets it pass: it is what azid finds wrong with it, such as `common`. */
function isTenantOfCharacters(value: string | undefined): boolean {
  return value !== undefined && /^[0-9a-zA-Z.-]+$/.test(value)
}

function hasNoTls(authority: string): boolean {
  return hasOtherScheme(authority) || !authority.startsWith('https')
}

/** The names of builders' properties. */
const properties: Readonly<Partial<Record<CredentialName, Readonly<Record<string, string>>>>> = {
  ClientSecretCredential: { 'client id': 'clientId', tenant: 'tenantId', 'client secret': 'clientSecret' },
  ClientCertificateCredential: { 'client id': 'clientId', tenant: 'tenantId', certificate: 'clientCertificate' },
  ClientAssertionCredential: { 'client id': 'clientId', tenant: 'tenantId', assertion: 'clientAssertion' },
  AzurePipelinesCredential: {
    'client id': 'clientId',
    tenant: 'tenantId',
    'service connection id': 'serviceConnectionId',
    'system access token': 'systemAccessToken',
  },
  OnBehalfOfCredential: { 'client id': 'clientId', tenant: 'tenantId' },
}

function wordMissing({ inputs }: ProblemFacts['inputs-missing'], credential: CredentialName): string {
  if (credential === 'WorkloadIdentityCredential') return workloadUnavailable
  if (credential === 'ManagedIdentityCredential') return exchangeUnavailable
  const missing = new Set(inputs.map(({ name }) => name))
  const known = Object.entries(properties[credential] ?? {}).flatMap(([name, word]) =>
    missing.has(name) ? [word] : [],
  )
  return known.length > 0
    ? `Must provide non-null values for ${known.join(', ')} properties in ${credential}Builder`
    : `${credential} lacks ${[...missing].join(' and ')}`
}

function wordInvalid({ what, source, reason, value }: BadInput): string {
  switch (what) {
    case 'tenant id':
      return reason === noTenantReason
        ? 'authority Uri should have at least one segment in the path (i.e. https://<host>/<path>/...)'
        : isTenantOfCharacters(value)
          ? `the tenant '${value}' ${reason}`
          : invalidTenant
    case 'client id':
      return 'clientId is null or empty'
    case 'client secret':
      return 'clientSecret is null or empty'
    case 'scope':
      return "The specified scope is not in expected format. Only alphanumeric characters, '.', '-', ':', '_', and '/' are allowed"
    case 'subscription':
      return `Invalid subscription: ${value} provided. If this is the name of a subscription, use its ID instead. You can locate your subscription ID by following the instructions listed here: https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id`
    case 'authority':
      return hasNoTls(value ?? '')
        ? 'Authority host must use https scheme.'
        : 'Must provide a valid URI for authority host.'
    case 'certificate path':
      return parseFailure('')
    default:
      return `the ${what} from ${source} ${reason}`
  }
}

function parseFailure(words: string): string {
  return `Failed to parse the certificate for the credential: ${words}`
}

/** The messages of java.nio's exceptions, which for a file that is not there or may not be read are its path alone. */
function wordUnreadable({ what, error }: ProblemFacts['file-unreadable'], credential: CredentialName): string {
  if (what === 'federated token') {
    if (credential === 'ManagedIdentityCredential') return exchangeUnavailable
    // The library keeps the cause for the inner exception.
    return 'java.lang.RuntimeException: Failed to read federated token from file. '
  }
  switch (error.code) {
    case 'not-found':
    case 'denied':
      return parseFailure(error.path)
    case 'is-folder':
      return parseFailure('Is a directory')
    default:
      return parseFailure(error.detail)
  }
}

function wordCertificate({ reason, detail, format }: ProblemFacts['certificate-unusable']): string {
  if (format === 'pem') {
    return reason === 'no-certificate'
      ? 'PEM certificate provided does not contain -----BEGIN CERTIFICATE-----END CERTIFICATE----- block'
      : 'Certificate file provided is not a valid PEM file.'
  }
  if (format === 'pkcs12' && (reason === 'wrong-password' || reason === 'password-needed')) {
    return parseFailure('keystore password was incorrect')
  }
  return parseFailure(format === 'other' ? 'null' : detail)
}

function wordRefusal({ error, suberror, description, status, body }: ProblemFacts['token-refused']): string {
  if (description === '') {
    return body === undefined || body === ''
      ? `com.microsoft.aad.msal4j.MsalServiceException: Unknown service exception. Http request returned status code ${status} with no response body`
      : `com.microsoft.aad.msal4j.MsalServiceException: Unknown service exception. Http request returned status code: ${status} with http body: ${body}`
  }
  const needsPerson =
    error === 'invalid_grant' && suberror !== 'client_mismatch' && suberror !== 'protection_policy_required'
  return `com.microsoft.aad.msal4j.${needsPerson ? 'MsalInteractionRequiredException' : 'MsalServiceException'}: ${description}`
}

function wordUnreadableAnswer({ status, excerpt, body }: ProblemFacts['token-answer-unreadable']): string {
  const text = body ?? excerpt
  return text === ''
    ? `com.microsoft.aad.msal4j.MsalServiceException: Unknown service exception. Http request returned status code ${status} with no response body`
    : `com.microsoft.aad.msal4j.MsalClientException: Could not parse JSON from HttpResponse body: ${wordJackson(text)}`
}

/** The words of Netty and the JDK, which the library passes on. */
function wordNetwork(error: NetworkError): string {
  switch (error.code) {
    case 'dns': {
      const reason = error.detail.includes('EAI_AGAIN')
        ? 'Temporary failure in name resolution'
        : 'Name or service not known'
      return `java.io.UncheckedIOException: java.net.UnknownHostException: ${error.host}: ${reason}`
    }
    case 'refused':
      return `java.io.UncheckedIOException: io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: ${wordAddress(error)}`
    case 'unreachable':
      return `java.io.UncheckedIOException: io.netty.channel.AbstractChannel$AnnotatedNoRouteToHostException: ${error.detail.includes('EHOSTUNREACH') ? 'No route to host' : 'Network is unreachable'}: ${wordAddress(error)}`
    case 'tls':
      return 'java.io.UncheckedIOException: javax.net.ssl.SSLHandshakeException: General OpenSslEngine problem'
    case 'timeout':
      return isConnectTimeout(error)
        ? `java.io.UncheckedIOException: io.netty.channel.ConnectTimeoutException: connection timed out after 10000 ms: ${wordAddress(error)}`
        : 'reactor.core.Exceptions$ReactiveException: java.util.concurrent.TimeoutException: Channel read timed out after 60000 milliseconds.'
    case 'reset':
    case 'protocol':
      return `reactor.core.Exceptions$ReactiveException: reactor.netty.http.client.PrematureCloseException: Connection prematurely closed ${error.detail.includes('cut off') ? 'DURING' : 'BEFORE'} response`
    default:
      return error.detail
  }
}

/** `name/address:port`; Node tells the address and the port in its own words. */
function wordAddress({ host, detail }: NetworkError): string {
  const socket = /(\d+\.\d+\.\d+\.\d+|[0-9a-f:]*::[0-9a-f:]*):(\d+)/.exec(detail)
  const name = host.replace(/:\d+$/, '')
  if (socket === null) return `${name}:443`
  const [, address = '', port = ''] = socket
  return `${name === address ? '' : name}/${address}:${port}`
}
