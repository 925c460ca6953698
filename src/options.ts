/**
 * The one table of options. Parsing, `--help`, man pages, completions, the page of variables and the `Settings` type are
 * all made from it. No value of an option is a secret: secrets come from a file, from stdin (`-`) or from a variable.
 */
import {
  type ParsedValue,
  parseAddress,
  parseAllowedTenant,
  parseAssignment,
  parseClaims,
  parseCommand,
  parseCredentialName,
  parseDuration,
  parseGuid,
  parseHostName,
  parseHttpsOrigin,
  parseIdentityResourceId,
  parseLimit,
  parsePath,
  parsePort,
  parseProcessId,
  parseRedirectUri,
  parseSubscription,
  parseTenant,
  parseText,
  parseVariableName,
} from './option-values.ts'

/** Headings of `--help`, in this order. */
export const optionGroups = {
  subject: 'What to do',
  target: 'What for',
  credential: 'Which credential',
  identity: 'Which identity',
  proof: 'Proof',
  where: 'Where',
  freshness: 'Freshness',
  limits: 'Limits',
  expectations: 'Expectations',
  output: 'Output',
  general: 'General',
} as const

export type OptionGroup = keyof typeof optionGroups

/** What a shell offers where a value is due. A link is a credential of the default chain. */
export type Completion =
  | 'none'
  | 'file'
  | 'folder'
  | 'credential'
  | 'link'
  | 'target'
  | 'choices'
  /** VAR=TARGET, or TARGET alone. */
  | 'assignment'
  /** A variable that programs read tokens from. */
  | 'variable'
  | 'fault'
  /** What `explain` knows, or a file. */
  | 'subject'

interface OptionFacts {
  readonly short?: string
  /** Other long names, without the dashes. */
  readonly aliases?: readonly string[]
  readonly group: OptionGroup
  /** One line, lower case, no full stop. */
  readonly summary: string
  /** More, in sentences, for the man page. */
  readonly details?: string
  /** AZID_ variables that give it, first one first. An option beats them; they beat the default. */
  readonly variables?: readonly string[]
  /** Variables of the SDKs that stand behind the option; the credentials read them, not the command line. */
  readonly sdkVariables?: readonly string[]
  /** There is no such option, only its variable. */
  readonly isVariableOnly?: boolean
}

/** On when given. */
interface SwitchOption extends OptionFacts {
  readonly kind: 'switch'
}

export interface ValueOption extends OptionFacts {
  readonly kind: 'value'
  readonly valueName: string
  readonly complete: Completion
  readonly parse: (text: string) => ParsedValue<unknown>
  readonly default?: string
  /** A value of `-` stands for stdin. */
  readonly readsStdin?: boolean
}

/** May be given again; each occurrence, and each part between separators, adds a value. */
export interface ListOption extends OptionFacts {
  readonly kind: 'list'
  readonly valueName: string
  readonly complete: Completion
  readonly parse: (text: string) => ParsedValue<unknown>
  /** Absent: one occurrence is one value. */
  readonly separator?: RegExp
  readonly default?: string
}

export interface ChoiceOption extends OptionFacts {
  readonly kind: 'choice'
  readonly valueName: string
  readonly choices: readonly string[]
  /** Choices that one command alone takes, with that command; others refuse them by themselves. */
  readonly choicesOf?: Readonly<Record<string, string>>
  readonly default?: string
}

export type OptionRow = SwitchOption | ValueOption | ListOption | ChoiceOption

export const options = {
  // What for
  scope: {
    kind: 'list',
    valueName: 'SCOPE',
    complete: 'target',
    parse: parseText,
    group: 'target',
    summary: 'scope to ask for, for example https://vault.azure.net/.default',
    details: 'May be given again for several scopes of one resource. Says the same as TARGET, explicitly.',
  },
  resource: {
    kind: 'value',
    short: 'r',
    aliases: ['server-id'],
    valueName: 'RESOURCE',
    complete: 'target',
    parse: parseText,
    group: 'target',
    summary: 'resource to ask for: a URI, an app id or a short name',
    details:
      'Taken exactly as written: the scope is the resource with /.default behind it, so a resource that ends in a slash gives two. Says the same as TARGET, explicitly.',
  },

  // Which credential
  credential: {
    kind: 'list',
    short: 'c',
    valueName: 'NAME[,NAME...]',
    complete: 'credential',
    separator: /,/,
    parse: parseCredentialName,
    default: 'default',
    group: 'credential',
    summary: 'one credential, or a chain of your own in this order',
    details:
      'Class names (ClientSecretCredential) and short names (client-secret) are alike, in any case. `default` is the chain of DefaultAzureCredential.',
    variables: ['AZID_CREDENTIAL'],
    sdkVariables: ['AZURE_TOKEN_CREDENTIALS'],
  },
  exclude: {
    kind: 'list',
    valueName: 'NAME[,NAME...]',
    complete: 'link',
    separator: /,/,
    parse: parseCredentialName,
    group: 'credential',
    summary: 'leave these credentials out of the default chain',
    variables: ['AZID_EXCLUDE'],
  },
  include: {
    kind: 'list',
    valueName: 'NAME[,NAME...]',
    complete: 'link',
    separator: /,/,
    parse: parseCredentialName,
    group: 'credential',
    summary: 'add credentials that the default chain leaves out',
    details: 'The SDKs leave interactive-browser out unless asked.',
    variables: ['AZID_INCLUDE'],
  },
  'require-envvar': {
    kind: 'switch',
    group: 'credential',
    summary: 'refuse to run unless AZURE_TOKEN_CREDENTIALS is set',
    details: 'As the require_envvar argument of the SDKs: a deployed program should not guess.',
    variables: ['AZID_REQUIRE_ENVVAR'],
  },
  sdk: {
    kind: 'choice',
    valueName: 'SDK',
    choices: ['python', 'js', 'dotnet', 'java', 'go', 'all'],
    choicesOf: { all: 'chain' },
    default: 'python',
    group: 'credential',
    summary: 'whose order, policy and wording to follow; all compares (chain)',
    variables: ['AZID_SDK'],
  },

  // Which identity
  tenant: {
    kind: 'value',
    short: 't',
    aliases: ['tenant-id'],
    valueName: 'TENANT',
    complete: 'none',
    parse: parseTenant,
    group: 'identity',
    summary: 'tenant to ask in: its id or one of its domains',
    details:
      'With one named credential it configures that credential. In the default chain it is the tenant of the request, so the rules for additionally allowed tenants apply.',
    variables: ['AZID_TENANT'],
    sdkVariables: ['AZURE_TENANT_ID'],
  },
  'client-id': {
    kind: 'value',
    valueName: 'GUID',
    complete: 'none',
    parse: parseGuid,
    group: 'identity',
    summary: 'client id of the app or of the user-assigned managed identity',
    details:
      'In the default chain it means the managed or workload identity only; EnvironmentCredential reads only variables.',
    variables: ['AZID_CLIENT_ID'],
    sdkVariables: ['AZURE_CLIENT_ID'],
  },
  'object-id': {
    kind: 'value',
    valueName: 'GUID',
    complete: 'none',
    parse: parseGuid,
    group: 'identity',
    summary: 'object id of the user-assigned managed identity',
    variables: ['AZID_OBJECT_ID'],
  },
  'resource-id': {
    kind: 'value',
    valueName: 'ID',
    complete: 'none',
    parse: parseIdentityResourceId,
    group: 'identity',
    summary: 'Azure resource id of the user-assigned managed identity',
    variables: ['AZID_RESOURCE_ID'],
  },
  subscription: {
    kind: 'value',
    valueName: 'ID|NAME',
    complete: 'none',
    parse: parseSubscription,
    group: 'identity',
    summary: 'subscription of az whose account is asked',
    details:
      'Its id, or its name. It is handed to az, which takes it or --tenant, not both. Without it az asks its current account.',
    variables: ['AZID_SUBSCRIPTION'],
  },
  username: {
    kind: 'value',
    valueName: 'NAME',
    complete: 'none',
    parse: parseText,
    group: 'identity',
    summary: 'user to choose among the accounts that are signed in',
    details:
      'Among those of `azid login`, and among those of the shared token cache. At a sign-in it is the account that is asked for.',
    variables: ['AZID_USERNAME'],
    sdkVariables: ['AZURE_USERNAME'],
  },

  'no-prompt': {
    kind: 'switch',
    group: 'credential',
    summary: 'never ask a person: end with 4 and say what is needed',
    details: 'Nobody is asked either where CI is set, or for the browser where stdin is no terminal.',
    variables: ['AZID_NO_PROMPT'],
  },
  'redirect-uri': {
    kind: 'value',
    valueName: 'URI',
    complete: 'none',
    parse: parseRedirectUri,
    group: 'where',
    summary: 'where the sign-in page sends the browser back to',
    details:
      'For the browser an address of this machine that the app is registered with, such as http://localhost:8400; without it a free port is taken. For an authorization code the address that the code was asked with.',
    variables: ['AZID_REDIRECT_URI'],
  },

  // Proof
  'client-secret-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds the client secret; - reads stdin',
    details:
      'One newline at the end is not part of the secret. There is no option for the secret itself: command lines can be seen by others.',
    variables: ['AZID_CLIENT_SECRET_FILE'],
    sdkVariables: ['AZURE_CLIENT_SECRET'],
  },
  certificate: {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'PEM or PKCS#12 file with the certificate and its key; - reads stdin',
    variables: ['AZID_CERTIFICATE'],
    sdkVariables: ['AZURE_CLIENT_CERTIFICATE_PATH'],
  },
  'certificate-password-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds the password of the certificate; - reads stdin',
    variables: ['AZID_CERTIFICATE_PASSWORD_FILE'],
    sdkVariables: ['AZURE_CLIENT_CERTIFICATE_PASSWORD'],
  },
  'send-certificate-chain': {
    kind: 'switch',
    group: 'proof',
    summary: 'send the chain too, for subject name and issuer authentication',
    variables: ['AZID_SEND_CERTIFICATE_CHAIN'],
    sdkVariables: ['AZURE_CLIENT_SEND_CERTIFICATE_CHAIN'],
  },

  'federated-token-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    group: 'proof',
    summary: 'file in which a platform keeps the token of a workload',
    details:
      'Read again as the SDKs do, because the platform renews it. The token names the workload; it is sent to the authority and never shown.',
    variables: ['AZID_FEDERATED_TOKEN_FILE'],
    sdkVariables: ['AZURE_FEDERATED_TOKEN_FILE'],
  },
  'enable-azure-proxy': {
    kind: 'switch',
    group: 'proof',
    summary: 'ask through the token proxy of AKS (identity binding)',
    details:
      'For `-c workload-identity` in a pod with an identity binding: the request for a token goes to AZURE_KUBERNETES_TOKEN_PROXY, trusted by AZURE_KUBERNETES_CA_FILE or _CA_DATA alone. Where that variable is not set, the authority is asked. In the default chain no SDK asks through it.',
    variables: ['AZID_ENABLE_AZURE_PROXY'],
  },
  'client-assertion-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds a client assertion (a JWT); - reads stdin',
    details: 'A file is read again for each token that is asked for; stdin and a pipe are read once.',
    variables: ['AZID_CLIENT_ASSERTION_FILE'],
  },
  'client-assertion-command': {
    kind: 'value',
    valueName: 'PROGRAM|JSON',
    complete: 'file',
    parse: parseCommand,
    group: 'proof',
    summary: 'program that prints a client assertion',
    details:
      'The path of a program without arguments, or a JSON array of program and arguments: ["/usr/bin/get-jwt", "--audience", "api://AzureADTokenExchange"]. No shell is used and nothing is expanded. It gets no terminal and no input, has as long as --process-timeout says, and is run for each token that is asked for. Its arguments are left out of every record, but others on this machine can see them.',
    variables: ['AZID_CLIENT_ASSERTION_COMMAND'],
  },
  'user-assertion-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds the access token of the user to ask for; - reads stdin',
    details: 'For on-behalf-of: the token with which the user called this app. Its audience has to be this app.',
    variables: ['AZID_USER_ASSERTION_FILE'],
  },
  'authorization-code-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds an authorization code; - reads stdin',
    details: 'What a sign-in page sent to --redirect-uri. It is good for one use and a few minutes.',
    variables: ['AZID_AUTHORIZATION_CODE_FILE'],
  },
  'code-verifier-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'proof',
    summary: 'file that holds the PKCE verifier of that code; - reads stdin',
    variables: ['AZID_CODE_VERIFIER_FILE'],
  },
  'service-connection-id': {
    kind: 'value',
    valueName: 'GUID',
    complete: 'none',
    parse: parseGuid,
    group: 'proof',
    summary: 'id of the service connection of Azure Pipelines',
    details: 'It is `resourceId` in the address of the page of the service connection, not its name.',
    variables: ['AZID_SERVICE_CONNECTION_ID'],
    sdkVariables: ['AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'],
  },

  // Where
  'additionally-allowed-tenants': {
    kind: 'list',
    valueName: 'TENANT[,TENANT...]',
    complete: 'none',
    separator: /[,;]/,
    parse: parseAllowedTenant,
    group: 'where',
    summary: 'other tenants a credential may ask in; * allows any',
    variables: ['AZID_ADDITIONALLY_ALLOWED_TENANTS'],
    sdkVariables: ['AZURE_ADDITIONALLY_ALLOWED_TENANTS'],
  },
  'authority-host': {
    kind: 'value',
    valueName: 'URL',
    complete: 'none',
    parse: parseHttpsOrigin,
    group: 'where',
    summary: "host to ask for tokens, when it is not the cloud's own",
    details: "A host that is not one of Microsoft's is trusted because it is named here.",
    variables: ['AZID_AUTHORITY_HOST'],
    sdkVariables: ['AZURE_AUTHORITY_HOST'],
  },
  cloud: {
    kind: 'choice',
    valueName: 'CLOUD',
    choices: ['public', 'usgov', 'china'],
    group: 'where',
    summary: 'cloud whose hosts and resources are meant',
    details: 'Without it, the cloud of the authority host; without that, public.',
    variables: ['AZID_CLOUD'],
  },
  'disable-instance-discovery': {
    kind: 'switch',
    group: 'where',
    summary: 'do not ask Microsoft whether the authority is genuine',
    details: 'For private clouds and for networks that reach nothing else. The authority is then trusted as named.',
    variables: ['AZID_DISABLE_INSTANCE_DISCOVERY'],
  },
  'ca-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'where',
    summary: 'PEM file of certificate authorities to trust as well; - reads stdin',
    variables: ['AZID_CA_FILE'],
    sdkVariables: ['NODE_EXTRA_CA_CERTS'],
  },

  // Freshness
  claims: {
    kind: 'value',
    valueName: 'JSON|BASE64',
    complete: 'none',
    parse: parseClaims,
    group: 'freshness',
    summary: 'claims challenge to answer, as JSON or base64',
    details: 'The value of `claims` in a WWW-Authenticate header. The token is asked anew, whatever is cached.',
  },
  cae: {
    kind: 'switch',
    group: 'freshness',
    summary: 'ask for a token of continuous access evaluation',
    details: 'Such a token lives longer and can be revoked at once; the caller must be ready for a claims challenge.',
    variables: ['AZID_CAE'],
  },
  'no-cache': {
    kind: 'switch',
    group: 'freshness',
    summary: 'neither read nor write the token cache',
  },
  cache: {
    kind: 'choice',
    valueName: 'PLACE',
    choices: ['off', 'memory', 'keyring', 'file'],
    group: 'freshness',
    summary: 'where the key of the token cache is kept',
    details:
      'The default is keyring, but memory where CI is set or where no keyring works. With file the key lies in a file beside the cache: no stronger than the token file of az.',
    variables: ['AZID_CACHE'],
    isVariableOnly: true,
  },
  'force-refresh': {
    kind: 'switch',
    group: 'freshness',
    summary: 'ask for a new token even where a cached one is good',
  },
  'min-ttl': {
    kind: 'value',
    valueName: 'TIME',
    complete: 'none',
    parse: parseDuration,
    default: '5m',
    group: 'freshness',
    summary: 'least remaining life of a cached token',
    details: 'Where even a new token lives shorter, it is printed with a warning.',
    variables: ['AZID_MIN_TTL'],
  },

  // Limits
  timeout: {
    kind: 'value',
    valueName: 'TIME',
    complete: 'none',
    parse: parseLimit,
    group: 'limits',
    summary: 'limit of the whole run; none unless given',
    details: 'A number with ms, s, m or h; a bare number is seconds.',
    variables: ['AZID_TIMEOUT'],
  },
  'process-timeout': {
    kind: 'value',
    valueName: 'TIME',
    complete: 'none',
    parse: parseLimit,
    default: '10s',
    group: 'limits',
    summary: 'limit of one run of az, azd, pwsh or a command for an assertion',
    details:
      'Not given, it is as long as that SDK waits: 10 s, for az and azd in .NET 13 s, in JavaScript and Java for ever. A tool that is still running then is ended with all that it started.',
    variables: ['AZID_PROCESS_TIMEOUT'],
  },
  'imds-timeout': {
    kind: 'value',
    valueName: 'TIME',
    complete: 'none',
    parse: parseLimit,
    default: '1s',
    group: 'limits',
    summary: 'limit of the probe for a managed identity endpoint',
    variables: ['AZID_IMDS_TIMEOUT'],
  },
  fast: {
    kind: 'switch',
    group: 'limits',
    summary: 'ask for no managed identity where nothing looks like Azure',
    variables: ['AZID_FAST'],
  },

  // Expectations
  'expect-tenant': {
    kind: 'value',
    valueName: 'TENANT',
    complete: 'none',
    parse: parseTenant,
    group: 'expectations',
    summary: 'exit code 7 unless the token is of this tenant',
    variables: ['AZID_EXPECT_TENANT'],
  },
  'expect-user': {
    kind: 'value',
    valueName: 'NAME',
    complete: 'none',
    parse: parseText,
    group: 'expectations',
    summary: 'exit code 7 unless the token is of this user, app or object id',
    variables: ['AZID_EXPECT_USER'],
  },
  'expect-type': {
    kind: 'choice',
    valueName: 'TYPE',
    choices: ['user', 'service-principal', 'managed-identity'],
    group: 'expectations',
    summary: 'exit code 7 unless the token is of this kind of identity',
    variables: ['AZID_EXPECT_TYPE'],
  },

  // What to do: options of single commands
  token: {
    kind: 'value',
    valueName: '-|FILE|JWT',
    complete: 'file',
    parse: parseText,
    readsStdin: true,
    group: 'subject',
    summary: 'decode this token instead of acquiring one',
    details: "- reads stdin, which keeps the token out of the list of processes and out of the shell's history.",
  },
  verify: {
    kind: 'switch',
    group: 'subject',
    summary: 'check the signature against the keys of the authority',
    details: 'Exit code 7 when it is not valid or cannot be checked.',
  },
  'device-code': {
    kind: 'switch',
    aliases: ['use-device-code'],
    group: 'subject',
    summary: 'sign in with a code on any device, without a browser here',
  },
  'all-claims': {
    kind: 'switch',
    group: 'subject',
    summary: 'list every claim with its meaning',
  },
  account: {
    kind: 'value',
    valueName: 'NAME',
    complete: 'none',
    parse: parseText,
    group: 'subject',
    summary: 'of this user, app or object id',
  },
  'read-foreign': {
    kind: 'switch',
    group: 'subject',
    summary: 'open what other tools keep in the keyring',
    details: 'Reads accounts, audiences and times; token values are never shown. Nothing is unlocked.',
  },
  all: {
    kind: 'switch',
    group: 'subject',
    summary: 'all of them: every credential of the chain at once, or every account',
    details:
      'Of chain: also those behind the winner. Shows side by side which identity each of them would give. The tokens are never used, and the winner is still the one that the chain would have.',
  },
  'dry-run': {
    kind: 'switch',
    group: 'subject',
    summary: 'look at variables and files only; send and start nothing',
    details: 'Says of each credential whether it has what it needs and what it would do.',
  },
  'env-file': {
    kind: 'value',
    // Node itself looks for a file behind `--env-file` wherever it stands (node/src/node_dotenv.cc): it empties a pipe
    // before azid sees it, and knows no `-`.
    aliases: ['environment-file'],
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    readsStdin: true,
    group: 'subject',
    summary: "take this file's variables in place of the shell's; - reads stdin",
    details:
      "A .env file, an EnvironmentFile of systemd, the output of `env`, a copy of /proc/PID/environ, or a Compose file: see --service. The credentials see these variables and no others; azid's own (AZID_...) are still read from the shell. Node looks at the file behind --env-file before azid does, so stdin and pipes go with --environment-file.",
  },
  service: {
    kind: 'value',
    valueName: 'NAME',
    complete: 'none',
    parse: parseText,
    group: 'subject',
    summary: 'whose variables: the service of the Compose file behind --env-file',
    details:
      "Without it the only service is taken, or the only one with variables for a credential; several are listed. env_file, references, extends, include and an override beside the file count as for docker compose up. Paths are the container's: what is mounted from here is read here, and nothing is started. Several files: docker compose config | azid chain --environment-file - --service NAME.",
  },
  'env-pid': {
    kind: 'value',
    valueName: 'PID',
    complete: 'none',
    parse: parseProcessId,
    group: 'subject',
    summary: "take the variables of this running process in place of the shell's",
    details:
      'Linux only, for processes of the same user (or as root). These are the variables that the process was started with; its home, its working folder and, in a container, its files are used as well.',
  },
  report: {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    group: 'subject',
    summary: 'also write a report that can be pasted into an issue (mode 0600)',
    details:
      'Markdown, made of facts that are known to be harmless and searched for secrets before it is written; where one is found nothing is written.',
  },
  yes: {
    kind: 'switch',
    short: 'y',
    group: 'subject',
    summary: 'do not ask',
  },

  as: {
    kind: 'choice',
    valueName: 'PERSONA',
    choices: [
      'service-principal',
      'service-principal-certificate',
      'workload-identity',
      'azure-pipelines',
      'github-actions',
      'on-behalf-of',
      'managed-identity',
      'managed-identity:imds',
      'managed-identity:app-service',
      'managed-identity:service-fabric',
      'managed-identity:azure-ml',
      'managed-identity:cloud-shell',
      'managed-identity:azure-arc',
      'wrong-secret',
      'expired-secret',
      'disabled-app',
      'unknown-app',
      'unknown-tenant',
    ],
    group: 'subject',
    summary: 'whom the sandbox lets the command be',
    details: 'service-principal is taken without it. The last five are there to see failures.',
  },
  fault: {
    kind: 'list',
    valueName: 'FAULT',
    complete: 'fault',
    parse: parseText,
    group: 'subject',
    summary: 'let the sandbox misbehave',
    details:
      '429, 500, 502, 503, 504, hang, cut, html, slow=500ms or clock=+10m, and after a colon path=token, times=2, retry-after=2, separated by commas: 429:retry-after=2,times=1.',
  },
  directory: {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    group: 'subject',
    summary: 'tenants, apps and resources of the sandbox, as JSON',
  },
  port: {
    kind: 'value',
    valueName: 'PORT',
    complete: 'none',
    parse: parsePort,
    group: 'subject',
    summary: 'listen on this port; default any free one',
  },
  set: {
    kind: 'list',
    valueName: 'VAR=TARGET',
    complete: 'assignment',
    parse: parseAssignment,
    group: 'subject',
    summary: 'put the token for TARGET into this variable of the command',
    details:
      'May be given again. A short name alone goes into the variable that its programs read: --set postgres is --set PGPASSWORD=postgres.',
  },
  'identity-endpoint': {
    kind: 'switch',
    group: 'subject',
    summary: 'give the command a managed identity endpoint of its own',
    details:
      'Every Azure SDK in the command asks it as on App Service, and again when a token is about to expire. Variables that would sign it in elsewhere are taken away.',
  },
  allow: {
    kind: 'list',
    valueName: 'TARGET',
    complete: 'target',
    parse: parseText,
    group: 'subject',
    summary: 'give tokens for this target; again for others',
    details:
      'A short name, a resource URI or app id, or a scope. Whoever asks the endpoint for anything else is refused.',
  },
  listen: {
    kind: 'value',
    valueName: 'ADDRESS',
    complete: 'none',
    parse: parseAddress,
    default: '127.0.0.1',
    group: 'where',
    summary: 'listen on this IP address',
    details: 'An address that other machines can reach needs --expose, too: tokens travel in clear there.',
  },
  expose: {
    kind: 'switch',
    group: 'where',
    summary: 'listen where other machines can ask',
  },
  'allow-host': {
    kind: 'list',
    valueName: 'NAME',
    complete: 'none',
    parse: parseHostName,
    group: 'where',
    summary: 'another host name by which clients may ask',
    details:
      'Loopback and the address of --listen are taken without it; any other name in the Host header is refused, so that no web page can reach the endpoint.',
  },
  ttl: {
    kind: 'value',
    valueName: 'TIME',
    complete: 'none',
    parse: parseLimit,
    group: 'limits',
    summary: 'end after this time; without it, when interrupted',
  },
  print: {
    kind: 'choice',
    valueName: 'FORM',
    choices: ['env', 'docker'],
    default: 'env',
    group: 'output',
    summary: 'for whom the variables are printed',
    details:
      'env: assignments for the shell of --shell. docker: lines for docker run --env-file, with the name by which a container reaches this machine.',
  },
  'log-requests': {
    kind: 'switch',
    group: 'subject',
    summary: 'say each request on stderr, redacted',
  },
  'log-json': {
    kind: 'switch',
    group: 'subject',
    summary: 'say each request on stderr as a line of JSON, redacted',
  },

  // Output
  output: {
    kind: 'choice',
    short: 'o',
    valueName: 'FORMAT',
    choices: [
      'token',
      'json',
      'az',
      'azd',
      'header',
      'env',
      'dotenv',
      'github-actions',
      'azure-pipelines',
      'gitlab',
      'exec-credential',
      'managed-identity',
    ],
    default: 'token',
    group: 'output',
    summary: 'shape of the answer',
    details:
      'json: everything, versioned. az and azd: the shapes of these tools. header: for curl -H @-. env: assignments for a shell. dotenv and gitlab: NAME=value lines. github-actions and azure-pipelines: masked variables of a job. exec-credential: for kubectl. managed-identity: what App Service answers.',
  },
  'output-file': {
    kind: 'value',
    valueName: 'FILE',
    complete: 'file',
    parse: parsePath,
    group: 'output',
    summary: 'write to this file (mode 0600) instead of stdout',
  },
  shell: {
    kind: 'choice',
    valueName: 'SHELL',
    choices: ['sh', 'bash', 'zsh', 'fish', 'powershell', 'cmd', 'nu'],
    group: 'output',
    summary: 'whose syntax --output env uses; usually sh',
    details:
      'Without it that of sh, on Windows that of PowerShell unless SHELL is set, as in Git Bash. fish: azid ... | source. powershell: azid ... | Out-String | Invoke-Expression. nu: azid ... | from json | load-env; with --unset: hide-env ...(azid ... | from json). cmd: FOR /F "delims=" %i IN (\'azid ...\') DO @%i.',
  },
  var: {
    kind: 'list',
    valueName: 'NAME',
    complete: 'variable',
    parse: parseVariableName,
    group: 'output',
    summary: 'name of the variable to set; once for each target',
    details:
      'For --output env, dotenv, gitlab, github-actions and azure-pipelines. Without it, what the programs of the service read: AZURE_OPENAI_AD_TOKEN, PGPASSWORD, and AZURE_ACCESS_TOKEN where there is no such name.',
  },
  unset: {
    kind: 'switch',
    group: 'output',
    summary: 'take the variables away again; asks for no token',
  },
  json: {
    kind: 'switch',
    group: 'output',
    summary: 'print one JSON object, also when the command fails',
  },
  quiet: {
    kind: 'switch',
    short: 'q',
    group: 'output',
    summary: 'say nothing on stderr but errors',
  },
  verbose: {
    kind: 'switch',
    short: 'v',
    group: 'output',
    summary: 'say on stderr what was resolved and tried',
  },
  debug: {
    kind: 'switch',
    group: 'output',
    summary: 'say on stderr all that is looked at, redacted',
    details: 'AZURE_LOG_LEVEL set to verbose or debug does the same.',
    variables: ['AZID_DEBUG'],
    sdkVariables: ['AZURE_LOG_LEVEL'],
  },
  'no-color': {
    kind: 'switch',
    group: 'output',
    summary: 'no colours; NO_COLOR does the same',
  },
  help: {
    kind: 'switch',
    short: 'h',
    group: 'general',
    summary: 'show help and end',
  },
  version: {
    kind: 'switch',
    short: 'V',
    group: 'general',
    summary: 'show the version and end',
  },
} as const satisfies Record<string, OptionRow>

export type OptionName = keyof typeof options

/** Where a setting came from: the option as we spell it, the variable, or nowhere. */
export interface SettingSource {
  readonly kind: 'option' | 'variable' | 'default'
  /** `--tenant`, `AZID_TENANT`; for a default the option that would change it. */
  readonly name: string
}

export interface Setting<Value> {
  readonly value: Value
  readonly source: SettingSource
}

type CamelCase<Text extends string> = Text extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Text

type ValueOfParse<Parse> = Parse extends (text: string) => ParsedValue<infer Value> ? Value : never

type ValueOf<Row> = Row extends { readonly kind: 'switch' }
  ? boolean
  : Row extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Row extends { readonly kind: 'list'; readonly parse: infer Parse }
      ? readonly ValueOfParse<Parse>[]
      : Row extends { readonly kind: 'value'; readonly parse: infer Parse }
        ? ValueOfParse<Parse>
        : never

type DefaultedName = {
  [Name in OptionName]: (typeof options)[Name] extends { readonly default: string } ? Name : never
}[OptionName]

/**
 * What the person said, each with its source. Rows with a default are always there, also in commands that do not take
 * them; the others only when given. `json` and `output` agree: `--json` is `--output json` and the other way round.
 */
export type Settings = {
  readonly [Name in DefaultedName as CamelCase<Name>]: Setting<ValueOf<(typeof options)[Name]>>
} & {
  readonly [Name in Exclude<OptionName, DefaultedName> as CamelCase<Name>]?: Setting<ValueOf<(typeof options)[Name]>>
}

/** `client-id` → `clientId`: the name of an option's setting. */
export function settingName(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
