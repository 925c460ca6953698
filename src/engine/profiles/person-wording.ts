/**
 * What each SDK says of a person who signs in, or should. Python's, JS's, Go's and .NET's texts are theirs where they have
 * one (`Interactive authentication…`, `Failed to open a browser`, `Timed out…`); the rest are azid's own words.
 */
import type { ProblemFacts } from '../problems.ts'
import type { PersonFacts } from '../sign-in/facts.ts'
import type { CredentialName, SdkName } from '../types.ts'

type PersonWording = {
  readonly [Code in keyof PersonFacts]: (facts: ProblemFacts[Code], credential: CredentialName) => string
}

const own: Omit<PersonWording, 'sign-in-needed'> = {
  'accounts-ambiguous': ({ found }) =>
    `several accounts are signed in, and nothing says which one is meant: ${found.map(({ username, tenantId }) => `${username} (tenant ${tenantId})`).join(', ')}`,
  'sign-in-other-account': ({ wanted, got }) => `signed in as ${got}, but ${wanted} was asked for`,
  'browser-unavailable': ({ reason }) => `no browser can be used here: ${reason}`,
  'loopback-unavailable': ({ port, detail }) =>
    `nothing can listen ${port === 0 ? 'on localhost' : `on port ${port} of localhost`} for the end of the sign-in: ${detail}`,
  'sign-in-timed-out': ({ timeoutMs }) => `nobody signed in within ${seconds(timeoutMs)} seconds`,
  'device-code-expired': ({ lifetimeMs }) =>
    `the device code was not used within its ${seconds(lifetimeMs)} seconds, and has expired`,
  'sign-in-answer-unusable': ({ reason }) => `the answer of the sign-in page cannot be used: ${reason}`,
}

function seconds(ms: number): number {
  return Math.round(ms / 1000)
}

export const personWording = {
  python: {
    ...own,
    'sign-in-needed': () => "Interactive authentication is required to get a token. Call 'authenticate' to begin.",
    'browser-unavailable': () => 'Failed to open a browser',
    'loopback-unavailable': () => "Couldn't start an HTTP server on localhost",
    'sign-in-timed-out': ({ timeoutMs, way }) =>
      way === 'device-code'
        ? 'Timed out waiting for user to authenticate'
        : `Timed out after waiting ${seconds(timeoutMs)} seconds for the user to authenticate`,
    'device-code-expired': () => 'Timed out waiting for user to authenticate',
    'sign-in-answer-unusable': ({ reason }) => `Authentication failed: ${reason}`,
  },
  js: {
    ...own,
    'sign-in-needed': () => 'Automatic authentication has been disabled. You may call the authentication() method.',
    'device-code-expired': () =>
      'device_code_expired: See https://aka.ms/msal.js.errors#device_code_expired for details',
  },
  dotnet: {
    ...own,
    'sign-in-needed': (_, credential) =>
      credential === 'DeviceCodeCredential'
        ? 'Interactive authentication is needed to acquire token. Call Authenticate to initiate the device code authentication.'
        : 'Interactive authentication is needed to acquire token. Call Authenticate to interactively authenticate.',
  },
  java: {
    ...own,
    'sign-in-needed': () =>
      'Interactive authentication is needed to acquire token. Call Authenticate to initiate the device code authentication.',
  },
  go: {
    ...own,
    'sign-in-needed': (_, credential) =>
      `${credential} can't acquire a token without user interaction. Call Authenticate to authenticate a user interactively`,
  },
} as const satisfies Record<SdkName, PersonWording>
