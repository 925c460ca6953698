/** AzurePipelinesCredential: the app of a service connection, by a token that Azure Pipelines gives the running job. */
import { failure, type Result, success } from '../../result.ts'
import type { Env } from '../../runtime.ts'
import { Secret } from '../../secret.ts'
import { askJobToken, type JobTokenQuestion, readJobUrl } from '../job-token.ts'
import { type Problem, problem } from '../problems.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  assertionProof,
  checkReady,
  createPrincipalClient,
  failed,
  type Input,
  onFirstUse,
  type PrincipalClient,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

const uriVariable = 'SYSTEM_OIDCREQUESTURI'
const tokenVariable = 'SYSTEM_ACCESSTOKEN'
const apiVersion = '7.1'

/** What names each input: the option, the SDKs' variable, and the one that the tasks for Azure set in their own scripts. */
const sources = {
  tenant: ['--tenant', 'AZURE_TENANT_ID', 'AZURESUBSCRIPTION_TENANT_ID'],
  'client id': ['--client-id', 'AZURE_CLIENT_ID', 'AZURESUBSCRIPTION_CLIENT_ID'],
  'service connection id': ['--service-connection-id', 'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'],
  'system access token': [tokenVariable],
} as const

export const azurePipelinesCredential: CredentialDefinition = {
  name: 'AzurePipelinesCredential',
  aliases: ['azure-pipelines', 'pipelines'],
  create: (config, ports) => ({
    name: 'AzurePipelinesCredential',
    getToken: onFirstUse(async () => prepare(config, ports)),
  }),
  inputs: ({ tenantId, clientId, serviceConnectionId, additionallyAllowedTenants }) => ({
    variables: [
      ...Object.values(sources).flatMap((names) => names.filter((name) => !name.startsWith('--'))),
      uriVariable,
      ...servicePrincipalVariables,
    ],
    files: [],
    tokenFiles: [],
    values: [tenantId, clientId, serviceConnectionId, additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function prepare(config: CredentialConfig, ports: EnginePorts): Result<PrincipalClient, Outcome> {
  const { env } = ports
  const found = {
    tenant: readInput('tenant', config.tenantId, env),
    'client id': readInput('client id', config.clientId, env),
    'service connection id': readInput('service connection id', config.serviceConnectionId, env),
    'system access token': readInput('system access token', undefined, env),
  }
  const tenantId = found.tenant
  const clientId = found['client id']
  const connection = found['service connection id']
  const systemToken = found['system access token']
  if (tenantId === null || clientId === null || connection === null || systemToken === null) {
    const missing = (Object.keys(sources) as (keyof typeof sources)[]).filter((name) => found[name] === null)
    const inputs = missing.map((name) => ({ name, sources: sources[name] }))
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const endpoint = env.get(uriVariable)
  if (endpoint === undefined) {
    return failure(unavailable(problem('pipelines-no-endpoint', { variable: uriVariable })))
  }
  const question = makeQuestion(endpoint, connection.value, new Secret(systemToken.value))
  if (!question.ok) return failure(failed(question.error))
  const proof = assertionProof((signal) => askJobToken(question.value, ports, signal))
  return success(createPrincipalClient({ tenantId, clientId, proof }, config, config.additionallyAllowedTenants, ports))
}

function readInput(name: keyof typeof sources, option: string | undefined, env: Env): Input<string> | null {
  const [optionName, ...others] = sources[name]
  if (option !== undefined) return { value: option, source: optionName }
  for (const source of [optionName, ...others].filter((each) => !each.startsWith('--'))) {
    const value = env.get(source) ?? ''
    if (value !== '') return { value, source }
  }
  return null
}

function makeQuestion(endpoint: string, connection: string, jobToken: Secret): Result<JobTokenQuestion, Problem> {
  const base = endpoint.replace(/\/+$/, '')
  const query = `?api-version=${apiVersion}&serviceConnectionId=${connection}`
  const url = readJobUrl(base, uriVariable, `${base}${query}`)
  if (!url.ok) return url
  url.value.searchParams.set('api-version', apiVersion)
  url.value.searchParams.set('serviceConnectionId', connection)
  return success({
    service: 'azure-pipelines',
    method: 'POST',
    url: url.value,
    jobToken,
    // Without the last one, the service sends a job that it does not know to a page to sign in.
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-tfs-fedauthredirect': 'Suppress' },
    member: 'oidcToken',
  })
}
