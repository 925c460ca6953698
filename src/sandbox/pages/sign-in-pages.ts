/** The pages on which a person signs in: plain forms, each with one question. */
import type { App, Resource, User } from '../directory.ts'
import type { Answer } from '../exchange.ts'
import type { Refusal } from '../refusals.ts'
import type { Flow } from '../sign-in/flows.ts'
import { formTargetOf } from '../sign-in/redirect-uris.ts'
import type { SessionAccount } from '../sign-in/sessions.ts'
import { type Html, html } from './html.ts'
import { answerPage, type PageFacts } from './layout.ts'

/** What every page of a flow needs. */
export interface FlowPage {
  readonly flow: Flow
  readonly facts: PageFacts
  /** What was wrong with the answer before. */
  readonly refusal?: Refusal
  readonly headers?: Readonly<Record<string, string>>
}

/** Where all forms go. */
export const formAction = '/common/login'

/** In words for the person who typed it; the code stands under the details. */
const complaints: Readonly<Partial<Record<Refusal['name'], string>>> = {
  'user-unknown': "We couldn't find an account with that username. Check how it is written, or use another one.",
  'password-wrong': 'Your account or password is incorrect.',
  'user-disabled': 'Your account has been disabled. Contact your support person to enable it, then try again.',
  'second-factor-wrong': 'You entered the wrong code. Look at your authenticator app and try again.',
  'user-code-unknown': "That code didn't work. Check the code and try again.",
  'user-code-expired': 'That code has expired. Ask the app for a new one.',
  'user-code-used': 'That code was used already. Ask the app for a new one.',
}

interface Form {
  readonly title: string
  readonly step: string
  readonly content: Html
  readonly buttons?: Html
}

function answerForm(page: FlowPage, { title, step, content, buttons }: Form): Answer {
  const { flow, facts, refusal, headers } = page
  const body = html`<form method="post" action="${formAction}" autocomplete="on" novalidate>
${hiddenFields(flow)}<input type="hidden" name="step" value="${step}">
${content}
${buttons === undefined ? undefined : html`<div class="buttons">${buttons}</div>`}
</form>
<form id="other" method="post" action="${formAction}">${hiddenFields(flow)}<input type="hidden" name="do" value="other"></form>`
  const answer = answerPage({
    title: `${title} - azid sandbox`,
    body,
    facts,
    formTargets: targetsOf(flow),
    ...(refusal === undefined ? {} : { code: refusal.code }),
    ...(headers === undefined ? {} : { headers }),
  })
  return refusal === undefined ? answer : { ...answer, refusal }
}

export function hiddenFields(flow: Flow): Html {
  return html`<input type="hidden" name="flow" value="${flow.id}"><input type="hidden" name="canary" value="${flow.csrf}">`
}

export function targetsOf({ purpose }: Flow): readonly string[] {
  return purpose.kind === 'authorize' ? [formTargetOf(purpose.request.reply.redirectUri)] : []
}

function complaint({ refusal }: FlowPage): Html | undefined {
  if (refusal === undefined) return undefined
  return html`<p class="error" id="error" role="alert">${complaints[refusal.name] ?? refusal.text}</p>`
}

interface Field {
  readonly name: string
  readonly label: string
  readonly type: 'text' | 'email' | 'password'
  readonly autocomplete: string
  readonly value?: string
  readonly className?: string
  readonly isNumeric?: boolean
  readonly longest?: number
}

function field(page: FlowPage, each: Field): Html {
  const isWrong = page.refusal !== undefined
  return html`${complaint(page)}<div class="field"><label for="${each.name}">${each.label}</label>
<input id="${each.name}" name="${each.name}" type="${each.type}" value="${each.value ?? ''}" class="${each.className ?? ''}" autocomplete="${each.autocomplete}" autocapitalize="none" spellcheck="false" inputmode="${each.isNumeric === true ? 'numeric' : each.type === 'email' ? 'email' : 'text'}" maxlength="${each.longest ?? 256}" aria-invalid="${isWrong ? 'true' : 'false'}" aria-describedby="${isWrong ? 'error' : 'about'}" required autofocus></div>`
}

function forApp(app: App): Html {
  return html`<p id="about" class="quiet">to continue to <b>${app.displayName}</b></p>`
}

/** In a form of its own, so that Enter in the field is never this button. */
const otherAccount = html`<p class="small"><button class="link" type="submit" form="other">Sign in with another account</button></p>`
const next = html`<button class="primary" type="submit">Next</button>`

export function codePage(page: FlowPage, typed: string): Answer {
  return answerForm(page, {
    title: 'Enter code',
    step: 'code',
    content: html`<h1>Enter code to allow access</h1>
<p id="about">Enter the code that your app or device shows. Do not enter codes from sources you don't trust.</p>
${field(page, { name: 'otc', label: 'Code', type: 'text', autocomplete: 'off', className: 'code', value: typed, longest: 32 })}`,
    buttons: next,
  })
}

export function usernamePage(page: FlowPage, app: App): Answer {
  const { domainHint, username } = page.flow
  const isDomain = domainHint?.includes('.') === true
  return answerForm(page, {
    title: 'Sign in',
    step: 'username',
    content: html`<h1>Sign in</h1>${forApp(app)}
${field(page, { name: 'loginfmt', label: isDomain ? `Username, such as someone@${domainHint}` : 'Username, such as someone@example.com', type: 'email', autocomplete: 'username', value: username })}`,
    buttons: next,
  })
}

export function passwordPage(page: FlowPage, user: User): Answer {
  return answerForm(page, {
    title: 'Enter password',
    step: 'password',
    content: html`<p class="who" id="about">${user.userPrincipalName}</p>
<h1>Enter password</h1>
<input type="text" name="loginfmt" value="${user.userPrincipalName}" autocomplete="username" hidden>
${field(page, { name: 'passwd', label: 'Password', type: 'password', autocomplete: 'current-password' })}
${otherAccount}`,
    buttons: html`<button class="primary" type="submit">Sign in</button>`,
  })
}

export function secondFactorPage(page: FlowPage, user: User): Answer {
  return answerForm(page, {
    title: 'Enter code',
    step: 'second-factor',
    content: html`<p class="who">${user.userPrincipalName}</p>
<h1>Enter code</h1>
<p id="about">Enter the code displayed in the authenticator app on your phone.</p>
${field(page, { name: 'otc', label: 'Code', type: 'text', autocomplete: 'one-time-code', className: 'digits', isNumeric: true, longest: 8 })}
${otherAccount}`,
    buttons: html`<button class="primary" type="submit">Verify</button>`,
  })
}

export function accountPage(page: FlowPage, app: App, accounts: readonly SessionAccount[]): Answer {
  const rows = accounts.map(
    ({ user }) => html`<li><button type="submit" name="account" value="${user.objectId}">${face(user.displayName)}
<span><b>${user.displayName}</b><span class="quiet">${user.userPrincipalName}</span><span class="quiet small">Signed in</span></span></button></li>
`,
  )
  return answerForm(page, {
    title: 'Pick an account',
    step: 'account',
    content: html`<h1>Pick an account</h1>${forApp(app)}
<ul class="accounts">
${rows}<li><button type="submit" name="do" value="other"><span class="face" aria-hidden="true">+</span><span>Use another account</span></button></li>
</ul>`,
  })
}

function face(name: string): Html {
  const letters = name.split(/\s+/).flatMap((word) => [...word].slice(0, 1))
  return html`<span class="face" aria-hidden="true">${[letters[0], letters.length > 1 ? letters.at(-1) : ''].join('').toUpperCase()}</span>`
}

export interface ConsentPage {
  readonly app: App
  readonly user: User
  readonly resource: Resource
  readonly permissions: readonly string[]
  readonly publisher: string
  readonly keepsAccess: boolean
}

export function consentPage(page: FlowPage, consent: ConsentPage): Answer {
  const { app, user, resource, permissions, publisher } = consent
  const rows = permissions.map((permission) => describePermission(permission, resource))
  const kept = html`<li><b>Maintain access to data you have given it access to</b><span class="quiet small">Also when you are not using the app</span></li>
`
  return answerForm(page, {
    title: 'Permissions requested',
    step: 'consent',
    content: html`<p class="who">${user.userPrincipalName}</p>
<h1>Permissions requested</h1>
<div class="app">${face(app.displayName)}<span><b>${app.displayName}</b><span class="quiet small">${publisher}</span></span></div>
<p>This app would like to:</p>
<ul class="permissions">
${rows}${consent.keepsAccess ? kept : undefined}</ul>
<p class="small quiet">Accepting means that you allow this app to use your data as its publisher says it will. The sandbox remembers it until it ends.</p>`,
    buttons: html`<button type="submit" name="do" value="cancel">Cancel</button><button class="primary" type="submit" name="do" value="accept" autofocus>Accept</button>`,
  })
}

/** The permissions that people meet most, in words. */
const permissionTexts: Readonly<Record<string, string>> = {
  'User.Read': 'Sign you in and read your profile',
  'User.ReadWrite': 'Read and update your profile',
  'User.Read.All': "Read all users' full profiles",
  'Mail.Read': 'Read your mail',
  'Mail.Send': 'Send mail as you',
  'Calendars.Read': 'Read your calendars',
  'Files.Read': 'Read your files',
  'Directory.AccessAsUser.All': 'Access the directory as you',
}

function describePermission(permission: string, resource: Resource): Html {
  const known = resource.signsNonce ? permissionTexts[permission] : undefined
  const own = permission === 'user_impersonation' ? `Access ${resource.name} as you` : `Use ${permission} as you`
  return html`<li><b>${known ?? own}</b><span class="quiet small">${resource.name}: ${permission}</span></li>
`
}

export function confirmPage(page: FlowPage, app: App, user: User): Answer {
  return answerForm(page, {
    title: 'Are you trying to sign in?',
    step: 'confirm',
    content: html`<p class="who">${user.userPrincipalName}</p>
<h1>Are you trying to sign in to ${app.displayName}?</h1>
<p>Only continue if you downloaded the app from a store or website that you trust.</p>`,
    buttons: html`<button type="submit" name="do" value="cancel">Cancel</button><button class="primary" type="submit" name="do" value="continue" autofocus>Continue</button>`,
  })
}

const tick = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" d="m5 12.5 4.5 4.5L19 7.5"/></svg>`

/** What a page says when nothing is left to ask. */
export function endPage(
  facts: PageFacts,
  { title, text, isDone }: { readonly title: string; readonly text: string; readonly isDone: boolean },
  headers: Readonly<Record<string, string>> = {},
): Answer {
  const body = html`${isDone ? html`<div class="done">${tick}</div>` : undefined}<h1>${title}</h1>
<p>${text}</p>`
  return answerPage({ title: `${title} - azid sandbox`, body, facts, headers })
}
