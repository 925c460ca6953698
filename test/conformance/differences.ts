/**
 * Where azid says or asks something else than an SDK, and why. Only words and requests: who is tried, what comes of each and
 * who wins is never excused, which the type of a row sees to.
 */
import type { Aspect } from './compare.ts'
import type { Judge } from './scenarios.ts'

export type ExcusedAspect = Extract<Aspect, 'message' | 'links' | 'requests'>

export interface AllowedDifference {
  readonly scenario: string
  readonly judges: readonly Judge[]
  readonly aspects: readonly ExcusedAspect[]
  readonly reason: string
}

const words = ['message', 'links'] as const
const wordsAndRequests = ['message', 'links', 'requests'] as const

const password =
  'azid sends nobody’s password: it knows the three variables, fails as the SDK does, and says that this way of signing in is deprecated'
const manyTenants =
  'MSAL for Node refuses `common` and `organizations` for an app before it asks; Entra refuses them as well, in its own words'
const notSent =
  'what is in the file goes to the service only if it is a JWT: a wrong path may name a private key (azure-identity sends any file’s content)'

export const allowedDifferences: readonly AllowedDifference[] = [
  { scenario: 'username-password', judges: ['python', 'js', 'go'], aspects: wordsAndRequests, reason: password },
  { scenario: 'tenant-common', judges: ['python', 'go'], aspects: wordsAndRequests, reason: manyTenants },
  { scenario: 'tenant-organizations', judges: ['python', 'go'], aspects: wordsAndRequests, reason: manyTenants },
  { scenario: 'workload-empty', judges: ['python', 'go'], aspects: wordsAndRequests, reason: notSent },
  { scenario: 'workload-not-jwt', judges: ['python', 'js', 'go'], aspects: wordsAndRequests, reason: notSent },
  {
    scenario: 'workload-tenant-malformed',
    judges: ['python'],
    aspects: wordsAndRequests,
    reason:
      'a tenant that is neither id nor domain is put into no address; azure-identity for Python 1.27.0 does so for client assertions alone (`_internal/aad_client_base.py`)',
  },
  {
    scenario: 'authority-with-path',
    judges: ['python'],
    aspects: ['requests'],
    reason: 'it is known beforehand that no tenant’s metadata are at such an address, so it is not asked',
  },
  {
    scenario: 'imds-other-address',
    judges: ['go'],
    aspects: words,
    reason:
      'azidentity for Go 1.15.0 knows no variable for another address of IMDS (`managed_identity_client.go`); azid follows it, but to loopback, where tests have a stand-in',
  },
  {
    scenario: 'imds-cut-json',
    judges: ['python'],
    aspects: words,
    reason: 'the answer holds the beginning of a token, which azure-core prints and azid never does',
  },
]
