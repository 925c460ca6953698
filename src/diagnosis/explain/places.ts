/** Commands for the tool that a failure came from and for the host it happened on, as far as the text shows them. */
import type { Facts } from './extract.ts'
import type { Sdk } from './sdk.ts'

export interface Told {
  readonly facts: Facts
  /** On one line. */
  readonly flat: string
  readonly sdk?: Sdk
}

/** An id or a path is quoted so that a shell takes it as one word; anything else is left as a placeholder. */
export function word(value: string | undefined, placeholder: string): string {
  return value !== undefined && /^[\w.:/@*~-]{1,400}$/.test(value) ? value : placeholder
}

export type SignInTool = 'az' | 'azd' | 'powershell'

/** Whose sign-in the text is about: the tool that wrote it, else the one whose command it names, else az. */
export function signInTool({ sdk, flat }: Told): SignInTool {
  if (sdk === 'az' || sdk === 'azd' || sdk === 'powershell') return sdk
  const namesAz = /\baz login\b/.test(flat)
  if (!namesAz && /\bazd (?:auth )?login\b/.test(flat)) return 'azd'
  if (!namesAz && /\bConnect-AzAccount\b/.test(flat)) return 'powershell'
  return 'az'
}

/** The command that signs in, with the tenant, and with the scope where the tool itself asks for one. */
export function signInCommand(told: Told, tool: SignInTool = signInTool(told)): string {
  const { tenantId } = told.facts
  const asked = /\b(?:az|azd auth) login [^.]{0,120}?--scope "?([^\s"'`]{4,200})/.exec(told.flat)?.[1]
  const scope = asked === undefined ? '' : word(asked, '')
  if (tool === 'powershell') return `Connect-AzAccount${tenantId === undefined ? '' : ` -Tenant ${tenantId}`}`
  if (tool === 'az' && /\bazcopy\b|SAS token or OAuth token/i.test(told.flat) && !/\baz login/.test(told.flat))
    return `azcopy login${tenantId === undefined ? '' : ` --tenant-id ${tenantId}`}`
  const command = tool === 'az' ? 'az login' : 'azd auth login'
  const named = tenantId === undefined ? '' : ` ${tool === 'az' ? '--tenant' : '--tenant-id'} ${tenantId}`
  return `${command}${named}${scope === '' ? '' : ` --scope ${scope}`}`
}

/** What asks the tool for a token by hand. */
export function tokenCommand(told: Told): string {
  if (/AzureDeveloperC(?:li|LI)Credential|\bazd\b/.test(told.flat) && !/AzureC(?:li|LI)Credential/.test(told.flat))
    return 'azd auth token --output json'
  if (/AzurePowerShellCredential|Get-AzAccessToken/.test(told.flat) && !/AzureC(?:li|LI)Credential/.test(told.flat))
    return 'pwsh -NoProfile -Command "Get-AzAccessToken"'
  return 'az account get-access-token --output json'
}

interface Host {
  readonly when: RegExp
  readonly what: string
  readonly group: string
  /** How this host's command names an identity of the user's. */
  readonly option: string
}

const hosts: readonly Host[] = [
  {
    when: /azure-functions-host|azure_functions_worker|WebJobs\.Script|FUNCTIONS_WORKER|Functions\.\w+ Result: Failure/,
    what: 'function app',
    group: 'az functionapp',
    option: '--identities',
  },
  {
    when: /\/home\/site\/wwwroot|DWASFiles|WEBSITE_(?:SITE_NAME|INSTANCE_ID)|:\d{4,5}\/MSI\/token|:8081\/msi\/token|D:\\home\\site/,
    what: 'web app',
    group: 'az webapp',
    option: '--identities',
  },
  {
    when: /CONTAINER_APP_|localhost:42356|[Cc]ontainer ?[Aa]pps?\b/,
    what: 'container app',
    group: 'az containerapp',
    option: '--user-assigned',
  },
]

/** Pods ask for the identities of the node they run on. */
const nodes =
  /\baks-\w{2,20}-\d|azmk8s|external-?dns\b|\bkubelet\b|MountVolume|cert-manager|Reconciler error|\bkubernetes\b/i

export interface IdentityCommands {
  /** The host in a word or two. */
  readonly what: string
  readonly assignSystem: string
  readonly assignUser: string
  readonly show: string
}

/** The commands that give an identity to the host of the text; a virtual machine where it shows none. */
export function identityCommands({ flat }: Told): IdentityCommands {
  const host = hosts.find(({ when }) => when.test(flat))
  if (host === undefined && nodes.test(flat)) {
    const where = '--resource-group <node-group> --name <scale-set>'
    return {
      what: 'nodes of the cluster',
      assignSystem: `az vmss identity assign ${where}`,
      assignUser: `az vmss identity assign ${where} --identities <resource-id>`,
      show: `az vmss identity show ${where}`,
    }
  }
  const group = host?.group ?? 'az vm'
  const where = `--resource-group <group> --name <${host === undefined ? 'vm' : 'app'}>`
  const isContainer = group === 'az containerapp'
  return {
    what: host?.what ?? 'machine',
    assignSystem: `${group} identity assign ${where}${isContainer ? ' --system-assigned' : ''}`,
    assignUser: `${group} identity assign ${where} ${host?.option ?? '--identities'} <resource-id>`,
    show: `${group} identity show ${where}`,
  }
}

/** How each SDK or tool is brought to its newest release. */
const upgrades: Readonly<Partial<Record<Sdk, string>>> = {
  python: 'pip install --upgrade azure-identity',
  js: 'npm install @azure/identity@latest',
  dotnet: 'dotnet add package Azure.Identity',
  go: 'go get -u github.com/Azure/azure-sdk-for-go/sdk/azidentity',
  rust: 'cargo update --package azure_identity',
  terraform: 'terraform init -upgrade',
  powershell: 'Update-Module Az.Accounts',
  kubelogin: 'az aks install-cli',
  az: 'az upgrade',
}

export function upgradeCommand({ sdk }: Told): string | undefined {
  return sdk === undefined ? undefined : upgrades[sdk]
}
