/** What a job or a pod would present to Entra, as far as its variables and files tell. Sends nothing. */
import type { FileError } from '../runtime.ts'
import { type AssertionFacts, describeAssertion } from './assertion.ts'
import { gitHubAudiences } from './federated-audiences.ts'
import { parseObject } from './token-answer.ts'
import type { CredentialConfig, CredentialName, EnginePorts } from './types.ts'

export interface FederationPreview {
  /** Claims of the token; what the variables and files here do not tell is absent. */
  readonly claims: AssertionFacts
  /** The app that has to trust it. */
  readonly clientId?: string
  /** Where the claims come from: `the token in /var/run/…`. */
  readonly from: string
  /** What is presented instead, where something is so that nothing here tells. */
  readonly others: readonly OtherSubject[]
  /** What besides cannot be known here. */
  readonly unknown?: string
}

export interface OtherSubject {
  /** With words in capitals for what is not known. */
  readonly subject: string
  readonly isWhole: boolean
  readonly when: string
}

/** Without the audience, which is whatever is asked for. */
export interface GitHubJob extends Pick<FederationPreview, 'from' | 'others'> {
  readonly claims: { readonly issuer: string; readonly subject?: string }
  readonly unknown: string
}

/** There should be a token, and it cannot be presented. */
export interface NothingToPresent {
  readonly path: string
  readonly error: FileError
}

type Ports = Pick<EnginePorts, 'env' | 'files'>

const maxTokenBytes = 256 * 1024

/** Null for a credential that presents nothing, and where nothing is known. */
export async function previewFederation(
  credential: CredentialName,
  config: CredentialConfig,
  ports: Ports,
): Promise<FederationPreview | NothingToPresent | null> {
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

async function previewFile(
  path: string,
  config: CredentialConfig,
  ports: Ports,
): Promise<FederationPreview | NothingToPresent | null> {
  if (path === '') return null
  const read = await ports.files.read(path, { maxBytes: maxTokenBytes })
  if (!read.ok) return { path, error: read.error }
  const claims = describeAssertion(new TextDecoder().decode(read.value).trim())
  const from = `the token in ${path}`
  return claims === null ? null : { claims, ...app(config, ports, 'AZURE_CLIENT_ID'), from, others: [] }
}

/** Repositories that came or were renamed since have subjects with ids (github.blog/changelog, 2026-04-23). */
const immutableSince = Date.UTC(2026, 6, 15)

async function previewGitHub(config: CredentialConfig, ports: Ports): Promise<FederationPreview | null> {
  const job = await foretellGitHub(ports)
  if (job === null) return null
  const { claims, from, others, unknown } = job
  return {
    claims: { ...claims, audience: gitHubAudiences[config.authority.cloud] },
    ...app(config, ports, 'AZURE_CLIENT_ID'),
    from,
    others,
    unknown,
  }
}

/** https://docs.github.com/actions/reference/security/oidc: the subject that nobody has customised. Null: no such job. */
export async function foretellGitHub(ports: Ports): Promise<GitHubJob | null> {
  const read = (name: string): string => ports.env.get(name) ?? ''
  const repository = read('GITHUB_REPOSITORY')
  const [owner, name] = repository.split('/')
  if (owner === undefined || name === undefined) return null
  const ref = read('GITHUB_REF')
  const isPullRequest = read('GITHUB_EVENT_NAME') === 'pull_request'
  const place = isPullRequest ? 'pull_request' : ref === '' ? null : `ref:${ref}`
  const { issuer, hasIds } = serverOf(read('GITHUB_SERVER_URL'))
  const [ownerId, id] = [read('GITHUB_REPOSITORY_OWNER_ID'), read('GITHUB_REPOSITORY_ID')]
  const named = `repo:${repository}`
  const numbered = `repo:${owner}@${ownerId || 'OWNER-ID'}/${name}@${id || 'REPOSITORY-ID'}`
  const event = await readEvent(read('GITHUB_EVENT_PATH'), ports)
  const isNew = hasIds && ownerId !== '' && id !== '' && (event?.createdMs ?? 0) >= immutableSince
  const [head, other] = isNew ? [numbered, named] : [named, numbered]
  const otherSubject: OtherSubject = {
    subject: `${other}:${place ?? 'ref:REF'}`,
    isWhole: place !== null && (isNew || (ownerId !== '' && id !== '')),
    when: isNew
      ? 'if the repository has gone back to subjects without ids'
      : 'if its subjects have ids, as those of repositories that were made or renamed since 15 July 2026 do and others may',
  }
  const environment: OtherSubject = {
    subject: `${head}:environment:NAME`,
    isWhole: false,
    when: 'if the job names an environment',
  }
  return {
    claims: {
      issuer,
      ...(place === null ? {} : { subject: `${head}:${place}` }),
    },
    from: `GITHUB_REPOSITORY and ${isPullRequest ? 'GITHUB_EVENT_NAME' : 'GITHUB_REF'}`,
    others: [...(hasIds ? [otherSubject] : []), environment],
    unknown: [
      ...(event?.isFork === true ? ['this pull request is from a fork, which gets no id token'] : []),
      `no variable tells an environment, nor a subject that the repository or its organization has customised: gh api repos/${repository}/actions/oidc/customization/sub; a reusable workflow presents its caller's subject unless that is customised`,
    ].join('; '),
  }
}

/** github.com, its clouds with a name of their own (ghe.com), and servers of an enterprise. */
function serverOf(url: string): { readonly issuer: string; readonly hasIds: boolean } {
  const host = URL.canParse(url) ? new URL(url).host : 'github.com'
  if (host === 'github.com') return { issuer: 'https://token.actions.githubusercontent.com', hasIds: true }
  if (host.endsWith('.ghe.com')) return { issuer: `https://token.actions.${host}`, hasIds: true }
  return { issuer: `https://${host}/_services/token`, hasIds: false }
}

const maxEventBytes = 8 * 1024 * 1024

/** What set the workflow off (docs.github.com/webhooks/webhook-events-and-payloads). */
async function readEvent(
  path: string,
  { files }: Pick<Ports, 'files'>,
): Promise<{ readonly createdMs: number; readonly isFork: boolean } | null> {
  const read = path === '' ? null : await files.read(path, { maxBytes: maxEventBytes })
  const event = read?.ok === true ? parseObject(new TextDecoder().decode(read.value)) : null
  if (event === null) return null
  // A push says it in seconds, the others as ISO 8601.
  const created = member(event['repository'], 'created_at')
  const head = member(member(event['pull_request'], 'head'), 'repo')
  return {
    createdMs: typeof created === 'number' ? created * 1000 : Date.parse(String(created)) || 0,
    isFork: member(head, 'fork') === true,
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
}

/** What Azure Pipelines asks for, whatever the cloud. */
const pipelinesAudience = 'api://AzureADTokenExchange'

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
      audience: pipelinesAudience,
    },
    ...app(config, ports, 'AZURESUBSCRIPTION_CLIENT_ID'),
    from: 'SYSTEM_COLLECTIONURI and SYSTEM_TEAMPROJECT',
    others: [],
    unknown:
      'no variable tells the name of the service connection; its page shows issuer and subject, which newer ones have from Entra (https://login.microsoftonline.com/TENANT/v2.0)',
  }
}

function app(config: CredentialConfig, { env }: Ports, variable: string): { readonly clientId?: string } {
  const clientId = config.clientId ?? env.get(variable) ?? ''
  return clientId === '' ? {} : { clientId }
}
