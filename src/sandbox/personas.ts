/** Whom a child process is: the variables that make any SDK sign in to the sandbox as somebody. One row a persona. */
import { failure, type Result, success } from '../result.ts'
import type { App, SandboxDirectory } from './directory.ts'
import { mintFederatedToken } from './federation.ts'
import type { PlayedHostName } from './hosts/host.ts'
import { githubJob, githubVariables, pipelineJobs, pipelinesVariables } from './job-tokens.ts'
import type { PrivateFolder } from './private-folder.ts'
import type { SandboxState } from './state.ts'
import { mintUserToken } from './user-calls.ts'

export interface PersonaContext {
  readonly state: SandboxState
  readonly folder: PrivateFolder
  /** Plays a host of managed identities for as long as the sandbox runs. Throws UsageError where it cannot be had. */
  playHost(name: PlayedHostName): Promise<Readonly<Record<string, string>>>
}

/** Variables, or why this directory cannot give them. */
type Variables = Result<Readonly<Record<string, string>>, string>

interface Persona {
  /** One line, lower case, no full stop. */
  readonly summary: string
  variables(context: PersonaContext): Promise<Variables>
}

export const personas = {
  'service-principal': {
    summary: 'an app with a client secret',
    variables: async ({ state }) => secretVariables(findAppWithSecret(state), state),
  },
  'service-principal-certificate': {
    summary: 'an app with a certificate',
    variables: certificateVariables,
  },
  'workload-identity': {
    summary: 'a pod or job with a federated token in a file',
    variables: federatedVariables,
  },
  'azure-pipelines': {
    summary: 'a stage of Azure Pipelines with a service connection',
    variables: async ({ state }) => {
      const job = pipelineJobs(state)[0]
      if (job === undefined) return noApp('that trusts Azure Pipelines, whose issuer has "generate": true')
      return success({ ...identity(job.app), ...pipelinesVariables(job, state), AZID_CREDENTIAL: 'azure-pipelines' })
    },
  },
  'github-actions': {
    summary: 'a job of GitHub Actions with permissions: id-token: write',
    variables: async ({ state }) => {
      const job = githubJob(state)
      if (job === undefined) return noApp('that trusts GitHub Actions, whose issuer has "generate": true')
      return success({ ...identity(job.app), ...githubVariables(state), AZID_CREDENTIAL: 'github-actions' })
    },
  },
  'on-behalf-of': {
    summary: 'an app with a client secret that a user called',
    variables: async ({ state, folder }) => {
      const app = findAppWithSecret(state)
      const variables = secretVariables(app, state)
      if (app === undefined || !variables.ok) return variables
      const user = state.directory.users.find((each) => each.tenantId === app.tenantId)
      if (user === undefined) return failure('the directory has no user in the tenant of the app')
      const file = await folder.write('user-assertion', await mintUserToken({ app, user }, state))
      return success({ ...variables.value, AZID_USER_ASSERTION_FILE: file, AZID_CREDENTIAL: 'on-behalf-of' })
    },
  },
  'wrong-secret': {
    summary: 'an app whose secret is wrong (AADSTS7000215)',
    variables: async ({ state }) => {
      const app = findAppWithSecret(state)
      return app === undefined ? noApp('with a secret') : success(identity(app, 'not-the-secret-of-this-app'))
    },
  },
  'expired-secret': {
    summary: 'an app whose secret has expired (AADSTS7000222)',
    variables: async ({ state }) => {
      const now = state.clock.now()
      const found = state.directory.apps.flatMap((app) =>
        app.secrets
          .filter((secret) => secret.expires !== undefined && secret.expires <= now)
          .map((secret) => ({ app, secret })),
      )[0]
      return found === undefined
        ? noApp('with an expired secret')
        : success(identity(found.app, found.secret.value ?? ''))
    },
  },
  'disabled-app': {
    summary: 'an app that an administrator disabled (AADSTS7000112)',
    variables: async ({ state }) => {
      const app = state.directory.apps.find(
        (each) => each.secrets.length > 0 && each.servicePrincipals[0]?.isEnabled === false,
      )
      return app === undefined
        ? noApp('that is disabled and has a secret')
        : success(identity(app, app.secrets[0]?.value ?? ''))
    },
  },
  'unknown-app': {
    summary: 'a client id that the tenant does not know (AADSTS700016)',
    variables: async ({ state }) =>
      success({
        AZURE_TENANT_ID: firstTenantId(state.directory),
        AZURE_CLIENT_ID: unknownId,
        AZURE_CLIENT_SECRET: 'a-secret-of-no-app',
      }),
  },
  'unknown-tenant': {
    summary: 'a tenant that does not exist (AADSTS90002)',
    variables: async ({ state }) => {
      const variables = secretVariables(findAppWithSecret(state), state)
      return variables.ok ? success({ ...variables.value, AZURE_TENANT_ID: unknownId }) : variables
    },
  },
  'managed-identity': hosted('app-service', 'an app with a managed identity, on App Service'),
  'managed-identity:imds': hosted('imds', 'a virtual machine with a managed identity'),
  'managed-identity:app-service': hosted('app-service', 'an app of App Service, Functions or Container Apps'),
  'managed-identity:service-fabric': hosted('service-fabric', 'an application of Service Fabric'),
  'managed-identity:azure-ml': hosted('azure-ml', 'a compute of Azure Machine Learning'),
  'managed-identity:cloud-shell': hosted('cloud-shell', 'a user in Cloud Shell'),
  'managed-identity:azure-arc': hosted(
    'azure-arc',
    'a machine outside Azure with the agent of Arc (root, in a container)',
  ),
} as const satisfies Record<string, Persona>

export type PersonaName = keyof typeof personas

export const personaNames = Object.keys(personas) as readonly PersonaName[]

export const defaultPersona: PersonaName = 'service-principal'

export function isPersonaName(name: string): name is PersonaName {
  return Object.hasOwn(personas, name)
}

/** Neither a tenant nor an app. */
const unknownId = '99999999-9999-4999-8999-999999999999'

/** The first app that can sign in with a secret now. */
export function findAppWithSecret(state: Pick<SandboxState, 'directory' | 'clock'>): App | undefined {
  return state.directory.apps.find((app) => isUsable(app) && validSecret(app, state.clock.now()) !== undefined)
}

function isUsable(app: App): boolean {
  return !app.isPublicClient && app.servicePrincipals[0]?.isEnabled === true
}

export function validSecret(app: App, now: number): string | undefined {
  return app.secrets.find((secret) => secret.expires === undefined || secret.expires > now)?.value
}

function secretVariables(app: App | undefined, state: SandboxState): Variables {
  const secret = app === undefined ? undefined : validSecret(app, state.clock.now())
  return app === undefined || secret === undefined ? noApp('with a secret') : success(identity(app, secret))
}

function identity(app: App, secret?: string): Readonly<Record<string, string>> {
  return {
    AZURE_TENANT_ID: app.tenantId,
    AZURE_CLIENT_ID: app.clientId,
    ...(secret === undefined ? {} : { AZURE_CLIENT_SECRET: secret }),
  }
}

async function certificateVariables({ state, folder }: PersonaContext): Promise<Variables> {
  const app = state.directory.apps.find(
    (each) => isUsable(each) && each.certificates.some((entry) => entry.kind === 'made'),
  )
  if (app === undefined) return noApp('with a certificate entry of "generate": true')
  const { privateKey, certificatePem } = await state.madeCertificate(app)
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const file = await folder.write('client-certificate.pem', certificatePem + key)
  return success({ ...identity(app), AZURE_CLIENT_CERTIFICATE_PATH: file })
}

async function federatedVariables({ state, folder }: PersonaContext): Promise<Variables> {
  const made = new Set(state.directory.issuers.flatMap((each) => (each.kind === 'made' ? [each.issuer] : [])))
  const found = state.directory.apps.flatMap((app) =>
    isUsable(app)
      ? app.federatedCredentials.filter(({ issuer }) => made.has(issuer)).map((credential) => ({ app, credential }))
      : [],
  )
  const chosen = found.find(({ credential }) => credential.subject.startsWith('system:serviceaccount:')) ?? found[0]
  if (chosen === undefined) return noApp('with a federated credential of an issuer of "generate": true')
  const token = await mintFederatedToken({ ...chosen.credential, lifetimeSeconds: 24 * 3600 }, state)
  const file = await folder.write('federated-token', token)
  return success({ ...identity(chosen.app), AZURE_FEDERATED_TOKEN_FILE: file })
}

function hosted(name: PlayedHostName, summary: string): Persona {
  return { summary, variables: async ({ playHost }) => success(await playHost(name)) }
}

function firstTenantId(directory: SandboxDirectory): string {
  return directory.tenants[0]?.id ?? ''
}

function noApp(what: string): Variables {
  return failure(`the directory has no app ${what}`)
}
