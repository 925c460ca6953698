/** GitHubActionsCredential: an app that trusts a workflow, by the token that GitHub gives the running job. The SDKs lack it. */
import { failure, type Result, success } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { gitHubAudiences } from '../federated-audiences.ts'
import { askJobToken, type JobTokenQuestion, readJobUrl } from '../job-token.ts'
import { type Problem, problem } from '../problems.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  assertionProof,
  checkReady,
  createPrincipalClient,
  failed,
  onFirstUse,
  type PrincipalClient,
  readIdentity,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

const urlVariable = 'ACTIONS_ID_TOKEN_REQUEST_URL'
const tokenVariable = 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'
const jobVariable = 'GITHUB_ACTIONS'

export const githubActionsCredential: CredentialDefinition = {
  name: 'GitHubActionsCredential',
  aliases: ['github-actions', 'github'],
  create: (config, ports) => ({
    name: 'GitHubActionsCredential',
    getToken: onFirstUse(async () => prepare(config, ports)),
  }),
  inputs: ({ tenantId, clientId, additionallyAllowedTenants }) => ({
    variables: [
      'AZURE_TENANT_ID',
      'AZURE_CLIENT_ID',
      urlVariable,
      tokenVariable,
      jobVariable,
      ...servicePrincipalVariables,
    ],
    files: [],
    tokenFiles: [],
    values: [tenantId, clientId, additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function prepare(config: CredentialConfig, ports: EnginePorts): Result<PrincipalClient, Outcome> {
  const read = (name: string): string => ports.env.get(name) ?? ''
  const isJob = read(jobVariable) === 'true'
  const [url, token] = [read(urlVariable), read(tokenVariable)]
  if (url === '' || token === '') {
    const missing = [...(url === '' ? [urlVariable] : []), ...(token === '' ? [tokenVariable] : [])]
    return failure(unavailable(problem('github-no-endpoint', { isJob, missing })))
  }
  const { clientId, tenantId } = readIdentity(config, ports)
  if (clientId === null || tenantId === null) {
    const inputs = [
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
    ]
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const question = makeQuestion(url, gitHubAudiences[config.authority.cloud], new Secret(token))
  if (!question.ok) return failure(failed(question.error))
  const proof = assertionProof((signal) => askJobToken(question.value, ports, signal))
  return success(createPrincipalClient({ tenantId, clientId, proof }, config, config.additionallyAllowedTenants, ports))
}

/** As the runner's own toolkit asks (docs.github.com/actions/reference/security/oidc). */
function makeQuestion(value: string, audience: string, jobToken: Secret): Result<JobTokenQuestion, Problem> {
  const url = readJobUrl(value, urlVariable)
  if (!url.ok) return url
  url.value.searchParams.set('audience', audience)
  return success({
    service: 'github-actions',
    method: 'GET',
    url: url.value,
    jobToken,
    headers: { accept: 'application/json; api-version=2.0' },
    member: 'value',
  })
}
