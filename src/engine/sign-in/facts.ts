/** What can go wrong when a person signs in, or should. */
import type { NotAsked, SignInWay } from '../types.ts'

export interface PersonFacts {
  /** Nothing that is remembered gives a token, and nobody was asked. */
  'sign-in-needed': {
    readonly why: NotAsked | 'no-refresh-token'
    /** Whose sign-in is meant, where that was said. */
    readonly username?: string
    readonly tenantId?: string
    readonly clientId?: string
  }
  /** Several accounts are remembered, and nothing says which one is meant. */
  'accounts-ambiguous': {
    readonly found: readonly { readonly username: string; readonly tenantId: string; readonly clientId: string }[]
  }
  /** Somebody signed in, but not the one who was asked for. */
  'sign-in-other-account': { readonly wanted: string; readonly got: string }
  /** There is no browser, or it cannot come back to this machine. */
  'browser-unavailable': {
    readonly where: 'no-display' | 'ssh' | 'wsl' | 'codespaces' | 'container' | 'not-opened'
    /** `this is an SSH session without a display` */
    readonly reason: string
  }
  /** Nothing could listen for the browser to come back. */
  'loopback-unavailable': {
    readonly port: number
    readonly code: 'in-use' | 'denied' | 'other'
    readonly detail: string
  }
  /** The person did not finish in time. */
  'sign-in-timed-out': { readonly timeoutMs: number; readonly way: SignInWay }
  'device-code-expired': { readonly lifetimeMs: number }
  /** The authority came back with something that is no answer to what was asked. */
  'sign-in-answer-unusable': { readonly reason: string }
}

export const personClasses = {
  'sign-in-needed': 'person',
  'accounts-ambiguous': 'person',
  'sign-in-other-account': 'person',
  'browser-unavailable': 'person',
  'loopback-unavailable': 'refused',
  'sign-in-timed-out': 'network',
  'device-code-expired': 'network',
  'sign-in-answer-unusable': 'refused',
} as const satisfies Record<keyof PersonFacts, 'refused' | 'person' | 'network'>
