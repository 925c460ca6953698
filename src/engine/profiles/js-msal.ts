/** How MSAL for Node 7.2.1 words what a token service, a host or the network did, as @azure/identity passes it on. */
import type { ProblemFacts, StsRefusal } from '../problems.ts'

const notAvailable = 'Not Available'

/** An error object in MSAL's members. */
export interface ServerError {
  readonly error?: string | undefined
  readonly description?: string | undefined
  readonly codes?: readonly unknown[] | undefined
  readonly timestamp?: string | undefined
  readonly correlationId?: string | undefined
  readonly traceId?: string | undefined
}

/** MSAL names its own errors and leaves the words to a page. */
export function wordClientAuth(code: string): string {
  return `${code}: See https://aka.ms/msal.js.errors#${code} for details`
}

export function wordServerError(said: ServerError): string {
  const { error, description, codes, timestamp, correlationId, traceId } = said
  const numbers = codes === undefined || codes.length === 0 ? notAvailable : codes.join(',')
  return `${error ?? ''}: Error(s): ${numbers} - Timestamp: ${or(timestamp)} - Description: ${or(description)} - Correlation ID: ${or(correlationId)} - Trace ID: ${or(traceId)}`
}

function or(text: string | undefined): string {
  return text === undefined || text === '' ? notAvailable : text
}

/** What calls for a person: MSAL then says no more than the service did. */
const personErrors = [
  'interaction_required',
  'consent_required',
  'login_required',
  'bad_token',
  'ui_not_allowed',
  'interrupted_user',
]
const personSuberrors = [
  'message_only',
  'additional_action',
  'basic_action',
  'user_password_expired',
  'consent_required',
  'bad_token',
  'ui_not_allowed',
  'interrupted_user',
]

export function wordServer(refusal: StsRefusal): string {
  const { error, description, suberror, codes, timestamp, correlationId, traceId, body } = refusal
  const isForPerson =
    personErrors.includes(error) ||
    personSuberrors.includes(suberror ?? '') ||
    personErrors.some((each) => description.includes(each))
  if (isForPerson) return `${error}: ${description}`
  const numbers = readMember(body, 'error_codes')
  return wordServerError({
    error,
    description,
    codes: Array.isArray(numbers) ? numbers : body === undefined ? codes.map((code) => code.replace('AADSTS', '')) : [],
    timestamp,
    correlationId,
    traceId,
  })
}

/** Undefined: the text is cut, or no object, or has no such member. */
function readMember(text: string | undefined, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  } catch {
    return undefined
  }
}

/** What is no JSON is made into an error object that quotes the whole answer. */
export function wordPage(status: number, text: string, headers: Readonly<Record<string, string>>): string {
  const [error, who] =
    status >= 400 && status < 500
      ? ['client_error', 'A client']
      : status >= 500 && status < 600
        ? ['server_error', 'A server']
        : ['unknown_error', 'An unknown']
  const description = [
    `${who} error occured.`,
    `Http status code: ${status}`,
    `Http status message: ${text === '' ? 'Unknown' : text}`,
    `Headers: ${JSON.stringify(headers)}`,
  ].join('\n')
  return wordServerError({ error, description })
}

/** The library reads an answer that calls itself JSON before MSAL does, and throws what MSAL takes for a broken network. */
export function isBrokenJson(text: string, headers: Readonly<Record<string, string>> | undefined): boolean {
  return text !== '' && /^(?:application|text)\/json\b/i.test(headers?.['content-type'] ?? '')
}

/** A token endpoint's answer that is neither a token nor an OAuth error. */
export function wordUnreadable({
  status,
  body,
  excerpt,
  headers,
  request,
}: ProblemFacts['token-answer-unreadable']): string {
  const text = body ?? excerpt
  if (request?.method === 'GET') return wordClientAuth('endpoints_resolution_error')
  try {
    JSON.parse(text)
  } catch {
    return isBrokenJson(text, headers) ? wordClientAuth('network_error') : wordPage(status, text, headers ?? {})
  }
  return 'Response had no "expiresOn" property.'
}
