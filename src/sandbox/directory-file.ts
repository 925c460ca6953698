/** The directory file: JSON that a person writes (docs/sandbox.md), checked in full before anything starts. */
import { createHash, createPublicKey, type JsonWebKey, type KeyObject, X509Certificate } from 'node:crypto'
import path from 'node:path'
import { failure, type Result, success } from '../result.ts'
import type { FileSystem } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type {
  App,
  CertificateEntry,
  DeviceCodeTimes,
  OutsideIssuer,
  OutsideKey,
  RegisteredCertificate,
  Resource,
  SandboxDirectory,
  ServicePrincipal,
  Tenant,
  User,
} from './directory.ts'
import { findResource, findTenant } from './directory.ts'
import {
  anyObject,
  type Check,
  flag,
  JsonMismatch,
  type JsonProblem,
  listOf,
  mapOf,
  objectOf,
  optional,
  refuseAbsent,
  text,
  textLike,
} from './json-checks.ts'
import { graphPermissions, knownClients, microsoftTenant } from './known-clients.ts'
import { knownResources } from './known-resources.ts'
import { isDomain, isGuid } from './token-request.ts'

const largestFile = 4 * 1024 * 1024

const guid: Check<string> = (value, where) => textLike(isGuid, 'is not a GUID')(value, where).toLowerCase()
const domain: Check<string> = (value, where) => textLike(isDomain, 'is not a domain name')(value, where).toLowerCase()
const url = textLike((value) => /^https?:\/\//.test(value) && URL.canParse(value), 'is not an http or https URL')
const redirectUri = textLike((value) => URL.canParse(value) && !value.includes('#'), 'is not a URI without a fragment')
const dateTime: Check<number> = (value, where) => {
  const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/
  return Date.parse(
    textLike(
      (each) => form.test(each) && !Number.isNaN(Date.parse(each)),
      'is not a date such as 2026-11-21T00:00:00Z',
    )(value, where),
  )
}
const tokenVersion: Check<1 | 2> = (value, where) => {
  if (value !== 1 && value !== 2) throw new JsonMismatch(where, 'is neither 1 nor 2')
  return value
}
const lifetime: Check<number> = (value, where) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 604_800) {
    throw new JsonMismatch(where, 'is not a whole number of seconds from 1 to 604800')
  }
  return value
}

/** As Entra's. */
const defaultDeviceCodes: DeviceCodeTimes = { lifetimeSeconds: 900, intervalSeconds: 5 }

const tenantEntry = objectOf({ id: guid, name: text, domains: listOf(domain) })

const secretEntry = objectOf({
  id: optional(guid, undefined),
  value: optional(text, undefined),
  expires: optional(dateTime, undefined),
})

const certificateEntry = objectOf({
  generate: optional(flag, false),
  pem: optional(text, undefined),
  file: optional(text, undefined),
})

const appEntry = objectOf({
  clientId: guid,
  displayName: text,
  tenant: optional(text, undefined),
  objectId: optional(guid, undefined),
  enabled: optional(flag, true),
  multiTenant: optional(flag, false),
  publicClient: optional(flag, false),
  redirectUris: listOf(redirectUri),
  spaRedirectUris: listOf(redirectUri),
  servicePrincipals: listOf(
    objectOf({ tenant: text, objectId: optional(guid, undefined), enabled: optional(flag, true) }),
  ),
  secrets: listOf(secretEntry),
  certificates: listOf(certificateEntry),
  trustedSubjects: listOf(objectOf({ subjectName: text, authorities: listOf(text) })),
  federatedCredentials: listOf(
    objectOf({
      name: optional(text, ''),
      issuer: url,
      subject: text,
      audience: optional(text, 'api://AzureADTokenExchange'),
    }),
  ),
  roles: mapOf(listOf(text)),
  delegatedPermissions: mapOf(listOf(text)),
  listedPermissions: mapOf(listOf(text)),
  userConsent: optional(flag, true),
  tokenLifetimeSeconds: optional(lifetime, undefined),
  singleUseAssertions: optional(flag, false),
})

const resourceEntry = objectOf({
  name: text,
  appId: guid,
  identifierUris: listOf(textLike((value) => URL.canParse(value.replace('*', 'x')), 'is not a URI')),
  tokenVersion: optional(tokenVersion, 2),
  enabled: optional(flag, true),
  assignmentRequired: optional(flag, false),
  idtyp: optional(flag, false),
  signsNonce: optional(flag, false),
  tenants: optional(listOf(text), undefined),
})

const issuerEntry = objectOf({
  issuer: url,
  generate: optional(flag, false),
  keys: optional(listOf(anyObject), undefined),
})

const userEntry = objectOf({
  objectId: guid,
  userPrincipalName: text,
  displayName: text,
  tenant: optional(text, undefined),
  password: optional(text, undefined),
  enabled: optional(flag, true),
  mfaCode: optional(
    textLike((value) => /^\d{4,8}$/.test(value), 'is not 4 to 8 digits'),
    undefined,
  ),
  mfaFor: listOf(text),
  blockedFor: listOf(text),
  signInFrequencySeconds: optional(lifetime, undefined),
  guestIn: listOf(objectOf({ tenant: text, objectId: optional(guid, undefined) })),
})

const deviceCodeEntry = objectOf({
  lifetimeSeconds: optional(lifetime, defaultDeviceCodes.lifetimeSeconds),
  intervalSeconds: optional(lifetime, defaultDeviceCodes.intervalSeconds),
})

const fileEntry = objectOf({
  tenants: listOf(tenantEntry),
  apps: listOf(appEntry),
  resources: listOf(resourceEntry),
  wellKnownResources: optional(flag, true),
  wellKnownClients: optional(flag, true),
  issuers: listOf(issuerEntry),
  users: listOf(userEntry),
  deviceCodes: optional(deviceCodeEntry, defaultDeviceCodes),
  multilineErrors: optional(flag, false),
})

type FileEntry = ReturnType<typeof fileEntry>

/**
 * Reads and checks a directory file.
 *
 * @throws UsageError that names the file and, within it, the place that is wrong.
 */
export async function loadDirectory(
  file: string,
  files: Pick<FileSystem, 'read'>,
  source = '--directory',
): Promise<SandboxDirectory> {
  const content = await readText(file, files, source)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new UsageError({ message: `the directory file '${file}' is no JSON: ${detail}`, source })
  }
  const certificateFiles = await readCertificateFiles(value, path.dirname(file), files)
  const parsed = parseDirectory(value, certificateFiles)
  if (parsed.ok) return parsed.value
  throw new UsageError({
    message: `in the directory file '${file}', ${parsed.error.path} ${parsed.error.reason}`,
    source,
    fix: 'docs/sandbox.md describes the file, docs/schemas/sandbox-directory.schema.json is its schema',
  })
}

async function readText(file: string, files: Pick<FileSystem, 'read'>, source: string): Promise<string> {
  const read = await files.read(file, { maxBytes: largestFile, allowPipe: true })
  if (!read.ok) {
    throw new UsageError({ message: `the directory file '${file}' cannot be read: ${read.error.detail}`, source })
  }
  return new TextDecoder().decode(read.value).replace(/^\uFEFF/, '')
}

/** The PEM files that certificates name, by the name as written; one that cannot be read is left out. */
async function readCertificateFiles(
  value: unknown,
  folder: string,
  files: Pick<FileSystem, 'read'>,
): Promise<ReadonlyMap<string, string>> {
  const names = membersOf(value, 'apps').flatMap((app) =>
    membersOf(app, 'certificates').flatMap((entry) => {
      const name = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>)['file'] : undefined
      return typeof name === 'string' ? [name] : []
    }),
  )
  const contents = new Map<string, string>()
  for (const name of new Set(names)) {
    const read = await files.read(path.resolve(folder, name), { maxBytes: largestFile })
    if (read.ok) contents.set(name, new TextDecoder().decode(read.value))
  }
  return contents
}

function membersOf(value: unknown, name: string): readonly unknown[] {
  const list = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  return Array.isArray(list) ? list : []
}

/**
 * @param value The parsed JSON.
 * @param certificateFiles PEM of the files that certificates name.
 */
export function parseDirectory(
  value: unknown,
  certificateFiles: ReadonlyMap<string, string> = new Map(),
): Result<SandboxDirectory, JsonProblem> {
  try {
    return success(assemble(fileEntry(value, '$'), certificateFiles))
  } catch (error) {
    if (error instanceof JsonMismatch) return failure(error.problem)
    throw error
  }
}

function assemble(entry: FileEntry, certificateFiles: ReadonlyMap<string, string>): SandboxDirectory {
  const { tenants } = entry
  if (tenants.length === 0) throw new JsonMismatch('$.tenants', 'is empty: there must be a tenant')
  refuseDoubles(
    tenants.flatMap((tenant, i) => [
      { name: tenant.id, where: `$.tenants[${i}].id` },
      ...tenant.domains.map((each, j) => ({ name: each, where: `$.tenants[${i}].domains[${j}]` })),
    ]),
  )
  const resources = assembleResources(entry, tenants)
  const apps = entry.apps.map((app, index) =>
    assembleApp(app, `$.apps[${index}]`, tenants, resources, certificateFiles),
  )
  refuseDoubles(apps.map((app, index) => ({ name: app.clientId, where: `$.apps[${index}].clientId` })))
  refuseDoubles(entry.issuers.map((each, index) => ({ name: each.issuer, where: `$.issuers[${index}].issuer` })))
  const issuers = entry.issuers.map((each, index) => assembleIssuer(each, `$.issuers[${index}]`))
  refuseDoubles(
    entry.users.map((user, index) => ({
      name: user.userPrincipalName.toLowerCase(),
      where: `$.users[${index}].userPrincipalName`,
    })),
  )
  const users = entry.users.map((user, index) => assembleUser(user, `$.users[${index}]`, tenants))
  return {
    tenants,
    apps: entry.wellKnownClients ? [...apps, ...assembleKnownClients(apps, tenants, resources)] : apps,
    resources,
    issuers,
    users,
    deviceCodes: entry.deviceCodes,
    hasMultilineErrors: entry.multilineErrors,
  }
}

function assembleUser(entry: ReturnType<typeof userEntry>, where: string, tenants: readonly Tenant[]): User {
  const home = tenantNamed(entry.tenant, `${where}.tenant`, tenants)
  return {
    objectId: entry.objectId,
    userPrincipalName: entry.userPrincipalName,
    displayName: entry.displayName,
    tenantId: home.id,
    password: entry.password,
    isEnabled: entry.enabled,
    mfaCode: entry.mfaCode,
    mfaFor: entry.mfaFor,
    blockedFor: entry.blockedFor,
    signInFrequencySeconds: entry.signInFrequencySeconds,
    guestIn: entry.guestIn.map((guest, index) => {
      const tenant = tenantNamed(guest.tenant, `${where}.guestIn[${index}].tenant`, tenants)
      if (tenant.id === home.id) throw new JsonMismatch(`${where}.guestIn[${index}].tenant`, 'is the home tenant')
      return { tenantId: tenant.id, objectId: guest.objectId ?? derivedId(entry.objectId, tenant.id) }
    }),
  }
}

/** Microsoft's own clients, as every tenant knows them, but for those that the file describes itself. */
function assembleKnownClients(
  own: readonly App[],
  tenants: readonly Tenant[],
  resources: readonly Resource[],
): readonly App[] {
  const others = knownClients.filter((known) => !own.some((app) => app.clientId === known.clientId))
  const known = resources.filter((resource) => knownResources.includes(resource))
  const delegatedPermissions = Object.fromEntries(
    known.map((resource) => [resource.appId, resource.signsNonce ? graphPermissions : ['user_impersonation']]),
  )
  return others.map((row) => ({
    clientId: row.clientId,
    displayName: row.name,
    tenantId: microsoftTenant,
    isMultiTenant: true,
    isPublicClient: true,
    isFamilyMember: true,
    redirectUris: ['http://localhost', 'https://login.microsoftonline.com/common/oauth2/nativeclient'],
    spaRedirectUris: [],
    servicePrincipals: tenants.map(({ id }) => ({
      tenantId: id,
      objectId: derivedId(row.clientId, id),
      isEnabled: true,
    })),
    secrets: [],
    certificates: [],
    trustedSubjects: [],
    federatedCredentials: [],
    roles: {},
    delegatedPermissions,
    listedPermissions: {},
    hasUserConsent: true,
    tokenLifetimeSeconds: undefined,
    hasSingleUseAssertions: false,
  }))
}

function refuseDoubles(entries: readonly { readonly name: string; readonly where: string }[]): void {
  const seen = new Map<string, string>()
  for (const { name, where } of entries) {
    const first = seen.get(name)
    if (first !== undefined) throw new JsonMismatch(where, `repeats ${first}`)
    seen.set(name, where)
  }
}

/** The tenant by id or domain; the first one where none is named. */
function tenantNamed(name: string | undefined, where: string, tenants: readonly Tenant[]): Tenant {
  const tenant = name === undefined ? tenants[0] : findTenant({ tenants }, name)
  if (tenant === undefined) throw new JsonMismatch(where, `names the tenant '${name}', which is not in $.tenants`)
  return tenant
}

/** The file's resources stand before the well-known ones, and take the place of one with the same app id. */
function assembleResources(entry: FileEntry, tenants: readonly Tenant[]): readonly Resource[] {
  const own = entry.resources.map(
    (resource, index): Resource => ({
      name: resource.name,
      appId: resource.appId,
      identifierUris: resource.identifierUris,
      tokenVersion: resource.tokenVersion,
      isEnabled: resource.enabled,
      requiresAssignment: resource.assignmentRequired,
      wantsIdtyp: resource.idtyp,
      signsNonce: resource.signsNonce,
      tenantIds: resource.tenants?.map(
        (name, i) => tenantNamed(name, `$.resources[${index}].tenants[${i}]`, tenants).id,
      ),
    }),
  )
  refuseDoubles(
    own.flatMap((resource, i) => [
      { name: resource.appId, where: `$.resources[${i}].appId` },
      ...resource.identifierUris.map((uri, j) => ({
        name: uri.toLowerCase(),
        where: `$.resources[${i}].identifierUris[${j}]`,
      })),
    ]),
  )
  if (!entry.wellKnownResources) return own
  return [...own, ...knownResources.filter((known) => !own.some((resource) => resource.appId === known.appId))]
}

type AppEntry = ReturnType<typeof appEntry>

function assembleApp(
  entry: AppEntry,
  where: string,
  tenants: readonly Tenant[],
  resources: readonly Resource[],
  certificateFiles: ReadonlyMap<string, string>,
): App {
  const home = tenantNamed(entry.tenant, `${where}.tenant`, tenants)
  for (const member of ['roles', 'delegatedPermissions', 'listedPermissions'] as const) {
    for (const name of Object.keys(entry[member])) {
      if (findResource({ resources }, name) === undefined) {
        throw new JsonMismatch(`${where}.${member}['${name}']`, 'names a resource that is not known')
      }
    }
  }
  if (entry.servicePrincipals.length > 0 && !entry.multiTenant) {
    throw new JsonMismatch(`${where}.servicePrincipals`, 'is only for apps with "multiTenant": true')
  }
  const elsewhere = entry.servicePrincipals.map((principal, index): ServicePrincipal => {
    const tenant = tenantNamed(principal.tenant, `${where}.servicePrincipals[${index}].tenant`, tenants)
    const objectId = principal.objectId ?? derivedId(entry.clientId, tenant.id)
    return { tenantId: tenant.id, objectId, isEnabled: principal.enabled }
  })
  return {
    clientId: entry.clientId,
    displayName: entry.displayName,
    tenantId: home.id,
    isMultiTenant: entry.multiTenant,
    isPublicClient: entry.publicClient,
    isFamilyMember: false,
    redirectUris: entry.redirectUris,
    spaRedirectUris: entry.spaRedirectUris,
    servicePrincipals: [
      { tenantId: home.id, objectId: entry.objectId ?? derivedId(entry.clientId, home.id), isEnabled: entry.enabled },
      ...elsewhere,
    ],
    secrets: entry.secrets.map((secret, index) => ({
      id: secret.id ?? derivedId(entry.clientId, `secret ${index}`),
      value: secret.value,
      expires: secret.expires,
    })),
    certificates: entry.certificates.map((each, index) =>
      assembleCertificate(each, `${where}.certificates[${index}]`, certificateFiles),
    ),
    trustedSubjects: entry.trustedSubjects.map((subject, index) => ({
      subjectName: subject.subjectName,
      authorities: subject.authorities.map((pem, i) => {
        readCertificate(pem, `${where}.trustedSubjects[${index}].authorities[${i}]`)
        return pem
      }),
    })),
    federatedCredentials: entry.federatedCredentials,
    roles: entry.roles,
    delegatedPermissions: entry.delegatedPermissions,
    listedPermissions: entry.listedPermissions,
    hasUserConsent: entry.userConsent,
    tokenLifetimeSeconds: entry.tokenLifetimeSeconds,
    hasSingleUseAssertions: entry.singleUseAssertions,
  }
}

/** An id that is the same at every start. */
function derivedId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\n')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function assembleCertificate(
  entry: ReturnType<typeof certificateEntry>,
  where: string,
  certificateFiles: ReadonlyMap<string, string>,
): CertificateEntry {
  const ways = [entry.generate, entry.pem !== undefined, entry.file !== undefined].filter(Boolean)
  if (ways.length !== 1) throw new JsonMismatch(where, 'needs one of "pem", "file" or "generate": true')
  if (entry.generate) return { kind: 'made' }
  const pem = entry.pem ?? certificateFiles.get(entry.file ?? '')
  if (pem === undefined) throw new JsonMismatch(`${where}.file`, `names '${entry.file}', which cannot be read`)
  const place = entry.pem === undefined ? `${where}.file` : `${where}.pem`
  return { kind: 'given', certificate: describeCertificate(readCertificate(pem, place), place) }
}

function readCertificate(pem: string, where: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch {
    throw new JsonMismatch(where, 'is not a certificate in PEM')
  }
}

/** What Entra keeps of a registered certificate. */
export function describeCertificate(certificate: X509Certificate, where = '$'): RegisteredCertificate {
  if (certificate.publicKey.asymmetricKeyType !== 'rsa') throw new JsonMismatch(where, 'has no RSA key')
  return {
    sha1: createHash('sha1').update(certificate.raw).digest('hex'),
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    publicKey: certificate.publicKey,
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  }
}

function assembleIssuer(entry: ReturnType<typeof issuerEntry>, where: string): OutsideIssuer {
  if (entry.generate === (entry.keys !== undefined)) {
    throw new JsonMismatch(where, 'needs either "keys" or "generate": true')
  }
  if (entry.keys === undefined) return { kind: 'made', issuer: entry.issuer }
  const keys = entry.keys.map((key, index) => readKey(key, `${where}.keys[${index}]`))
  return { kind: 'given', issuer: entry.issuer, keys }
}

function readKey(jwk: Readonly<Record<string, unknown>>, where: string): OutsideKey {
  const kid = optional(text, undefined)(jwk['kid'], `${where}.kid`)
  return { kid, publicKey: readRsaKey(jwk, where) }
}

function readRsaKey(jwk: Readonly<Record<string, unknown>>, where: string): KeyObject {
  refuseAbsent(jwk['kty'], `${where}.kty`)
  if (jwk['kty'] !== 'RSA') throw new JsonMismatch(`${where}.kty`, 'is not RSA')
  if (jwk['d'] !== undefined) throw new JsonMismatch(where, 'is a private key; leave only the public members')
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })
  } catch {
    throw new JsonMismatch(where, 'is not an RSA key in JWK form')
  }
}
