/** A strict local Entra ID: started with a directory, it answers on loopback until it is closed. */
import { X509Certificate } from 'node:crypto'
import type { Clock, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { createAuthorityCertificates, createRsaCertificate } from './ca.ts'
import { createDefaultDirectory } from './default-directory.ts'
import type { App, SandboxDirectory } from './directory.ts'
import { describeCertificate } from './directory-file.ts'
import { createFaultBoard, type Fault, parseFault } from './faults.ts'
import { type FederatedTokenRequest, mintFederatedToken } from './federation.ts'
import { createHostNames } from './host-names.ts'
import { type StartedHost, startHost } from './hosts/host-server.ts'
import {
  defaultPersona,
  findAppWithSecret,
  isPersonaName,
  type PersonaContext,
  type PersonaName,
  personaNames,
  personas,
  validSecret,
} from './personas.ts'
import { createPrivateFolder } from './private-folder.ts'
import { createRequestLog, type LoggedRequest } from './request-log.ts'
import { approveDeviceCode, declineDeviceCode, type Person, revokeSignIns } from './sign-in/people.ts'
import { createSignInStore } from './sign-in/store.ts'
import { createSigningKey, onFirstUse } from './signing-keys.ts'
import type { SandboxState } from './state.ts'
import { listen, serve } from './tls-server.ts'
import { writeTrustFiles } from './trust-files.ts'
import { mintUserToken, type UserTokenOrder } from './user-calls.ts'

export interface SandboxOptions {
  /** Real ones: certificates and time limits need them even where `clock` is a test's. */
  readonly ports: Pick<Runtime, 'clock' | 'env' | 'files' | 'host' | 'random'>
  /** 127.0.0.1 (and ::1 where there is one) by default. */
  readonly address?: string
  /** 0, the default: any free one. */
  readonly port?: number
  /** Names served besides localhost, 127.0.0.1 and ::1; the first becomes the origin. */
  readonly names?: readonly string[]
  /** The built-in one by default. */
  readonly directory?: SandboxDirectory
  /** The time that the service believes it is. */
  readonly clock?: Pick<Clock, 'now'>
  readonly faults?: readonly Fault[]
  /** Told of each request as it ends. */
  readonly onRequest?: (request: LoggedRequest) => void
}

export interface Sandbox {
  /** `https://localhost:PORT` */
  readonly origin: string
  readonly port: number
  readonly caPem: string
  /** In the order in which they ended, redacted. */
  readonly requests: readonly LoggedRequest[]
  /** The directory's first tenant. */
  readonly tenantId: string
  /** The app of the default persona; empty texts where the directory has none with a valid secret. */
  readonly defaultApp: { readonly clientId: string; readonly secret: string }
  /** With the secrets that were made at start. */
  readonly directory: SandboxDirectory
  /** For servers that share this sandbox's tokens and log. */
  readonly state: SandboxState
  /** Takes the place of all faults; none ends them. Throws UsageError. */
  setFault(...specs: readonly string[]): void
  /** A token of an outside issuer whose keys the sandbox has (`"generate": true`), for client assertions. */
  mintFederatedToken(request: FederatedTokenRequest): Promise<string>
  /** An access token that a user's client would bring to the app, for the on-behalf-of grant. */
  mintUserToken(order: UserTokenOrder): Promise<string>
  /**
   * What a person does on the page for devices: signs in, with every factor that they have, and says yes. Throws for a
   * code that waits for nobody, and for a user who is not in the directory.
   */
  approveDeviceCode(userCode: string, person?: Person): void
  /** Signs in and says no. */
  declineDeviceCode(userCode: string): void
  /** Ends every sign-in of the user until now: browsers, authorization codes and refresh tokens. */
  revokeSignIns(userPrincipalName: string): void
  /**
   * Variables that make a child process sign in here as `persona`. Throws UsageError for an unknown persona or one the
   * directory cannot give.
   */
  environment(persona?: string): Promise<Record<string, string>>
  /** Ends the server and every connection, and removes all files. Safe to call twice. */
  close(): Promise<void>
}

/** Promise: what comes back is listening. RSA keys are made when they are first needed, so a start takes some 50 ms. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { ports } = options
  const clock = options.clock ?? ports.clock
  const directory = makeSecrets(options.directory ?? createDefaultDirectory(), ports)
  const names = createHostNames(options.names ?? [], 0).names
  const { caPem, server } = await createAuthorityCertificates(names, ports)
  const addresses = options.address === undefined ? ['127.0.0.1', '::1'] : [options.address]
  const listening = await listen(server, addresses, options.port ?? 0)
  const log = createRequestLog(options.onRequest)
  const pending: Promise<unknown>[] = []
  const keep = <Value>(promise: Promise<Value>): Promise<Value> => {
    pending.push(promise)
    return promise
  }
  const made = new Map<string, ReturnType<SandboxState['madeCertificate']>>()
  const state: SandboxState = {
    directory,
    hosts: createHostNames(options.names ?? [], listening.port),
    clock,
    random: ports.random,
    log,
    faults: createFaultBoard(options.faults ?? []),
    signingKey: onFirstUse(() => keep(createSigningKey('azid sandbox signing key', ports))),
    federationKey: onFirstUse(() => keep(createSigningKey('azid sandbox outside issuer', ports))),
    madeCertificate: (app) => {
      const known = made.get(app.clientId) ?? keep(makeCertificate(app, ports))
      made.set(app.clientId, known)
      return known
    },
    signIns: createSignInStore(),
    jobToken: Buffer.from(ports.random.bytes(32)).toString('base64url'),
    seenAssertions: new Map(),
  }
  const tlsServer = serve(listening.servers, listening.port, state, ports)
  const folder = createPrivateFolder(ports)
  const app = findAppWithSecret(state)
  const hosts = new Map<string, Promise<StartedHost>>()
  const playHost: PersonaContext['playHost'] = async (name) => {
    const host = hosts.get(name) ?? keep(startHost(name, { state, ports }))
    hosts.set(name, host)
    return (await host).variables
  }
  let closed: Promise<void> | undefined
  return {
    origin: state.hosts.origin,
    port: listening.port,
    caPem,
    requests: log.requests,
    tenantId: directory.tenants[0]?.id ?? '',
    defaultApp: {
      clientId: app?.clientId ?? '',
      secret: app === undefined ? '' : (validSecret(app, clock.now()) ?? ''),
    },
    directory,
    state,
    setFault: (...specs) => state.faults.set(specs.map((spec) => parseFault(spec))),
    mintUserToken: (order) => mintUserToken(order, state),
    mintFederatedToken: (request) => mintFederatedToken(request, state),
    approveDeviceCode: (userCode, person) => approveDeviceCode(userCode, person ?? {}, state),
    declineDeviceCode: (userCode) => declineDeviceCode(userCode, state),
    revokeSignIns: (name) => revokeSignIns(name, state),
    environment: async (persona = defaultPersona) => {
      const row = personas[readPersona(persona)]
      const variables = await row.variables({ state, folder, playHost })
      if (!variables.ok)
        throw new UsageError({ message: `the persona '${persona}' cannot be had: ${variables.error}`, source: '--as' })
      return {
        ...variables.value,
        AZURE_AUTHORITY_HOST: state.hosts.origin,
        // The private authority is vouched for, and its tokens are worth nothing tomorrow.
        AZID_DISABLE_INSTANCE_DISCOVERY: 'true',
        AZID_CACHE: 'memory',
        ...(await writeTrustFiles(caPem, folder, ports)),
        ...withoutProxy(ports.env),
      }
    },
    close: () => {
      closed ??= (async () => {
        await tlsServer.close()
        await Promise.allSettled(pending)
        for (const host of await Promise.allSettled(hosts.values())) {
          if (host.status === 'fulfilled') await host.value.close()
        }
        await folder.remove()
      })()
      return closed
    },
  }
}

function readPersona(name: string): PersonaName {
  if (isPersonaName(name)) return name
  throw new UsageError({
    message: `the persona '${name}' is not known`,
    source: '--as',
    fix: `use one of ${personaNames.join(', ')}`,
  })
}

/** Loopback never goes through a proxy, in the two spellings that tools read. */
function withoutProxy(env: Runtime['env']): Readonly<Record<string, string>> {
  const own = ['localhost', '127.0.0.1', '::1']
  return Object.fromEntries(
    ['NO_PROXY', 'no_proxy'].map((name) => {
      const others = (env.get(name) ?? '').split(',').filter((each) => each.trim() !== '' && !own.includes(each.trim()))
      return [name, [...own, ...others].join(',')]
    }),
  )
}

/** Secrets without a value get one now: in Entra's form, and known to this process only. */
function makeSecrets(directory: SandboxDirectory, ports: Pick<Runtime, 'random'>): SandboxDirectory {
  const apps = directory.apps.map((app) => ({
    ...app,
    secrets: app.secrets.map((secret) => ({ ...secret, value: secret.value ?? makeSecret(ports) })),
  }))
  return { ...directory, apps }
}

/** Does not begin with a dash: `az login -p SECRET` would take it for an option. */
function makeSecret({ random }: Pick<Runtime, 'random'>): string {
  const text = Buffer.from(random.bytes(28)).toString('base64url').replace(/^-/, '0')
  return `${text.slice(0, 3)}8Q~${text.slice(3, 37)}`
}

async function makeCertificate(app: App, ports: SandboxOptions['ports']) {
  const certificate = await createRsaCertificate(app.displayName, ports)
  return { ...certificate, registered: describeCertificate(new X509Certificate(certificate.certificatePem)) }
}
