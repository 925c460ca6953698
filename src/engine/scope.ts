/** From what a person writes (a scope, a resource, an app id, a short name) to the scope that is sent. */
import type { BadValue } from '../option-values.ts'
import { failure, type Result, success } from '../result.ts'
import { nearestName } from './nearest.ts'
import {
  cloudsOfAlias,
  findAudience,
  findInstance,
  findResource,
  otherFormOf,
  resourceAliases,
  scopeOfAlias,
} from './resources.ts'
import type { CloudName } from './types.ts'

const storageHost = /\.(?:blob|queue|file|table|dfs|web)\.core\.(?:windows|usgovcloudapi|chinacloudapi)\.(?:net|cn)$/i

/** How a target was given: `--scope`, `--resource`, or as a plain TARGET that may be either. */
export type TargetKind = 'target' | 'scope' | 'resource'

export interface ResolvedTarget {
  /** Exactly what is sent. */
  readonly scope: string
  /** The v1 resource that the scope stands for; `https://graph.microsoft.com` for delegated scopes without a resource. */
  readonly resource: string
  /** The short name of the service, where it has one. */
  readonly alias: string | null
  /** The name of the service, where it is known. */
  readonly name: string | null
  /** A permission of a user (`User.Read`), which an app-only credential cannot get. */
  readonly isDelegated: boolean
  /** What a reader may want to know, for `-v`: a slash that differs from the registered form. */
  readonly note: string | null
}

/** Why a target cannot be used; `reason` follows the quoted value in a sentence. */
export interface BadTarget extends BadValue {
  /** What was probably meant, ready to use in its place. */
  readonly suggestion?: string
}

const defaultScope = '/.default'
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const graphResource = 'https://graph.microsoft.com'
/** OpenID Connect Core 5.4 and 11: scopes of the sign-in itself, of no resource. */
const signInScopes = ['openid', 'profile', 'email', 'offline_access']
/** First path segments of the APIs themselves: such a URL is a request, not a permission. */
const apiPaths = /^(?:v\d|beta|me|users|groups|subscriptions|providers|tenants|secrets|keys|certificates|_apis)/i
/** Ends of host names that a person writes without `https://`. */
const hostEnds = /\.(?:net|com|us|cn|io|ms|org|dev|azure)$/

/**
 * Resolves one target. A resource is taken as it was registered: its last slash is kept, so that
 * `https://management.core.windows.net/` gives `https://management.core.windows.net//.default`, and nothing is collapsed
 * (the token's `aud` is the resource, slash and all). Pure; nothing is sent.
 */
export function resolveTarget(
  text: string,
  cloud: CloudName,
  kind: TargetKind = 'target',
): Result<ResolvedTarget, BadTarget> {
  const bad = checkCharacters(text)
  if (bad !== null) return failure(bad)
  if (guid.test(text)) return success(ofResource(text))
  if (/^[a-z][a-z0-9-]*$/i.test(text) && !signInScopes.includes(text)) return resolveAlias(text, cloud)
  if (/^https:\/\//i.test(text)) return resolveUrl(text, kind)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return resolveOtherUri(text, kind)
  return resolveBare(text)
}

/** The resource of a scope: `/.default` is cut from the end, exactly, and nothing else (`https://x//.default` is `https://x/`). */
export function scopeToResource(scope: string): string {
  return scope.endsWith(defaultScope) ? scope.slice(0, -defaultScope.length) : scope
}

/**
 * Several targets of one request must be of one resource (AADSTS28000, AADSTS700022). Sign-in scopes (`openid`, …) go with
 * any.
 */
export function resolveTargets(
  texts: readonly string[],
  cloud: CloudName,
  kind: TargetKind = 'target',
): Result<readonly ResolvedTarget[], BadTarget & { readonly text: string }> {
  const targets: ResolvedTarget[] = []
  for (const text of texts) {
    const resolved = resolveTarget(text, cloud, kind)
    if (!resolved.ok) return failure({ ...resolved.error, text })
    const other = targets.find(
      ({ resource, scope }) => !signInScopes.includes(scope) && resource !== resolved.value.resource,
    )
    if (other !== undefined && !signInScopes.includes(resolved.value.scope)) {
      return failure({
        text,
        reason: `is of another resource than '${other.scope}': one token is for one resource`,
        fix: 'ask for one token after the other',
      })
    }
    targets.push(resolved.value)
  }
  return success(targets)
}

function checkCharacters(text: string): BadTarget | null {
  if (text.trim() === '') return { reason: 'is empty', fix: 'give a scope, a resource or a short name such as arm' }
  const unquoted = text.trim().replace(/^["'`](.*)["'`]$/, '$1')
  if (unquoted !== text && checkCharacters(unquoted) === null) {
    return { reason: 'has quotes or spaces around it', suggestion: unquoted }
  }
  if (/\s/.test(text)) return { reason: 'holds a space', fix: 'give each scope by itself: --scope A --scope B' }
  // RFC 6749 section 3.3: a scope is printable ASCII without `"` and `\`; the rest here can be in no URI (RFC 3986).
  const wrong = /[^\x21-\x7e]|["'`\\<>^{|}]/.exec(text)
  if (wrong === null) return null
  const shown = /[\x21-\x7e]/.test(wrong[0]) ? `\`${wrong[0]}\`` : 'a character that is not plain ASCII'
  return { reason: `holds ${shown}, which no scope can`, fix: 'give it without quotes' }
}

function resolveAlias(text: string, cloud: CloudName): Result<ResolvedTarget, BadTarget> {
  const resource = findResource(text)
  if (resource === null) {
    if (text.toLowerCase() === 'dataverse') {
      return failure({
        reason: 'has one resource for each organisation',
        fix: 'give the URL of yours: https://ORG.crm.dynamics.com',
      })
    }
    const suggestion = nearestName(text, resourceAliases)
    return failure({
      reason: 'is no short name of a service',
      fix: 'give a scope such as https://vault.azure.net/.default, a resource URI, an app id, or one of the short names (azid explain resource)',
      ...(suggestion === null ? {} : { suggestion }),
    })
  }
  const scope = scopeOfAlias(text, cloud)
  if (scope === null) {
    return failure({
      reason: `has no known resource in the ${cloud} cloud (known in: ${cloudsOfAlias(text).join(', ')})`,
      fix: 'give the resource as a URI',
    })
  }
  return success({
    scope,
    resource: scopeToResource(scope),
    alias: resource.alias,
    name: resource.name,
    isDelegated: false,
    note: null,
  })
}

function resolveUrl(text: string, kind: TargetKind): Result<ResolvedTarget, BadTarget> {
  const url = parseUrl(text)
  if (url === null || url.hostname === '') return failure({ reason: 'is not a URL' })
  if (url.username !== '' || url.password !== '') return failure({ reason: 'holds a user name or password' })
  const isScope = text.endsWith(defaultScope)
  const instance = isOwnResource(text) ? null : findInstance(url.hostname)
  if (instance !== null) return failure(addressOf(instance))
  if (url.search !== '' || url.hash !== '') return failure(requestTo(url))
  // A storage account is a resource of its own, what is in it is not.
  if (storageHost.test(url.hostname) && !/^\/(?:\.default)?$/.test(url.pathname)) return failure(requestTo(url))
  if (isScope) return success(ofResource(scopeToResource(text)))
  if (kind === 'resource') return success(ofResource(text))
  const permission = permissionOf(url, text)
  if (permission !== null && (apiPaths.test(permission.name) || permission.name.includes('/')))
    return failure(requestTo(url))
  if (permission !== null) return success(ofPermission(text, permission.resource))
  if (kind === 'target') return success(ofResource(text))
  if (url.pathname === '/' || findAudience(text) !== null) return failure(scopeWithout(text))
  return success(ofPermission(text, text.slice(0, text.lastIndexOf('/'))))
}

/** Is the URL itself, up to a permission, a resource of the table? Then no instance of a service is meant. */
function isOwnResource(text: string): boolean {
  if (findAudience(scopeToResource(text)) !== null) return true
  return findAudience(text.replace(/\/[^/]*$/, '')) !== null
}

/** The part of a URL behind a resource of the table: `User.Read` of `https://graph.microsoft.com/User.Read`. */
function permissionOf(url: URL, text: string): { readonly resource: string; readonly name: string } | null {
  if (findAudience(text) !== null) return null
  for (let end = text.length; end > url.origin.length; end = text.lastIndexOf('/', end - 1)) {
    const resource = text.slice(0, end)
    if (end < text.length && findAudience(resource) !== null) return { resource, name: text.slice(end + 1) }
  }
  if (findAudience(url.origin) === null) return null
  return { resource: url.origin, name: url.pathname.slice(1) }
}

function addressOf({ alias, name }: { readonly alias: string; readonly name: string }): BadTarget {
  return { reason: `is the address of one instance of ${name}; a token is for the service`, suggestion: alias }
}

function requestTo(url: URL): BadTarget {
  const resource = findAudience(url.origin)
  const reason = 'is the address of a request, not a resource'
  return resource === null ? { reason, suggestion: url.origin } : { reason, suggestion: resource.alias }
}

function scopeWithout(text: string): BadTarget {
  return { reason: 'is a resource, not a scope', suggestion: text.replace(/\/?$/, defaultScope) }
}

/** `api://…`, `spn:…` and other schemes of one's own APIs. */
function resolveOtherUri(text: string, kind: TargetKind): Result<ResolvedTarget, BadTarget> {
  if (/^http:\/\//i.test(text)) {
    const secure = text.replace(/^http:/i, 'https:')
    const bare = scopeToResource(secure)
    if (findAudience(bare) !== null) return failure({ reason: 'begins with http://', suggestion: secure })
  }
  if (text.endsWith(defaultScope)) return success(ofResource(scopeToResource(text)))
  if (kind !== 'resource') {
    const own = /^(api:\/\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/[^/]+$/i.exec(text)
    if (own?.[1] !== undefined) return success(ofPermission(text, own[1]))
    if (kind === 'scope' && text.lastIndexOf('/') > text.indexOf('://') + 2) {
      return success(ofPermission(text, text.slice(0, text.lastIndexOf('/'))))
    }
  }
  return success(ofResource(text))
}

/** Without a scheme: an app id with a permission, a host that lacks its `https://`, or a delegated scope of Microsoft Graph. */
function resolveBare(text: string): Result<ResolvedTarget, BadTarget> {
  const slash = text.indexOf('/')
  const head = slash === -1 ? text : text.slice(0, slash)
  const rest = slash === -1 ? '' : text.slice(slash)
  if (guid.test(head)) {
    if (rest === defaultScope) return success(ofResource(head))
    if (/^\/[^/]+$/.test(rest)) return success(ofPermission(text, head))
    return failure({ reason: 'is no scope of an app id', suggestion: head })
  }
  const host = head.toLowerCase().replace(/:\d+$/, '')
  if (
    findAudience(`https://${host}`) !== null ||
    findInstance(host) !== null ||
    (head === host && hostEnds.test(host))
  ) {
    return failure({ reason: 'lacks its scheme', suggestion: `https://${text}` })
  }
  if (rest === '' && /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)+$/.test(head))
    return success(ofPermission(text, graphResource))
  if (signInScopes.includes(text)) return success(ofPermission(text, graphResource))
  return failure({
    reason: 'is neither a scope, a resource nor a short name',
    fix: 'give a scope such as https://vault.azure.net/.default, a resource URI, an app id, or a short name such as arm',
  })
}

function ofResource(resource: string): ResolvedTarget {
  const known = findAudience(resource)
  return {
    scope: `${resource}${defaultScope}`,
    resource,
    alias: known?.alias ?? null,
    name: known?.name ?? null,
    isDelegated: false,
    note: slashNote(resource, known?.name ?? ''),
  }
}

/** Services that compare `aud` strictly refuse the other form, so the difference is worth a word. */
function slashNote(resource: string, name: string): string | null {
  const registered = otherFormOf(resource)
  if (registered === null) return null
  return `${name} is usually asked for as '${registered}${defaultScope}'; the token's audience will be as asked, '${resource}'`
}

function ofPermission(scope: string, resource: string): ResolvedTarget {
  const known = findAudience(resource)
  return { scope, resource, alias: known?.alias ?? null, name: known?.name ?? null, isDelegated: true, note: null }
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
