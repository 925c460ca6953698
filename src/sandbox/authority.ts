/** The authority's routes: which path answers what. A new endpoint is a row here. */
import { answerConfiguration, answerInstance, answerKeys } from './discovery.ts'
import { type Answer, type Exchange, notFound } from './exchange.ts'
import { answerGithub, answerPipelines } from './job-tokens.ts'
import { answerSubscriptions, answerTenants } from './management.ts'
import type { Refusal } from './refusals.ts'
import { answerAuthorize } from './sign-in/authorize.ts'
import { answerDeviceCode } from './sign-in/device-codes.ts'
import { answerDeviceLogin, answerLogin } from './sign-in/login.ts'
import { answerLogout } from './sign-in/logout.ts'
import { submitScript } from './sign-in/reply.ts'
import type { SandboxState } from './state.ts'
import { answerToken } from './token-endpoint.ts'

/** What an endpoint is for, as faults and the request log name it. */
export type EndpointName =
  | 'instance'
  | 'configuration'
  | 'keys'
  | 'token'
  | 'managed-identity'
  | 'job-token'
  | 'management'
  | 'device-code'
  | 'sign-in'
  | 'sign-out'

interface Route {
  readonly name: EndpointName
  /** Its first group is the tenant. */
  readonly path: RegExp
  answer(exchange: Exchange, tenant: string, state: SandboxState): Answer | Refusal | Promise<Answer | Refusal>
}

const routes: readonly Route[] = [
  {
    name: 'instance',
    path: /^\/(common)\/discovery\/instance$/i,
    answer: (exchange, _, state) => answerInstance(exchange, state),
  },
  {
    name: 'token',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/token\/?$/i,
    answer: (exchange, tenant, state) => answerToken(exchange, tenant, 2, state),
  },
  {
    name: 'token',
    path: /^\/([^/]+)\/oauth2\/token\/?$/i,
    answer: (exchange, tenant, state) => answerToken(exchange, tenant, 1, state),
  },
  {
    name: 'sign-in',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/authorize\/?$/i,
    answer: (exchange, tenant, state) => answerAuthorize(exchange, tenant, state),
  },
  {
    name: 'sign-in',
    path: /^\/(common)\/login$/i,
    answer: (exchange, _, state) => answerLogin(exchange, state),
  },
  {
    name: 'sign-in',
    path: /^\/(devicelogin)\/?$/i,
    answer: (exchange, _, state) => answerDeviceLogin(exchange, state),
  },
  {
    name: 'sign-in',
    path: /^\/(shared)\/submit\.js$/,
    answer: () => submitScript,
  },
  {
    name: 'sign-out',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/logout\/?$/i,
    answer: (exchange, _, state) => answerLogout(exchange, state),
  },
  {
    name: 'device-code',
    path: /^\/([^/]+)\/oauth2\/v2\.0\/devicecode\/?$/i,
    answer: (exchange, tenant, state) => answerDeviceCode(exchange, tenant, state),
  },
  {
    name: 'configuration',
    path: /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/i,
    answer: (exchange, tenant, state) => answerConfiguration(exchange, tenant, 2, state),
  },
  {
    name: 'configuration',
    path: /^\/([^/]+)\/\.well-known\/openid-configuration$/i,
    answer: (exchange, tenant, state) => answerConfiguration(exchange, tenant, 1, state),
  },
  {
    name: 'keys',
    path: /^\/([^/]+)\/discovery\/v2\.0\/keys$/i,
    answer: (exchange, tenant, state) => answerKeys(exchange, tenant, 2, state),
  },
  {
    name: 'keys',
    path: /^\/([^/]+)\/discovery\/keys$/i,
    answer: (exchange, tenant, state) => answerKeys(exchange, tenant, 1, state),
  },
  {
    name: 'job-token',
    path: /^\/([^/]+)\/[^/]+\/_apis\/distributedtask\/hubs\/build\/plans\/[^/]+\/jobs\/[^/]+\/oidctoken$/i,
    answer: (exchange, _, state) => answerPipelines(exchange, state),
  },
  {
    name: 'job-token',
    path: /^\/([^/]+)\/_apis\/distributedtask\/hubs\/Actions\/plans\/[^/]+\/jobs\/[^/]+\/idtoken$/i,
    answer: (exchange, _, state) => answerGithub(exchange, state),
  },
  {
    name: 'management',
    path: /^\/(subscriptions)\/?$/i,
    answer: (exchange, _, state) => answerSubscriptions(exchange, state),
  },
  {
    name: 'management',
    path: /^\/(tenants)\/?$/i,
    answer: (exchange, _, state) => answerTenants(exchange, state),
  },
]

/** The endpoint that a path belongs to; null for none. */
export function endpointOf(path: string): EndpointName | null {
  return routes.find((route) => route.path.test(path))?.name ?? null
}

export async function answerExchange(exchange: Exchange, state: SandboxState): Promise<Answer | Refusal> {
  for (const route of routes) {
    const match = route.path.exec(exchange.path)
    if (match !== null) return route.answer(exchange, decodeSegment(match[1] ?? ''), state)
  }
  return notFound
}

/** A segment that cannot be decoded stays as it is, and is no tenant. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
