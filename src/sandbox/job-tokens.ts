/** Where jobs of Azure Pipelines and GitHub Actions get the token that says which job they are: strict, as the services are. */
import { createHash } from 'node:crypto'
import type { App } from './directory.ts'
import { type Answer, answerJson, type Exchange } from './exchange.ts'
import { mintFederatedToken } from './federation.ts'
import type { SandboxState } from './state.ts'

type FederatedCredential = App['federatedCredentials'][number]

interface JobCredential {
  readonly app: App
  readonly credential: FederatedCredential
}

/** What apps of the directory trust jobs with; only issuers whose keys the sandbox has. */
function jobCredentials(state: Pick<SandboxState, 'directory'>, isOurs: (issuer: string) => boolean): JobCredential[] {
  const made = new Set(state.directory.issuers.flatMap((each) => (each.kind === 'made' ? [each.issuer] : [])))
  return state.directory.apps.flatMap((app) =>
    app.federatedCredentials
      .filter(({ issuer }) => made.has(issuer) && isOurs(issuer))
      .map((credential) => ({ app, credential })),
  )
}

export function githubJob(state: Pick<SandboxState, 'directory'>): JobCredential | undefined {
  return jobCredentials(state, (issuer) => issuer.startsWith('https://token.actions.'))[0]
}

export function pipelineJobs(state: Pick<SandboxState, 'directory'>): readonly JobCredential[] {
  return jobCredentials(state, (issuer) => issuer.startsWith('https://vstoken.dev.azure.com/'))
}

/** The id of the service connection behind a credential; the same at every start. */
function serviceConnectionId({ issuer, subject }: FederatedCredential): string {
  const hex = createHash('sha256').update(`${issuer}\n${subject}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const pipelinesPath = '/contoso/shop/_apis/distributedtask/hubs/build/plans/1b0e/jobs/12f1/oidctoken'
const githubPath = '/contoso/_apis/distributedtask/hubs/Actions/plans/7c3a/jobs/84cb/idtoken'

/** Variables of a step to which `System.AccessToken` was mapped, as the tasks for Azure set them. */
export function pipelinesVariables({ app, credential }: JobCredential, state: SandboxState) {
  return {
    SYSTEM_OIDCREQUESTURI: `${state.hosts.origin}${pipelinesPath}`,
    SYSTEM_ACCESSTOKEN: state.jobToken,
    AZURESUBSCRIPTION_CLIENT_ID: app.clientId,
    AZURESUBSCRIPTION_TENANT_ID: app.tenantId,
    AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: serviceConnectionId(credential),
  }
}

/** Variables of a job that has `permissions: id-token: write`. */
export function githubVariables(state: SandboxState) {
  return {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${state.hosts.origin}${githubPath}?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: state.jobToken,
  }
}

/** `POST …/oidctoken?api-version=7.1&serviceConnectionId=…`. Without a token that it knows, the service wants a person to sign in. */
export async function answerPipelines(exchange: Exchange, state: SandboxState): Promise<Answer> {
  const { method, query, headers } = exchange
  if (method !== 'POST')
    return refusePipelines(405, 'The requested resource does not support http method.', 'VssServiceException')
  const authorization = headers['authorization']
  if (authorization !== `Bearer ${state.jobToken}`) return askToSignIn(authorization !== undefined, headers)
  const version = query.get('api-version')
  if (version === null) {
    const message =
      'No api-version was supplied for the "POST" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").'
    return refusePipelines(400, message, 'VssVersionNotSpecifiedException')
  }
  if (!/^7\.[12](-preview(\.\d+)?)?$/.test(version)) {
    const message = `The requested REST API version of ${version} is out of range for this server. The latest REST API version this server supports is 7.2.`
    return refusePipelines(400, message, 'VssVersionOutOfRangeException')
  }
  const id = query.get('serviceConnectionId')
  const found = pipelineJobs(state).find(({ credential }) => serviceConnectionId(credential) === id?.toLowerCase())
  if (found === undefined) {
    return refusePipelines(404, `No service connection found with identifier ${id ?? ''}`, 'ServiceEndpointException')
  }
  return answerJson(
    200,
    JSON.stringify({ oidcToken: await mint(found.credential, found.credential.audience, exchange, state) }),
  )
}

/**
 * A client that forbids the redirect (`X-TFS-FedAuthRedirect: Suppress`) is told 401; others are sent to a sign-in page, or get
 * one with 203 where they brought a token that is not known.
 */
function askToSignIn(hasToken: boolean, headers: Exchange['headers']): Answer {
  const type = { 'content-type': 'text/html; charset=utf-8' }
  if (headers['x-tfs-fedauthredirect']?.toLowerCase() === 'suppress') {
    return { status: 401, headers: { ...type, 'www-authenticate': 'Bearer' }, body: '' }
  }
  if (!hasToken)
    return {
      status: 302,
      headers: { ...type, location: 'https://spsprodeus24.vssps.visualstudio.com/_signin' },
      body: '',
    }
  const body =
    '<!DOCTYPE html>\r\n<html lang="en-US">\r\n<head><title>Azure DevOps Services | Sign In</title></head>\r\n<body></body>\r\n</html>\r\n'
  return { status: 203, headers: type, body }
}

function refusePipelines(status: number, message: string, typeKey: string): Answer {
  const typeName = `Microsoft.VisualStudio.Services.WebApi.${typeKey}, Microsoft.VisualStudio.Services.WebApi`
  return answerJson(
    status,
    JSON.stringify({ $id: '1', innerException: null, message, typeName, typeKey, errorCode: 0, eventId: 3000 }),
  )
}

/** `GET …/idtoken?api-version=2.0&audience=…` with the job's own bearer token. */
export async function answerGithub(exchange: Exchange, state: SandboxState): Promise<Answer> {
  const { method, query, headers } = exchange
  if (method !== 'GET')
    return answerJson(405, JSON.stringify({ message: 'The requested resource does not support this method.' }))
  if (headers['authorization'] !== `Bearer ${state.jobToken}`) return { status: 401, headers: {}, body: '' }
  const job = githubJob(state)
  if (job === undefined)
    return answerJson(404, JSON.stringify({ message: 'No job of GitHub Actions is in the directory.' }))
  // Without one, GitHub names the owner of the repository.
  const value = await mint(job.credential, query.get('audience') ?? 'https://github.com/contoso', exchange, state)
  return answerJson(200, JSON.stringify({ count: value.length, value }))
}

function mint(
  credential: FederatedCredential,
  forAudience: string,
  exchange: Exchange,
  state: SandboxState,
): Promise<string> {
  const { issuer, subject } = credential
  return mintFederatedToken({ issuer, subject, audience: forAudience, issuedAt: exchange.now }, state)
}
