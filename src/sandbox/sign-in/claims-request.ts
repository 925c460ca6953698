/** The `claims` parameter of a user's sign-in: what the client can handle, and what a challenge before it asked for. */
import { failure, type Result, success } from '../../result.ts'
import { readCapability } from '../grants/client-credentials.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { isObject } from '../signed-token.ts'

export interface ClaimsRequest {
  /** The client handles claims challenges: `cp1`. */
  readonly isCaeCapable: boolean
  /** Authentication contexts that the token must have: `acrs`. */
  readonly contexts: readonly string[]
  /** A policy's id is named, so the second factor is due. */
  readonly namesPolicy: boolean
}

export function readClaimsRequest(claims: string | undefined): Result<ClaimsRequest, Refusal> {
  const isCaeCapable = readCapability(claims)
  if (!isCaeCapable.ok) return isCaeCapable
  const parsed: unknown = JSON.parse(claims ?? '{}')
  const wanted = isObject(parsed) && isObject(parsed['access_token']) ? parsed['access_token'] : {}
  const contexts = valuesOf(wanted['acrs'])
  if (contexts.some((context) => !/^(?:c(?:[1-9]|[1-9][0-9])|p1|urn:[\w:.-]+)$/.test(context))) {
    return failure(refuse('request-malformed', {}))
  }
  return success({
    isCaeCapable: isCaeCapable.value,
    contexts,
    namesPolicy: valuesOf(wanted['capolids']).length > 0,
  })
}

/** `value` and `values` of a claim that is essential; of any other nothing is due. */
function valuesOf(claim: unknown): readonly string[] {
  if (!isObject(claim) || claim['essential'] !== true) return []
  const values = Array.isArray(claim['values']) ? claim['values'] : [claim['value']]
  return values.flatMap((value: unknown) =>
    typeof value === 'string' || typeof value === 'number' ? [`${value}`] : [],
  )
}
