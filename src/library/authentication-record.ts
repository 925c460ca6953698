/** The record of a sign-in in the form of the SDKs: it holds no secret, and selects an account in a cache that is kept. */
import type { AuthenticationRecord as EngineRecord } from '../engine/types.ts'

export interface AuthenticationRecord {
  /** The host by which the cloud is known in caches. */
  authority: string
  homeAccountId: string
  clientId: string
  tenantId: string
  username: string
}

const version = '1.0'

/** JSON that the SDKs read too. */
export function serializeAuthenticationRecord(record: AuthenticationRecord): string {
  const { authority, homeAccountId, clientId, tenantId, username } = record
  return JSON.stringify({ authority, homeAccountId, clientId, tenantId, username, version })
}

/** Throws where the text is no record, or one of another version; a record without a version is taken, as in the SDK. */
export function deserializeAuthenticationRecord(serializedRecord: string): AuthenticationRecord {
  const parsed: unknown = JSON.parse(serializedRecord)
  if (typeof parsed !== 'object' || parsed === null) throw new Error('an AuthenticationRecord is a JSON object')
  const { version: given, ...members } = parsed as Record<string, unknown>
  if (given !== undefined && given !== '' && given !== version)
    throw new Error('Unsupported AuthenticationRecord version')
  const text = (name: string): string => {
    const value = members[name]
    if (typeof value !== 'string') throw new Error(`the AuthenticationRecord has no ${name}`)
    return value
  }
  return {
    authority: text('authority'),
    homeAccountId: text('homeAccountId'),
    clientId: text('clientId'),
    tenantId: text('tenantId'),
    username: text('username'),
  }
}

/** Only its own members: a caller's object may have more. */
export function toEngineRecord(record: AuthenticationRecord): EngineRecord {
  const { authority, homeAccountId, clientId, tenantId, username } = record
  return { authority, homeAccountId, clientId, tenantId, username }
}
