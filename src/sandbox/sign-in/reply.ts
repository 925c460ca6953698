/** The answer of the authorize endpoint to the app: a code or an error, at its redirect URI, in the mode it asked for. */
import type { Answer } from '../exchange.ts'
import { type Html, html } from '../pages/html.ts'
import { answerPage, type PageFacts } from '../pages/layout.ts'
import { describeRefusal, type Refusal, type RefusalContext } from '../refusals.ts'
import type { ReplyAddress } from './flows.ts'
import { formTargetOf } from './redirect-uris.ts'

const submitScriptPath = '/shared/submit.js'

export function replyWith(
  parameters: Readonly<Record<string, string | undefined>>,
  { redirectUri, mode, state }: ReplyAddress,
  facts: PageFacts,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const given = Object.entries({ ...parameters, state }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  if (mode === 'form_post') return postReply(given, redirectUri, facts, headers)
  const text = new URLSearchParams(given.map(([name, value]): [string, string] => [name, value])).toString()
  const separator = mode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?'
  return { status: 302, headers: { ...headers, location: `${redirectUri}${separator}${text}` }, body: '' }
}

export function replyWithError(
  refusal: Refusal,
  address: ReplyAddress,
  facts: PageFacts,
  context: RefusalContext,
): Answer {
  const parameters = {
    error: refusal.error,
    error_subcode: refusal.name === 'consent-declined' ? 'cancel' : undefined,
    error_description: describeRefusal(refusal, context),
    error_uri: `${context.origin}/error?code=${refusal.code}`,
  }
  return { ...replyWith(parameters, address, facts), refusal }
}

/** A form that a script sends; without scripts the person does. */
function postReply(
  given: readonly (readonly [string, string])[],
  redirectUri: string,
  facts: PageFacts,
  headers: Readonly<Record<string, string>>,
): Answer {
  const fields: readonly Html[] = given.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">
`,
  )
  const body = html`<h1>Working...</h1>
<form method="post" action="${redirectUri}" data-submit>
${fields}<p>You are being sent back to the app. If nothing happens, continue by hand.</p>
<div class="buttons"><button class="primary" type="submit" autofocus>Continue</button></div>
</form>`
  return answerPage({
    title: 'Working... - azid sandbox',
    body,
    facts,
    formTargets: [formTargetOf(redirectUri)],
    script: submitScriptPath,
    headers,
  })
}

export const submitScript: Answer = {
  status: 200,
  headers: { 'content-type': 'text/javascript; charset=utf-8' },
  body: "document.querySelector('form[data-submit]')?.submit()\n",
}
