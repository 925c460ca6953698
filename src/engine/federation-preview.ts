/** What a job or a pod would present to Entra, as far as its variables and files tell. Sends nothing. */
import { type AssertionFacts, describeAssertion } from './assertion.ts'
import type { CredentialConfig, CredentialName, EnginePorts } from './types.ts'

export interface FederationPreview {
  /** Claims of the token; what the files here do not tell is absent. */
  readonly claims: AssertionFacts
  /** The app that has to trust it. */
  readonly clientId?: string
  /** Where the claims come from, or what has to be known besides: `the token in /var/run/…`. */
  readonly from: string
}

type Ports = Pick<EnginePorts, 'env' | 'files'>

const audience = 'api://AzureADTokenExchange'
const maxTokenBytes = 256 * 1024

/** Null for a credential that presents nothing, and where nothing is known. */
export async function previewFederation(
  credential: CredentialName,
  config: CredentialConfig,
  ports: Ports,
): Promise<FederationPreview | null> {
  switch (credential) {
    case 'WorkloadIdentityCredential':
      return previewFile(config.federatedTokenFile ?? ports.env.get('AZURE_FEDERATED_TOKEN_FILE') ?? '', config, ports)
    case 'ClientAssertionCredential':
      return previewFile(config.clientAssertion?.kind === 'file' ? config.clientAssertion.path : '', config, ports)
    case 'GitHubActionsCredential':
      return previewGitHub(config, ports)
    case 'AzurePipelinesCredential':
      return previewPipelines(config, ports)
    default:
      return null
  }
}

async function previewFile(path: string, config: CredentialConfig, ports: Ports): Promise<FederationPreview | null> {
  if (path === '') return null
  const read = await ports.files.read(path, { maxBytes: maxTokenBytes })
  const claims = read.ok ? describeAssertion(new TextDecoder().decode(read.value).trim()) : null
  return claims === null ? null : { claims, ...app(config, ports, 'AZURE_CLIENT_ID'), from: `the token in ${path}` }
}

/** https://docs.github.com/actions/reference/security/oidc: the subject without a customised claim. */
function previewGitHub(config: CredentialConfig, ports: Ports): FederationPreview | null {
  const { env } = ports
  const repository = env.get('GITHUB_REPOSITORY') ?? ''
  if (repository === '') return null
  const isPullRequest = env.get('GITHUB_EVENT_NAME') === 'pull_request'
  const place = isPullRequest ? 'pull_request' : `ref:${env.get('GITHUB_REF') ?? ''}`
  return {
    claims: {
      issuer: 'https://token.actions.githubusercontent.com',
      subject: `repo:${repository}:${place}`,
      audience,
    },
    ...app(config, ports, 'AZURE_CLIENT_ID'),
    from: `GITHUB_REPOSITORY and GITHUB_REF; where the job names an environment the subject is repo:${repository}:environment:NAME`,
  }
}

function previewPipelines(config: CredentialConfig, ports: Ports): FederationPreview | null {
  const { env } = ports
  const organization = /^https:\/\/(?:dev\.azure\.com\/([^/]+)|([^./]+)\.visualstudio\.com)/.exec(
    env.get('SYSTEM_COLLECTIONURI') ?? env.get('SYSTEM_TEAMFOUNDATIONCOLLECTIONURI') ?? '',
  )
  const name = organization?.[1] ?? organization?.[2]
  const project = env.get('SYSTEM_TEAMPROJECT') ?? ''
  if (name === undefined || project === '') return null
  const id = env.get('SYSTEM_COLLECTIONID') ?? ''
  return {
    claims: {
      ...(id === '' ? {} : { issuer: `https://vstoken.dev.azure.com/${id}` }),
      subject: `sc://${name}/${project}/SERVICE-CONNECTION-NAME`,
      audience,
    },
    ...app(config, ports, 'AZURESUBSCRIPTION_CLIENT_ID'),
    from: 'SYSTEM_COLLECTIONURI and SYSTEM_TEAMPROJECT; the page of the service connection shows its issuer and subject, which newer ones have from Entra',
  }
}

function app(config: CredentialConfig, { env }: Ports, variable: string): { readonly clientId?: string } {
  const clientId = config.clientId ?? env.get(variable) ?? ''
  return clientId === '' ? {} : { clientId }
}
