/** The page for what cannot go on: Entra's words, its code, and the ids by which an administrator finds it. */
import type { Answer } from '../exchange.ts'
import type { Refusal } from '../refusals.ts'
import { type Html, html } from './html.ts'
import { answerPage, listFacts, type PageFacts } from './layout.ts'

/** Some refusals have a page of their own. */
const headings: Readonly<Partial<Record<Refusal['name'], { readonly title: string; readonly text: string }>>> = {
  'access-blocked': {
    title: 'You cannot access this right now',
    text: 'Your sign-in was successful but does not meet the criteria to access this resource. For example, you might be signing in from a browser, app, or location that is restricted by your admin.',
  },
  'mfa-enrollment': {
    title: 'More information required',
    text: 'Your organization needs more information to keep your account secure: a second factor, which this account has not set up.',
  },
  'consent-admin-only': {
    title: 'Need admin approval',
    text: 'This app needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.',
  },
  'tokens-do-not-match': {
    title: 'This page is out of date',
    text: 'The sign-in that this page belongs to has ended, or was begun in another browser. Go back to the app and sign in again.',
  },
}

export interface ErrorPage {
  readonly refusal: Refusal
  readonly facts: PageFacts
  /** What the person can still do. */
  readonly actions?: Html
  readonly formTargets?: readonly string[]
}

export function answerErrorPage({ refusal, facts, actions, formTargets }: ErrorPage): Answer {
  const { title, text } = headings[refusal.name] ?? {
    title: 'Sign in',
    text: "Sorry, but we're having trouble signing you in.",
  }
  const body = html`<h1>${title}</h1>
<p>${text}</p>
<p class="message" role="alert">${refusal.text}</p>
<dl><dt>Error Code</dt><dd>${refusal.code}</dd>
${listFacts(facts)}</dl>
${actions}`
  const answer = answerPage({
    title: `${title} - azid sandbox`,
    body,
    facts,
    hidesFacts: true,
    isWide: true,
    // Entra shows its error pages with 200; trouble of the service itself keeps its status.
    status: refusal.status >= 429 ? refusal.status : 200,
    ...(formTargets === undefined ? {} : { formTargets }),
  })
  return { ...answer, refusal }
}
