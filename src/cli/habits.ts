/** Spellings that users of az, azd, gh and kubelogin type by habit, and ours. They are named in the error, never accepted. */

export interface Habit {
  /** Why it is not taken. The subject of the sentence is the spelling. */
  readonly reason: string
  readonly fix: string
}

const secretOnLine: Habit = {
  reason: "would put a secret on the command line, where the list of processes and the shell's history show it",
  fix: 'keep it in a file and give --client-secret-file FILE (- reads stdin), or set AZURE_CLIENT_SECRET',
}

const certificateFile: Habit = { reason: 'is spelled differently here', fix: 'write --certificate FILE' }

const identityFlag = (name: string): Habit => ({ reason: 'is spelled differently here', fix: `write --${name}` })

const userPassword: Habit = {
  reason: 'is for signing in with a password, which azid does not do: Entra ID refuses it wherever MFA is on',
  fix: 'use another credential, for example --credential client-certificate',
}

export const optionHabits: Readonly<Record<string, Habit>> = {
  '--query': {
    reason: 'is a filter of az over its JSON',
    fix: 'leave it out: the bare token is printed already; for other members use --json and jq',
  },
  '-s': {
    reason: 'is the subscription in az; a token belongs to a tenant',
    fix: 'name the tenant with --tenant; for -c azure-cli write --subscription',
  },
  '--name': { reason: 'is the subscription in az; a token belongs to a tenant', fix: 'name the tenant with --tenant' },
  '--resource-type': {
    reason: 'is a short name in az',
    fix: 'write it as TARGET: arm, graph (az: ms-graph), storage, batch, postgres or mysql (az: oss-rdbms)',
  },
  '--scopes': { reason: 'is spelled differently here', fix: 'write --scope, once for each scope' },
  '--audience': { reason: 'is spelled differently here', fix: 'write --resource' },
  '--token-type': { reason: 'is not needed: every token is a bearer token', fix: 'leave it out' },
  '--only-show-errors': { reason: 'is spelled differently here', fix: 'write --quiet' },
  '--format': { reason: 'is spelled differently here', fix: 'write --output' },
  '-f': { reason: 'is spelled differently here', fix: 'write --output for the format, --output-file for a file' },
  '--login': {
    reason: 'is how kubelogin names a credential',
    fix: 'write --credential: spn is client-secret or client-certificate, msi is managed-identity',
  },
  '-l': { reason: 'is how kubelogin names a credential', fix: 'write --credential' },
  '-e': { reason: 'is the cloud in kubelogin', fix: 'write --cloud public, usgov or china' },
  '--environment': { reason: 'is the cloud in kubelogin', fix: 'write --cloud public, usgov or china' },
  '--authority': { reason: 'is spelled differently here', fix: 'write --authority-host' },
  '--client-secret': secretOnLine,
  '--secret': secretOnLine,
  '--password': secretOnLine,
  '-p': secretOnLine,
  '--client-certificate': certificateFile,
  '--certificate-file': certificateFile,
  '--cert': certificateFile,
  '--client-certificate-password': {
    reason: secretOnLine.reason,
    fix: 'keep it in a file and give --certificate-password-file FILE, or set AZURE_CLIENT_CERTIFICATE_PASSWORD',
  },
  '--certificate-password': {
    reason: secretOnLine.reason,
    fix: 'keep it in a file and give --certificate-password-file FILE, or set AZURE_CLIENT_CERTIFICATE_PASSWORD',
  },
  '--federated-token': {
    reason: "would put a token on the command line, where the list of processes and the shell's history show it",
    fix: 'keep it in a file and name that in AZURE_FEDERATED_TOKEN_FILE',
  },
  '--user': userPassword,
  '-u': userPassword,
  '--service-principal': {
    reason: 'belongs to az login',
    fix: 'write --credential client-secret or --credential certificate',
  },
  '--identity': { reason: 'belongs to az login', fix: 'write --credential managed-identity' },
  '--managed-identity-client-id': identityFlag('client-id'),
  '--identity-client-id': identityFlag('client-id'),
  '--app-id': identityFlag('client-id'),
  '--identity-resource-id': identityFlag('resource-id'),
  '--msi-res-id': identityFlag('resource-id'),
  '--identity-object-id': identityFlag('object-id'),
  '--no-colour': identityFlag('no-color'),
}

/** Formats of az, gh and kubectl that users ask for with `--output`. */
export const outputHabits: Readonly<Record<string, string>> = {
  tsv: 'leave it out: the bare token is printed already (--output token)',
  text: 'leave it out: the bare token is printed already (--output token)',
  jsonc: 'write --output json',
  yaml: 'write --output json',
  yamlc: 'write --output json',
  table: 'write --output json, or use azid whoami to read about the token',
  none: 'write --output-file FILE, or send stdout elsewhere',
}

/** First words of other tools' commands. */
export const commandHabits: Readonly<Record<string, string>> = {
  account: 'azid get-token is what az account get-access-token does',
  auth: 'azid get-token is what azd auth token does',
  'get-access-token': 'write azid get-token',
  'access-token': 'write azid get-token',
  decode: 'write azid whoami --token -',
  jwt: 'write azid whoami --token -',
  version: 'write azid --version',
}
