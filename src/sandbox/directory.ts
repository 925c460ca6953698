/** What the sandbox knows: tenants, apps, resources, outside issuers and users; and how it finds them. */
import type { KeyObject } from 'node:crypto'

export interface Tenant {
  /** The directory id, a GUID in lower case. */
  readonly id: string
  readonly name: string
  /** Domains, the primary one first, in lower case. */
  readonly domains: readonly string[]
}

interface ClientSecret {
  readonly id: string
  /** Undefined: made at start. */
  readonly value: string | undefined
  /** Milliseconds since the epoch; undefined: never. */
  readonly expires: number | undefined
}

/** A certificate whose public key an app has registered. */
export interface RegisteredCertificate {
  /** SHA-1 and SHA-256 of the DER, in lower case hex. */
  readonly sha1: string
  readonly sha256: string
  readonly publicKey: KeyObject
  readonly validFrom: number
  readonly validTo: number
}

/** `made`: the sandbox makes the certificate and its key when they are first needed. */
export type CertificateEntry =
  | { readonly kind: 'given'; readonly certificate: RegisteredCertificate }
  | { readonly kind: 'made' }

/** Certificates with this subject, under one of these authorities, are accepted without being registered (SN+I). */
interface TrustedSubject {
  readonly subjectName: string
  /** PEM. */
  readonly authorities: readonly string[]
}

interface FederatedCredential {
  readonly name: string
  readonly issuer: string
  readonly subject: string
  readonly audience: string
}

/** The app in one tenant: what role assignments and `oid` name. */
export interface ServicePrincipal {
  readonly tenantId: string
  readonly objectId: string
  readonly isEnabled: boolean
}

export interface App {
  /** A GUID in lower case. */
  readonly clientId: string
  readonly displayName: string
  /** The tenant in which the app is registered. */
  readonly tenantId: string
  readonly isMultiTenant: boolean
  readonly isPublicClient: boolean
  /** Microsoft's own: in every tenant, with consent to Microsoft's own APIs, and one family whose refresh tokens are shared. */
  readonly isFamilyMember: boolean
  /** Where the answer to a sign-in may be sent. A loopback one without a port stands for every port. */
  readonly redirectUris: readonly string[]
  /** The same for pages whose script fetches the tokens itself: PKCE is a must, and tokens are given across origins only. */
  readonly spaRedirectUris: readonly string[]
  readonly servicePrincipals: readonly ServicePrincipal[]
  readonly secrets: readonly ClientSecret[]
  readonly certificates: readonly CertificateEntry[]
  readonly trustedSubjects: readonly TrustedSubject[]
  readonly federatedCredentials: readonly FederatedCredential[]
  /** App roles granted, by resource (an identifier URI or app id). */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Permissions that users or an administrator consented to, by resource: what the app may ask for on a user's behalf. */
  readonly delegatedPermissions: Readonly<Record<string, readonly string[]>>
  /** Permissions that its registration lists: what `/.default` asks people to consent to. */
  readonly listedPermissions: Readonly<Record<string, readonly string[]>>
  /** Whether people may consent for themselves. */
  readonly hasUserConsent: boolean
  /** Life of this app's tokens; undefined: as Entra gives. */
  readonly tokenLifetimeSeconds: number | undefined
  /** Refuse an assertion that was accepted before, even the very same one. Entra does not, and MSAL sends one again. */
  readonly hasSingleUseAssertions: boolean
}

export interface Resource {
  readonly name: string
  /** A GUID in lower case. */
  readonly appId: string
  /** `https://vault.azure.net`; a `*` stands for the first label of the host. */
  readonly identifierUris: readonly string[]
  /** Which tokens it accepts: the resource chooses, not the endpoint. */
  readonly tokenVersion: 1 | 2
  readonly isEnabled: boolean
  /** Only apps with a role of it get a token. */
  readonly requiresAssignment: boolean
  /** It asked for the `idtyp` claim. */
  readonly wantsIdtyp: boolean
  /** Its tokens are signed over another header than the one sent (as Microsoft Graph's). */
  readonly signsNonce: boolean
  /** Tenants that have it; undefined: every one. */
  readonly tenantIds: readonly string[] | undefined
}

/** An outside OpenID issuer whose tokens apps may trust. */
export type OutsideIssuer =
  | { readonly kind: 'given'; readonly issuer: string; readonly keys: readonly OutsideKey[] }
  | { readonly kind: 'made'; readonly issuer: string }

export interface OutsideKey {
  readonly kid: string | undefined
  readonly publicKey: KeyObject
}

export interface User {
  readonly objectId: string
  readonly userPrincipalName: string
  readonly displayName: string
  /** The home tenant. */
  readonly tenantId: string
  /** Undefined: nobody can sign in with one. */
  readonly password: string | undefined
  readonly isEnabled: boolean
  /** What the second factor shows; undefined: none was set up. */
  readonly mfaCode: string | undefined
  /** Resources that a policy lets the user reach only after a second factor; `*` is every one. */
  readonly mfaFor: readonly string[]
  /** Resources that Conditional Access keeps from the user; `*` is every one. */
  readonly blockedFor: readonly string[]
  /** How old a sign-in may be for a refresh token to count; undefined: any age. */
  readonly signInFrequencySeconds: number | undefined
  readonly guestIn: readonly GuestEntry[]
}

/** A user as another tenant knows them. */
export interface GuestEntry {
  readonly tenantId: string
  readonly objectId: string
}

/** How long device codes live, and how often a client may ask for them. */
export interface DeviceCodeTimes {
  readonly lifetimeSeconds: number
  readonly intervalSeconds: number
}

export interface SandboxDirectory {
  readonly tenants: readonly Tenant[]
  readonly apps: readonly App[]
  readonly resources: readonly Resource[]
  readonly issuers: readonly OutsideIssuer[]
  readonly users: readonly User[]
  readonly deviceCodes: DeviceCodeTimes
  /** Descriptions in the older form, with line breaks before `Trace ID:` and its like. */
  readonly hasMultilineErrors: boolean
}

/** By id or domain, any case. */
export function findTenant(directory: Pick<SandboxDirectory, 'tenants'>, name: string): Tenant | undefined {
  const wanted = name.toLowerCase()
  return directory.tenants.find((tenant) => tenant.id === wanted || tenant.domains.includes(wanted))
}

export function findApp(directory: Pick<SandboxDirectory, 'apps'>, clientId: string): App | undefined {
  const wanted = clientId.toLowerCase()
  return directory.apps.find((app) => app.clientId === wanted)
}

/**
 * The resource that an identifier names, exactly as registered but for case: a slash more is another identifier.
 *
 * @param identifier What stands before `/.default`, or the value of `resource`.
 */
export function findResource(directory: Pick<SandboxDirectory, 'resources'>, identifier: string): Resource | undefined {
  const wanted = identifier.toLowerCase()
  return directory.resources.find(
    (resource) => resource.appId === wanted || resource.identifierUris.some((uri) => matchesIdentifier(uri, wanted)),
  )
}

function matchesIdentifier(registered: string, wanted: string): boolean {
  const pattern = registered.toLowerCase()
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === wanted
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  const isLongEnough = wanted.length > before.length + after.length
  if (!isLongEnough || !wanted.startsWith(before) || !wanted.endsWith(after)) return false
  return /^[a-z0-9-]+$/.test(wanted.slice(before.length, wanted.length - after.length))
}

/** The app's roles at a resource, whichever of the resource's names the grant was written with. */
export function rolesAt(app: App, resource: Resource): readonly string[] {
  return grantedAt(app.roles, resource)
}

/** Likewise the permissions that were consented to. */
export function permissionsAt(app: App, resource: Resource): readonly string[] {
  return grantedAt(app.delegatedPermissions, resource)
}

/** Those that the app's registration lists. */
export function listedAt(app: App, resource: Resource): readonly string[] {
  return grantedAt(app.listedPermissions, resource)
}

function grantedAt(grants: Readonly<Record<string, readonly string[]>>, resource: Resource): readonly string[] {
  const granted = Object.entries(grants).filter(([name]) => isNamed(resource, name))
  return [...new Set(granted.flatMap(([, names]) => names))]
}

/** Whether a policy's list of resources, of which `*` is every one, has this one. */
export function isCovered(resource: Resource, names: readonly string[]): boolean {
  return names.some((name) => name === '*' || isNamed(resource, name))
}

/** A user by name, any case. */
export function findUser(directory: Pick<SandboxDirectory, 'users'>, name: string): User | undefined {
  const wanted = name.trim().toLowerCase()
  return directory.users.find((user) => user.userPrincipalName.toLowerCase() === wanted)
}

/** The object id by which a tenant knows the user, as member or guest; undefined: not at all. */
export function objectIdIn(user: User, tenantId: string): string | undefined {
  if (user.tenantId === tenantId) return user.objectId
  return user.guestIn.find((entry) => entry.tenantId === tenantId)?.objectId
}

/** Whether an identifier is one of the resource's. */
function isNamed(resource: Resource, identifier: string): boolean {
  return findResource({ resources: [resource] }, identifier) !== undefined
}
