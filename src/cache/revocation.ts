/**
 * Claims challenges of a revoked token: `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`. They ask for
 * a token issued after that time, nothing else about it
 * (https://learn.microsoft.com/entra/identity-platform/app-resilience-continuous-access-evaluation).
 */

/** The time asked for, in seconds since the epoch; null when the challenge asks for anything else, too. */
export function readRevocation(claims: string): number | null {
  const accessToken = onlyMember(parse(claims), 'access_token')
  const notBefore = onlyMember(accessToken, 'nbf')
  if (!isRecord(notBefore)) return null
  const { value, essential, ...more } = notBefore
  if (Object.keys(more).length > 0 || (essential !== undefined && typeof essential !== 'boolean')) return null
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || !/^\d{1,12}$/.test(text)) return null
  return Number(text)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function onlyMember(value: unknown, name: string): unknown {
  return isRecord(value) && Object.keys(value).length === 1 ? value[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
