/** Where a run of `azid chain` parts from the chosen SDK on purpose: azid asks the host of an identity itself, the SDK a proxy. */
import { managedIdentityProfile } from '../engine/managed-identity/profile.ts'
import type { ProxyInTheWay } from '../engine/managed-identity/proxy-in-the-way.ts'
import type { Attempt, AttemptOutcome, CredentialName, SdkName } from '../engine/types.ts'
import type { Env } from '../runtime.ts'

export interface Detour extends ProxyInTheWay {
  /** The host that azid asked itself, or in a dry run would ask. */
  readonly host: string
  /** What came of asking it; `not-attempted` in a dry run. */
  readonly outcome: AttemptOutcome
}

/** Null: the SDK asks the same host, or nobody was asked. */
export function findDetour(attempts: readonly Attempt[], sdk: SdkName, env: Env): Detour | null {
  const { findProxy } = managedIdentityProfile(sdk)
  for (const { credential, outcome, direct = [] } of attempts) {
    if (credential !== detoured) continue
    for (const url of direct) {
      const found = findProxy(url, env)
      if (found !== null) return { ...found, host: new URL(url).hostname, outcome }
    }
  }
  return null
}

/** Others go where the variables say, as they do in the SDKs. */
const detoured: CredentialName = 'ManagedIdentityCredential'

/** Whether the SDK would have come to the proxy before it had a token. */
export function isOnTheWay(attempts: readonly Attempt[], winner: CredentialName | null): boolean {
  const names = attempts.map(({ credential }) => credential)
  return winner === null || names.indexOf(detoured) <= names.indexOf(winner)
}
