/** The one table of commands, by full name. Nothing of a command is loaded before it runs. */
import type { OptionName } from '../options.ts'
import type { CommandGroup, CommandRow, CommandTables, Operand } from './command-row.ts'
import type { RunCommand } from './invocation.ts'

/** Taken by every command. */
const common = ['quiet', 'verbose', 'debug', 'no-color', 'help'] as const satisfies readonly OptionName[]

/** What decides who is asked, for whom and for what. */
const asking = [
  'scope',
  'resource',
  'credential',
  'exclude',
  'include',
  'require-envvar',
  'sdk',
  'tenant',
  'client-id',
  'object-id',
  'resource-id',
  'subscription',
  'username',
  'client-secret-file',
  'certificate',
  'certificate-password-file',
  'send-certificate-chain',
  'federated-token-file',
  'enable-azure-proxy',
  'client-assertion-file',
  'client-assertion-command',
  'user-assertion-file',
  'service-connection-id',
  'authorization-code-file',
  'code-verifier-file',
  'redirect-uri',
  'no-prompt',
  'additionally-allowed-tenants',
  'authority-host',
  'cloud',
  'disable-instance-discovery',
  'ca-file',
  'claims',
  'cae',
  'cache',
  'timeout',
  'process-timeout',
  'imds-timeout',
  'fast',
] as const satisfies readonly OptionName[]

/** Taken by every command that acquires a token. */
const acquiring = [
  ...asking,
  'no-cache',
  'force-refresh',
  'min-ttl',
  'expect-tenant',
  'expect-user',
  'expect-type',
] as const satisfies readonly OptionName[]

/** As `acquiring`, for commands that say in a way of their own what the tokens are for. */
const acquiringFor = acquiring.filter((name) => name !== 'scope' && name !== 'resource' && name !== 'claims')

const target = {
  name: 'TARGET',
  isRequired: false,
  isRepeatable: false,
  complete: 'target',
  summary: 'a short name (arm, graph, vault, storage, ...), a resource URI or app id, or a scope; default arm',
} as const satisfies Operand

const cacheEntry = {
  name: 'ENTRY',
  isRequired: true,
  isRepeatable: false,
  complete: 'none',
  summary: 'the beginning of an id from `azid cache list`',
} as const satisfies Operand

export const commands = {
  'get-token': {
    aliases: ['token'],
    summary: 'get a token, in the shape you need',
    details: [
      'Runs the chain of DefaultAzureCredential, or the credentials that --credential names, and prints the token of the first one that has one. Nothing but the token goes to stdout.',
      'What failed and what to do about it is said on stderr; see azid-exit-codes(7) for what each exit code means.',
    ],
    operands: [{ ...target, isRepeatable: true }],
    options: [...acquiring, 'output', 'output-file', 'shell', 'var', 'unset', 'json', ...common],
    examples: [
      { text: 'a token for Azure Resource Manager', command: 'azid get-token arm' },
      {
        text: 'call an API without the token showing up in the list of processes',
        command: 'azid get-token graph -o header | curl -H @- https://graph.microsoft.com/v1.0/me',
      },
      {
        text: 'from a user-assigned managed identity, and nothing else',
        command: 'azid get-token vault -c managed-identity --client-id ID',
      },
      { text: 'into a variable of this shell', command: 'eval "$(azid get-token storage -o env --var STORAGE_TOKEN)"' },
      {
        text: 'for later steps of a job of GitHub Actions, masked',
        command: 'azid get-token openai -o github-actions',
      },
      {
        text: 'a service principal by certificate',
        command: 'azid get-token -c certificate -t TENANT --client-id ID --certificate app.pem',
      },
    ],
    load: () => import('../commands/get-token.ts'),
  },
  chain: {
    summary: 'run the chain: what each credential did, and why',
    details: [
      'Asks the credentials of DefaultAzureCredential, or those that --credential names, in their order, one line each as it happens; then whose token it is, or why there is none: what each credential said, the likely cause, and what repairs it. The cache of tokens is not used, and the token is thrown away.',
      'Orders, policies and messages are those of the SDK that --sdk names; --sdk all compares them.',
    ],
    operands: [target],
    options: [...asking, 'all', 'dry-run', 'env-file', 'service', 'env-pid', 'report', 'json', ...common],
    examples: [
      { text: 'why does DefaultAzureCredential fail here', command: 'azid chain' },
      { text: 'who would win, and whose token each one has', command: 'azid chain --all' },
      { text: 'what a running service sees', command: 'azid chain --env-pid 4242' },
      { text: 'what a service of Compose would see', command: 'azid chain --env-file compose.yaml --service web' },
      { text: 'what is configured, without a packet', command: 'azid chain --dry-run --env-file .env' },
      { text: 'only az and azd, in this order', command: 'azid chain -c azure-cli,azure-developer-cli' },
      { text: 'a report to paste into an issue', command: 'azid chain -v --report chain.md' },
    ],
    load: () => import('../commands/chain.ts'),
  },
  whoami: {
    summary: 'say whose token it is: its claims in words',
    details: [
      'Acquires a token as get-token does, or decodes the one that --token names without acquiring anything, and says who it stands for, for what it is good and until when.',
      'The signature is only checked with --verify; the answer always says whether it was.',
    ],
    operands: [target],
    options: [...acquiring, 'token', 'verify', 'all-claims', 'json', ...common],
    examples: [
      { text: 'who would call Azure Resource Manager from here', command: 'azid whoami' },
      {
        text: 'decode a token that is there already, without acquiring one',
        command: 'azid whoami --token - < token.txt',
      },
      { text: 'check the signature too', command: 'azid whoami graph --verify' },
      { text: 'every claim with its meaning', command: 'azid whoami --all-claims' },
    ],
    load: () => import('../commands/whoami.ts'),
  },
  explain: {
    summary: 'say what a code, a name or a failure means, and what to do',
    details: [
      'Takes an AADSTS code, an OAuth or MSAL error, a credential, a variable, a claim, a resource, the WWW-Authenticate header of a service, a token, or a whole failure of an Azure SDK or tool: as words, as the name of a file, or on stdin. The word environment says which credential fits on this machine.',
      'Of a failure it says which credentials were tried and what came of each, the likely causes, each with the words that told, what to do about the first, and the ids that support asks for. Tokens and secrets in the text are starred. Nothing is sent.',
      'Ends with 1 where nothing was recognised.',
    ],
    operands: [
      {
        name: 'SUBJECT',
        isRequired: false,
        isRepeatable: true,
        takesSecrets: true,
        complete: 'subject',
        summary: 'what to explain: a code, a name, a failure, a file; - or nothing reads stdin',
      },
    ],
    options: ['json', ...common],
    examples: [
      { text: 'what a code means and who can repair it', command: 'azid explain AADSTS700016' },
      { text: 'why a program got no token', command: 'python app.py 2>&1 | azid explain -' },
      { text: 'which credential fits where this runs', command: 'azid explain environment' },
      { text: 'the scope, and the roles to call the models with', command: 'azid explain openai' },
    ],
    load: () => import('../commands/explain.ts'),
  },
  login: {
    summary: 'sign a person in, and remember the account',
    details: [
      'Opens the browser, or gives a code to enter on any device where there is none, and keeps the account and its refresh token sealed on this machine. Afterwards get-token, whoami, exec and serve end their chain with it, and -c interactive-browser or device-code use it without asking.',
      'Several accounts can be signed in at once; --username and --tenant choose. The app is the one of Azure CLI unless --client-id names your own, which needs the redirect URI http://localhost.',
      'The browser is waited for five minutes, or as long as --timeout says; a code has a time of its own. Under --json what the person has to do is lines of JSON on stderr. Asks nobody where CI is set: there, use an identity of the pipeline.',
    ],
    operands: [target],
    options: [
      'device-code',
      'scope',
      'resource',
      'tenant',
      'username',
      'client-id',
      'redirect-uri',
      'authority-host',
      'cloud',
      'disable-instance-discovery',
      'ca-file',
      'claims',
      'cae',
      'cache',
      'timeout',
      'json',
      ...common,
    ],
    examples: [
      { text: 'sign in with the browser of this machine', command: 'azid login' },
      { text: 'over SSH, or in a container', command: 'azid login --device-code' },
      { text: 'to one tenant', command: 'azid login --tenant contoso.onmicrosoft.com' },
      { text: 'answer the claims challenge of a service', command: 'azid login --claims eyJhY2Nlc3NfdG9rZW4iOnt9fQ==' },
    ],
    load: () => import('../commands/login.ts'),
  },
  logout: {
    summary: 'forget accounts that are signed in',
    details: [
      'Removes the account, its refresh token and the tokens that it gave from this machine. Tokens that were handed out stay valid until they expire, and the browser stays signed in.',
    ],
    operands: [],
    options: ['all', 'username', 'tenant', 'client-id', 'authority-host', 'cloud', 'cache', 'json', ...common],
    examples: [
      { text: 'forget the only account', command: 'azid logout' },
      { text: 'one of several', command: 'azid logout --username ada@contoso.com' },
      { text: 'everyone', command: 'azid logout --all' },
    ],
    load: () => import('../commands/logout.ts'),
  },
  exec: {
    summary: 'run a command with tokens only in its environment',
    details: [
      'Gets the tokens first, then runs the command without a shell, with the streams of azid itself. The tokens are in its environment and nowhere else: not in the list of processes, not in a file. A token is not renewed there; for hours give --identity-endpoint, which makes any Azure SDK ask again by itself.',
      'Ends with the exit code of the command, 127 where there is no such command and 126 where it cannot be started; where a token cannot be had the command is not started. Signals go on to the command.',
    ],
    operands: [],
    rest: { name: 'COMMAND', summary: 'the command and its arguments' },
    options: ['set', 'identity-endpoint', 'allow', ...acquiringFor, ...common],
    examples: [
      { text: 'PostgreSQL without a password', command: 'azid exec --set PGPASSWORD=postgres -- psql -h HOST -U USER' },
      { text: 'an app of Azure OpenAI without a key', command: 'azid exec --set openai -- python app.py' },
      {
        text: 'a program of any Azure SDK, for hours, by the identity of azid',
        command: 'azid exec --identity-endpoint -- node server.js',
      },
    ],
    load: () => import('../commands/exec.ts'),
  },
  serve: {
    summary: 'give tokens to local apps and containers, as App Service does',
    details: [
      'Answers the managed identity protocol of App Service on loopback, with the tokens that get-token would give here, until it is interrupted. Prints the two variables with which any Azure SDK finds it. Each start makes a new IDENTITY_HEADER: who does not know it gets nothing.',
      'Only the targets of --allow are given, and only for the identity of --client-id where a client names one. Every request is a line on stderr, without a secret.',
    ],
    operands: [],
    options: [
      'allow',
      ...acquiringFor.filter((name) => !['timeout', 'force-refresh'].includes(name) && !name.startsWith('expect-')),
      'listen',
      'port',
      'expose',
      'allow-host',
      'ttl',
      'print',
      'shell',
      ...common,
    ],
    examples: [
      {
        text: 'tokens for a program that starts in another shell',
        command: 'azid serve --allow vault --allow storage',
      },
      {
        text: 'for a container',
        command: 'azid serve --allow openai --print docker --listen 172.17.0.1 --expose',
      },
    ],
    load: () => import('../commands/serve.ts'),
  },
  'cache list': {
    summary: 'list cached tokens, ours and those of other tools',
    details: [
      'Says of every token whose it is, for what it is good, until when, and how it is protected. Token values are never shown.',
      "Beside azid's own entries it lists what az, azd, Azure PowerShell, the azure-identity SDKs and VS Code keep for this user. Their files are only read; entries that they keep in a keyring are opened with --read-foreign alone.",
    ],
    operands: [],
    options: ['read-foreign', 'cache', 'json', ...common],
    examples: [
      { text: 'whose tokens are on this machine', command: 'azid cache list' },
      { text: 'also what the SDKs keep in the keyring', command: 'azid cache list --read-foreign' },
    ],
    load: () => import('../commands/cache.ts'),
  },
  'cache show': {
    summary: 'show one cached token: everything but its value',
    details: ['ENTRY is the beginning of an id, as `azid cache list` shows it.'],
    operands: [cacheEntry],
    options: ['cache', 'json', ...common],
    examples: [{ text: 'all that is known of one entry', command: 'azid cache show 3f2a9c1e' }],
    load: () => import('../commands/cache.ts'),
  },
  'cache status': {
    summary: 'say where the cache is, how it is protected and what is in it',
    details: ['Names the keyrings of this machine and what each can do, without making a key or unlocking anything.'],
    operands: [],
    options: ['cache', 'json', ...common],
    examples: [{ text: 'why is nothing cached here', command: 'azid cache status' }],
    load: () => import('../commands/cache.ts'),
  },
  'cache remove': {
    summary: 'remove cached tokens of an account, tenant, resource or credential',
    details: [
      'Removes the entries that fit everything that is given. Only what is typed counts, no variable. A removed token stays valid until it expires; it is only forgotten here.',
    ],
    operands: [{ ...cacheEntry, isRequired: false, isRepeatable: true }],
    options: ['account', 'tenant', 'resource', 'credential', 'cache', 'json', ...common],
    examples: [
      { text: 'all tokens of one user', command: 'azid cache remove --account ada@contoso.com' },
      { text: 'the Key Vault tokens of one tenant', command: 'azid cache remove -t TENANT -r vault' },
    ],
    load: () => import('../commands/cache.ts'),
  },
  'cache clear': {
    summary: 'remove every cached token',
    details: ['Asks on a terminal; elsewhere it needs --yes. What other tools keep is never touched.'],
    operands: [],
    options: ['yes', 'cache', 'json', ...common],
    examples: [{ text: 'without being asked', command: 'azid cache clear --yes' }],
    load: () => import('../commands/cache.ts'),
  },
  'sandbox run': {
    summary: 'run a command with a local Entra ID in place of the cloud',
    details: [
      'Starts a strict Entra ID on loopback and runs the command with variables that make any Azure SDK sign in to it. Variables of other identities are taken away, and all is gone when the command ends. Ends with the exit code of the command.',
      'The authority is vouched for only to azid; an SDK that signs in with a secret or certificate needs its disable instance discovery option.',
    ],
    operands: [],
    rest: { name: 'COMMAND', summary: 'the command and its arguments' },
    options: ['as', 'fault', 'directory', 'log-requests', 'log-json', ...common],
    examples: [
      { text: 'a token without a cloud', command: 'azid sandbox run -- azid get-token arm' },
      { text: 'what a wrong secret looks like', command: 'azid sandbox run --as wrong-secret -- azid get-token arm' },
      {
        text: 'see how a program takes a throttled authority',
        command: 'azid sandbox run --fault 429:retry-after=2,times=1 -- node app.js',
      },
    ],
    load: () => import('../commands/sandbox.ts'),
  },
  'sandbox start': {
    summary: 'start a local Entra ID and print how to use it',
    details: [
      'Prints the variables that make a program sign in to the sandbox, as export lines for a shell or as JSON, and runs until it is interrupted.',
    ],
    operands: [],
    options: ['as', 'fault', 'directory', 'port', 'log-requests', 'log-json', 'json', ...common],
    examples: [
      { text: 'a local Entra ID for another shell', command: 'azid sandbox start' },
      { text: 'on a fixed port, for a program', command: 'azid sandbox start --port 8443 --json' },
    ],
    load: () => import('../commands/sandbox.ts'),
  },
  completion: {
    summary: 'print a completion script for a shell',
    details: [
      'bash: put the script where bash-completion looks, or source it from ~/.bashrc. zsh: save it as _azid in a folder of $fpath that is yours, and run compinit. fish: save it as ~/.config/fish/completions/azid.fish. powershell: load it in $PROFILE.',
      'They complete commands, options, credentials (also after a comma), short names of services, formats, files, and the command that stands behind --. The same scripts are in the folder completions of the package.',
    ],
    operands: [
      {
        name: 'SHELL',
        isRequired: true,
        isRepeatable: false,
        complete: 'choices',
        choices: ['bash', 'zsh', 'fish', 'powershell'],
        summary: 'the shell: bash, zsh, fish or powershell',
      },
    ],
    options: [...common],
    examples: [
      { text: 'completions for this bash session', command: 'source <(azid completion bash)' },
      {
        text: 'for bash, for good, where bash-completion is installed',
        command: 'azid completion bash > ~/.local/share/bash-completion/completions/azid',
      },
      { text: 'for zsh, for good', command: `azid completion zsh > "\${fpath[1]}/_azid"` },
      { text: 'for fish, for good', command: 'azid completion fish > ~/.config/fish/completions/azid.fish' },
      { text: 'for PowerShell, in $PROFILE', command: 'azid completion powershell | Out-String | Invoke-Expression' },
    ],
    load: async (): Promise<{ run: RunCommand }> => {
      const { completionCommand } = await import('./completions/command.ts')
      return { run: completionCommand(commandTables()) }
    },
  },
} as const satisfies Record<string, CommandRow>

type CommandName = keyof typeof commands

export const commandGroups: Readonly<Record<string, CommandGroup>> = {
  cache: { summary: 'look at and clean up cached tokens' },
  sandbox: { summary: 'run a local Entra ID to try and test against' },
}

/** What `azid help` explains besides commands. */
export const helpTopics = ['environment', 'exit-codes'] as const

/** All of the above, for what is made from the tables. */
export function commandTables(): CommandTables {
  return { commands, groups: commandGroups, helpTopics }
}

/** The row of a full name; undefined for anything else, also for names of `Object.prototype`. */
export function findCommand(name: string): CommandRow | undefined {
  return Object.hasOwn(commands, name) ? commands[name as CommandName] : undefined
}
