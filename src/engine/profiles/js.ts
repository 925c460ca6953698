/**
 * @azure/identity for JavaScript 4.14.1 over @azure/msal-node 7.2.1: its order, its policy and its words. Texts with a
 * run-time value in them were recorded from the library, without plug-ins.
 */
import type { BadInput, Problem, ProblemFacts } from '../problems.ts'
import type { Attempt, CredentialName } from '../types.ts'
import { isWithoutExpiry, jsManagedIdentityWording } from './js-managed-identity.ts'
import { wordClientAuth, wordServer, wordUnreadable } from './js-msal.ts'
import { jsToolWording } from './js-tools.ts'
import { type ChainName, type Profile, toldAttempts, type Wording, wordProblem } from './profile.ts'
import { pythonWording } from './python.ts'
import { wordJsTokenProxy } from './token-proxy-wording.ts'

const troubleshoot = 'https://aka.ms/azsdk/js/identity'
const principalGuide = `To troubleshoot, visit ${troubleshoot}/serviceprincipalauthentication/troubleshoot.`
const environmentGuide = `To troubleshoot, visit ${troubleshoot}/environmentcredential/troubleshoot.`

const invalidTenant =
  'Invalid tenant id provided. You can locate your tenant id by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names.'
const httpsOnly = "The authorityHost address must use the 'https' protocol."
const noPem = 'The file at the specified path does not contain a PEM-encoded certificate.'

const wording: Wording = {
  // Problems that this SDK cannot meet.
  ...pythonWording,
  ...jsToolWording,
  ...jsManagedIdentityWording,
  'environment-incomplete': () =>
    `EnvironmentCredential is unavailable. No underlying credential could be used. ${environmentGuide}`,
  'inputs-missing': ({ inputs }, credential) => {
    const names = inputs.map(({ name }) => name)
    const order = inputOrders[credential] ?? names
    return wordMissing(order.find((name) => names.includes(name)) ?? '', credential)
  },
  'input-invalid': (facts, credential) => {
    const text = wordInvalid(facts)
    return isThrownByConstructor(facts) ? ofConstructor(text, credential) : wrap(text, credential)
  },
  'file-unreadable': ({ error }, credential) => wrap(wordFile(error), credential),
  'certificate-unusable': (facts, credential) => wrap(wordCertificate(facts), credential),
  // The library would send them; azid sends no password, so these words are its own.
  'username-password-unsupported': (_, credential) =>
    wrap('azid does not sign in with a user name and a password (https://aka.ms/azsdk/identity/mfa)', credential),
  'tenant-not-allowed': ({ tenantId }, credential) =>
    wrap(
      `The current credential is not configured to acquire tokens for tenant ${tenantId}. To enable acquiring tokens for this tenant add it to the AdditionallyAllowedTenants on the credential options, or add "*" to AdditionallyAllowedTenants to allow acquiring tokens for any tenant.`,
      credential,
    ),
  'token-refused': (facts, credential) => wrap(wordServer(facts), credential),
  'token-answer-unreadable': (facts, credential) => wrap(wordUnreadable(facts), credential),
  'authority-untrusted': (_, credential) => inExchange(wordClientAuth('endpoints_resolution_error'), credential),
  'authority-discovery': (_, credential) => inExchange(wordClientAuth('endpoints_resolution_error'), credential),
  network: (facts, credential) =>
    facts.request?.method === 'GET'
      ? inExchange(wordClientAuth('endpoints_resolution_error'), credential)
      : wrap(wordClientAuth('network_error'), credential),
  'federated-token-unusable': ({ reason, path, source }, credential) =>
    wrap(
      reason === 'empty'
        ? `WorkloadIdentityCredential: is unavailable. No content on the file ${path ?? source}.`
        : `the client assertion from ${path ?? source} is not a JWT`,
      credential,
    ),
  'token-proxy-unusable': (facts) => wordJsTokenProxy(facts, wordFile),
  'pipelines-no-endpoint': ({ variable }) =>
    `AzurePipelinesCredential: is unavailable. Ensure that you're running this task in an Azure Pipeline, so that following missing system variable(s) can be defined- "${variable}"`,
  'job-token-refused': (facts) => wordJobToken(facts),
  'vscode-unavailable': () =>
    'Visual Studio Code Authentication is not available. Ensure you have have Azure Resources Extension installed in VS Code, signed into Azure via VS Code, installed the @azure/identity-vscode package, and properly configured the extension.',
  'broker-unavailable': () =>
    'Broker for WAM was requested, but no plugin was configured or no authentication record was found. You must install the @azure/identity-broker plugin package (npm install --save @azure/identity-broker) and enable it by importing `useIdentityPlugin` from `@azure/identity` and calling useIdentityPlugin(nativeBrokerPlugin) before using enableBroker.',
  unexpected: ({ message }, credential) => wrap(message, credential),
}

const tools: readonly CredentialName[] = [
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
]

export const jsProfile: Profile = {
  sdk: 'js',
  title: 'JavaScript @azure/identity',
  version: '4.14.1',
  classNames: {},
  order: [
    'EnvironmentCredential',
    'WorkloadIdentityCredential',
    'ManagedIdentityCredential',
    'VisualStudioCodeCredential',
    'AzureCliCredential',
    'AzurePowerShellCredential',
    'AzureDeveloperCliCredential',
    'BrokerCredential',
  ],
  offByDefault: [],
  developerLinks: ['VisualStudioCodeCredential', ...tools, 'BrokerCredential'],
  tokenCredentials: {
    dev: [
      'VisualStudioCodeCredential',
      'AzureCliCredential',
      'AzurePowerShellCredential',
      'AzureDeveloperCliCredential',
      'BrokerCredential',
    ],
    prod: ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'],
    names: [
      'EnvironmentCredential',
      'WorkloadIdentityCredential',
      'ManagedIdentityCredential',
      'VisualStudioCodeCredential',
      'AzureCliCredential',
      'AzurePowerShellCredential',
      'AzureDeveloperCliCredential',
    ],
    isTrimmed: true,
    groupCase: 'any',
    empty: 'unset',
    wordInvalid: (value, names) =>
      `Invalid value for AZURE_TOKEN_CREDENTIALS = ${value}. Valid values are 'prod' or 'dev' or any of these credentials - ${names.join(', ')}.`,
    required: "Required environment variable 'AZURE_TOKEN_CREDENTIALS' for DefaultAzureCredential is not set or empty.",
  },
  // The variable is the only way to leave a link out.
  exclusion: { switches: {}, appliesToOneName: true, nothingLeft: 'no credential is left in the chain' },
  policy: [
    // A link that cannot be made is replaced by one that gives nothing and says nothing.
    {
      chain: 'DefaultAzureCredential',
      credentials: ['EnvironmentCredential', 'WorkloadIdentityCredential'],
      codes: ['input-invalid'],
      when: isRaisedByConstructor,
      verdict: 'silent',
    },
    {
      chain: 'DefaultAzureCredential',
      credentials: ['ManagedIdentityCredential'],
      codes: ['input-invalid'],
      when: isAuthority,
      verdict: 'silent',
    },
    {
      chain: 'DefaultAzureCredential',
      credentials: ['WorkloadIdentityCredential'],
      codes: ['inputs-missing'],
      verdict: 'silent',
    },
    {
      chain: 'DefaultAzureCredential',
      credentials: ['ManagedIdentityCredential'],
      codes: ['managed-identity-ids', 'managed-identity-id-refused'],
      verdict: 'silent',
    },
    { chain: 'DefaultAzureCredential', credentials: ['BrokerCredential'], verdict: 'silent' },
    // In a chain of one's own nothing is replaced: the constructor's error ends it before it begins.
    { chain: 'ChainedTokenCredential', codes: ['inputs-missing', 'managed-identity-ids'], verdict: 'failed' },
    { chain: 'ChainedTokenCredential', codes: ['input-invalid'], when: isRaisedByConstructor, verdict: 'failed' },
    // Whatever stops EnvironmentCredential once it is configured becomes an AuthenticationError.
    { credentials: ['EnvironmentCredential'], outcome: 'failed', verdict: 'failed' },
    // The tenant of a request is looked at before the tool is tried.
    { credentials: tools, codes: ['input-invalid'], when: isTenant, verdict: 'failed' },
    // What the service of Azure Pipelines refuses is an AuthenticationError.
    { codes: ['job-token-refused'], verdict: 'failed' },
    // Everything else is CredentialUnavailableError or, from MSAL, AuthenticationRequiredError.
    { verdict: 'unavailable' },
  ],
  remembers: [],
  wording,
  aggregate,
}

function isAuthority({ code, facts }: Problem): boolean {
  return code === 'input-invalid' && (facts as BadInput).what === 'authority'
}

function isTenant({ code, facts }: Problem): boolean {
  return code === 'input-invalid' && (facts as BadInput).what === 'tenant id'
}

function isRaisedByConstructor({ code, facts }: Problem): boolean {
  return code === 'input-invalid' && isThrownByConstructor(facts as BadInput)
}

/** The text of a tenant and the scheme of an authority are looked at when the credential is made, the rest when it is asked. */
function isThrownByConstructor(facts: BadInput): boolean {
  const text = wordInvalid(facts)
  return text === invalidTenant || text === httpsOnly
}

/**
 * What ends the chain is thrown as it is, so there is no text of the whole. `ChainedTokenCredential` is the head also of
 * DefaultAzureCredential's. Where every link was passed over, nothing says why.
 */
function aggregate(_chain: ChainName, attempts: readonly Attempt[]): string {
  const told = toldAttempts(attempts)
  const stopper = told.find(({ outcome }) => outcome === 'failed')
  if (stopper !== undefined) return wordProblem(jsProfile, stopper.credential, stopper.problem)
  if (told.length === 0) return 'Failed to retrieve a valid token'
  const lines = told.map(({ credential, problem }) => {
    const message = wordProblem(jsProfile, credential, problem)
    return message === '' ? errorName(problem, credential) : `${errorName(problem, credential)}: ${message}`
  })
  return ['ChainedTokenCredential authentication failed.', ...lines].join('\n')
}

/** What MSAL throws becomes an error of another name than what the library finds by itself. */
function errorName(problem: Problem, credential: CredentialName): string {
  switch (problem.code) {
    case 'token-refused':
    case 'token-answer-unreadable':
    case 'file-unreadable':
    case 'federated-token-unusable':
    case 'assertion-command':
    case 'job-token-refused':
    case 'job-token-unreachable':
    case 'certificate-unusable':
    case 'unexpected':
      return 'AuthenticationRequiredError'
    case 'input-invalid':
      return credential === 'ManagedIdentityCredential' ||
        ['scope', 'authority', 'subscription'].includes(problem.facts.what)
        ? 'CredentialUnavailableError'
        : 'AuthenticationRequiredError'
    case 'network':
      return problem.facts.request?.method === 'GET' ? 'CredentialUnavailableError' : 'AuthenticationRequiredError'
    case 'managed-identity-answer':
      return isWithoutExpiry(problem.facts) ? 'AuthenticationRequiredError' : 'CredentialUnavailableError'
    default:
      return 'CredentialUnavailableError'
  }
}

/** EnvironmentCredential wraps what its credential throws, and leaves these two words out of it. */
function wrap(text: string, credential: CredentialName): string {
  if (credential !== 'EnvironmentCredential') return text
  const inner = text.split('More details:').join('')
  return `EnvironmentCredential authentication failed. ${environmentGuide} Status code: 400\nMore details:\n${inner},`
}

/** What token exchange finds by itself is told by managed identity; what MSAL throws passes through it as it is. */
function inExchange(text: string, credential: CredentialName): string {
  return credential === 'ManagedIdentityCredential'
    ? `ManagedIdentityCredential: Authentication failed. Message ${text}`
    : wrap(text, credential)
}

function ofConstructor(text: string, credential: CredentialName): string {
  return credential === 'ManagedIdentityCredential' && text !== httpsOnly ? inExchange(text, credential) : text
}

/** In the order in which the constructor looks. */
const inputOrders: Readonly<Partial<Record<CredentialName, readonly string[]>>> = {
  WorkloadIdentityCredential: ['client id', 'tenant', 'token file'],
  AzurePipelinesCredential: ['client id', 'tenant', 'service connection id', 'system access token'],
  ClientSecretCredential: ['tenant', 'client id', 'client secret'],
}

const parameterNames: Readonly<Record<string, string>> = {
  tenant: 'tenantId',
  'client id': 'clientId',
  'client secret': 'clientSecret',
  'client assertion': 'clientAssertion',
  'user assertion': 'userAssertionToken',
  'service connection id': 'serviceConnectionId',
  'system access token': 'systemAccessToken',
  'token file': 'federatedTokenFilePath',
}

const workloadVariables: Readonly<Record<string, string>> = {
  clientId: 'AZURE_CLIENT_ID',
  tenantId: 'AZURE_TENANT_ID',
  federatedTokenFilePath: 'AZURE_FEDERATED_TOKEN_FILE',
}

function wordMissing(name: string, credential: CredentialName): string {
  const parameter = parameterNames[name] ?? name
  const required = `${parameter} is a required parameter.`
  switch (credential) {
    case 'WorkloadIdentityCredential':
      return `WorkloadIdentityCredential: is unavailable. ${required} In DefaultAzureCredential and ManagedIdentityCredential, this can be provided as an environment variable - "${workloadVariables[parameter]}".\n        See the troubleshooting guide for more information: ${troubleshoot}/workloadidentitycredential/troubleshoot`
    case 'AzurePipelinesCredential':
      return `AzurePipelinesCredential: is unavailable. ${required}`
    case 'ClientAssertionCredential':
      return `ClientAssertionCredential: ${required}`
    case 'ClientCertificateCredential':
      return name === 'certificate'
        ? `ClientCertificateCredential: Provide either a PEM certificate in string form, or the path to that certificate in the filesystem. ${principalGuide}`
        : 'ClientCertificateCredential: tenantId and clientId are required parameters.'
    case 'OnBehalfOfCredential':
      return name === 'client proof'
        ? `OnBehalfOfCredential: You must provide one of clientSecret, certificatePath, or a getAssertion callback but none were provided. ${principalGuide}`
        : `OnBehalfOfCredential: ${required} ${principalGuide}`
    default:
      return `${credential}: ${required} ${principalGuide}`
  }
}

function wordInvalid({ what, source, reason, value }: BadInput): string {
  switch (what) {
    case 'tenant id':
      return value !== undefined && /^[0-9a-zA-Z-.]+$/.test(value)
        ? wordClientAuth('missing_tenant_id_error')
        : invalidTenant
    case 'authority':
      // A path that names many tenants is taken for the tenant.
      if (value !== undefined && /^https:\/\/[^/]+\/(?:common|organizations|consumers)\b/.test(value)) {
        return wordClientAuth('missing_tenant_id_error')
      }
      return value?.startsWith('https:') === true ? wordClientAuth('url_parse_error') : httpsOnly
    case 'scope':
      return 'Invalid scope was specified by the user or calling client'
    case 'subscription':
      return `Subscription '${value}' contains invalid characters. If this is the name of a subscription, use its ID instead. You can locate your subscription by following the instructions listed here: https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id`
    default:
      return `the ${what} from ${source} ${reason}`
  }
}

/** An error of its own, not MSAL's: it passes through as it is. */
function wordJobToken({ status, body, requestId }: ProblemFacts['job-token-refused']): string {
  const headers = requestId === undefined ? {} : { 'x-vss-e2eid': requestId }
  const details = JSON.stringify({ status, bodyAsText: body, headers })
  const guide = `See the troubleshooting guide for more information: ${troubleshoot}/azurepipelinescredential/troubleshoot`
  const [what, description] =
    body === ''
      ? ['Received null token from OIDC request.', `Complete response - ${details}. ${guide}`]
      : ['oidcToken field not detected in the response.', `Response from service = ${details}. ${guide}`]
  return `AzurePipelinesCredential: Authentication Failed. ${what} Status code: ${status}\nMore details:\n${description},`
}

/** Node's own words of `readFile`. */
function wordFile({ code, path, detail }: ProblemFacts['file-unreadable']['error']): string {
  switch (code) {
    case 'not-found':
      return `ENOENT: no such file or directory, open '${path}'`
    case 'denied':
      return `EACCES: permission denied, open '${path}'`
    case 'is-folder':
      return 'EISDIR: illegal operation on a directory, read'
    default:
      return detail
  }
}

/** A file without a whole certificate is refused by the library; of the key, MSAL speaks when it signs. */
function wordCertificate({ reason, detail }: ProblemFacts['certificate-unusable']): string {
  switch (reason) {
    case 'malformed':
    case 'no-certificate':
      return noPem
    case 'not-rsa':
      return /\bEC\b/.test(detail)
        ? '"alg" parameter for "ec" key type must be one of: ES256, ES384, ES512.'
        : 'secretOrPrivateKey must be an asymmetric key when using PS256'
    case 'no-private-key':
    case 'password-needed':
      return 'secretOrPrivateKey must be an asymmetric key when using PS256'
    case 'wrong-password':
      return 'error:1C800064:Provider routines::bad decrypt'
    case 'key-mismatch':
      return detail
    default:
      return reason satisfies never
  }
}
