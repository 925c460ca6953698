/** What can go wrong with sign-ins that other programs keep: the shared token cache, VS Code, the system's broker. */
import type { JsonType } from './tool-facts.ts'

export interface SignInFacts {
  /** No account, or not exactly one, fits. */
  'shared-cache-accounts': {
    readonly path: string
    readonly reason: 'none' | 'several' | 'none-matches' | 'several-match'
    readonly username?: string
    readonly tenantId?: string
    /** User names of those that are there. */
    readonly found: readonly string[]
  }
  /** It is there, and sealed in a way that only its own libraries open. */
  'shared-cache-closed': { readonly path: string; readonly protection: 'DPAPI' | 'the keychain' }
  'shared-cache-unreadable': {
    readonly path: string
    /** Where its JSON breaks off, in the words of Python's parser; empty when it is JSON. */
    readonly detail: string
    readonly type: JsonType | 'not-json'
  }
  /** The account is there, its access token has ended, and the refresh token is another program's. */
  'shared-cache-ended': { readonly path: string; readonly username: string }
  /** VS Code's tokens are the broker's, and the plug-in that asks it is missing. */
  'vscode-unavailable': {
    readonly record:
      | { readonly state: 'missing' }
      | { readonly state: 'found'; readonly path: string; readonly username: string; readonly tenantId: string }
      | { readonly state: 'unusable'; readonly path: string; readonly reason: string }
  }
  /** The plug-in that asks the operating system's broker is missing. */
  'broker-unavailable': {
    /** Windows, or Linux in WSL. */
    readonly hasBroker: boolean
  }
}

export const signInClasses = {
  'shared-cache-accounts': 'refused',
  'shared-cache-closed': 'refused',
  'shared-cache-unreadable': 'refused',
  'shared-cache-ended': 'person',
  'vscode-unavailable': 'refused',
  'broker-unavailable': 'refused',
} as const satisfies Record<keyof SignInFacts, 'refused' | 'person'>
