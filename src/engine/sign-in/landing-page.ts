/** The page that a person's browser lands on at the end of a sign-in: what happened, and what to do next. No script. */
import { createHash } from 'node:crypto'
import type { LoopbackAnswer } from '../../runtime.ts'

/** What the page has to say. Texts from outside are escaped here and nowhere else. */
export type Landing =
  | { readonly kind: 'signed-in'; readonly username: string; readonly tenantId: string }
  /** The authority, or the person there, said no. */
  | {
      readonly kind: 'refused'
      readonly error: string
      readonly description: string
    }
  /** The code came, and no token for it. */
  | { readonly kind: 'not-redeemed'; readonly reason: string }
  | { readonly kind: 'other-account'; readonly wanted: string; readonly got: string }
  /** The token is on its way, and takes its time. */
  | { readonly kind: 'under-way' }
  | { readonly kind: 'already-over' }
  /** What came is not the answer to this sign-in. */
  | { readonly kind: 'other-state' }
  | { readonly kind: 'no-code' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'method-refused' }
  | { readonly kind: 'host-refused' }

interface PageText {
  readonly status: number
  readonly tone: 'good' | 'bad' | 'plain'
  readonly title: string
  readonly what: string
  /** Quoted as it came. */
  readonly quote?: string
  readonly next: string
}

const back = 'You can close this window and go back to the terminal.'
const says = 'Go back to the terminal: it says why, and what to do. You can close this window.'

function textOf(landing: Landing): PageText {
  switch (landing.kind) {
    case 'signed-in':
      return {
        status: 200,
        tone: 'good',
        title: 'You are signed in',
        what: `azid has a token for ${landing.username === '' ? 'this account' : landing.username}, in the tenant ${landing.tenantId}.`,
        next: back,
      }
    case 'refused':
      return landing.error === 'access_denied'
        ? {
            status: 200,
            tone: 'bad',
            title: 'The sign-in was declined',
            what: 'Nobody is signed in, and azid has no token.',
            ...quoted(landing),
            next: 'If that was not meant, go back to the terminal and start again. You can close this window.',
          }
        : {
            status: 200,
            tone: 'bad',
            title: 'The sign-in did not succeed',
            what: 'Microsoft Entra ID refused it, and azid has no token.',
            ...quoted(landing),
            next: says,
          }
    case 'not-redeemed':
      return {
        status: 200,
        tone: 'bad',
        title: 'The sign-in did not succeed',
        what: 'You signed in, but azid got no token for it.',
        quote: landing.reason,
        next: says,
      }
    case 'other-account':
      return {
        status: 200,
        tone: 'bad',
        title: 'This is another account',
        what: `You signed in as ${landing.got}, but azid asked for ${landing.wanted}.`,
        next: 'Go back to the terminal, start again, and choose the other account. You can close this window.',
      }
    case 'under-way':
      return {
        status: 200,
        tone: 'plain',
        title: 'The sign-in has arrived',
        what: 'azid is still getting its token.',
        next: 'Go back to the terminal: it says how this ends. You can close this window.',
      }
    case 'already-over':
      return {
        status: 200,
        tone: 'plain',
        title: 'This sign-in is already over',
        what: 'It was answered once, and needs no second answer. Nothing has changed.',
        next: back,
      }
    case 'other-state':
      return {
        status: 400,
        tone: 'bad',
        title: 'This is not the sign-in that azid waits for',
        what: 'The answer belongs to another sign-in, perhaps an older one in another tab. It was not used, and azid goes on waiting.',
        next: 'Finish the sign-in in the window that was opened last, or start again in the terminal.',
      }
    case 'no-code':
      return {
        status: 400,
        tone: 'bad',
        title: 'The answer is not complete',
        what: 'It holds neither a code nor an error, so nobody is signed in.',
        next: says,
      }
    case 'not-found':
      return {
        status: 404,
        tone: 'plain',
        title: 'There is nothing here',
        what: 'azid listens here for the end of one sign-in, and for nothing else.',
        next: 'Finish the sign-in in the window that was opened for it.',
      }
    case 'method-refused':
      return {
        status: 405,
        tone: 'bad',
        title: 'This is not how a sign-in ends',
        what: 'Something was sent to azid that no sign-in sends. It was not read.',
        next: 'Finish the sign-in in the window that was opened for it.',
      }
    case 'host-refused':
      return {
        status: 421,
        tone: 'bad',
        title: 'This is not the right address',
        what: 'azid answers on this machine under its own name only. Nothing was read.',
        next: 'Finish the sign-in in the window that was opened for it.',
      }
    default:
      return landing satisfies never
  }
}

function quoted({ error, description }: { readonly error: string; readonly description: string }): { quote: string } {
  return { quote: description === '' ? error : description }
}

const style = `:root{color-scheme:light dark;--page:#f4f5f7;--card:#fff;--text:#1c1f24;--soft:#5a626e;--line:#dfe3e8;--good:#0b6a2f;--bad:#a3231b;--plain:#2b5797;--quote:#f4f5f7}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--card:#1e2229;--text:#e8eaee;--soft:#a5adb9;--line:#363c46;--good:#5cc98a;--bad:#ff8d84;--plain:#8ab4f8;--quote:#14171c}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{width:100%;max-width:34rem;background:var(--card);border:1px solid var(--line);border-top:4px solid var(--tone);border-radius:10px;padding:28px 32px 24px}
.good{--tone:var(--good)}.bad{--tone:var(--bad)}.plain{--tone:var(--plain)}
.mark{font-weight:600;color:var(--tone);font-size:.9rem;letter-spacing:.02em}
h1{margin:.2rem 0 .8rem;font-size:1.5rem;line-height:1.25}
p{margin:0 0 .9rem;overflow-wrap:anywhere}
blockquote{margin:0 0 .9rem;padding:10px 14px;background:var(--quote);border:1px solid var(--line);border-radius:6px;font:.85rem/1.5 ui-monospace,"Cascadia Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere;max-height:14rem;overflow:auto}
footer{margin-top:1.4rem;padding-top:.9rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}
@media(max-width:28rem){body{padding:12px}main{padding:22px 20px 18px}}`

const marks = { good: '\u2713 done', bad: '\u2717 not done', plain: 'azid' } as const

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  // The address of this page holds a code.
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** Of a description this much is shown. */
const longestQuote = 2000

/** The whole answer: a page that needs nothing from elsewhere and that no other page may frame. */
export function landingPage(landing: Landing): LoopbackAnswer {
  const { status, tone, title, what, quote, next } = textOf(landing)
  const body = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} - azid</title>
<style>${style}</style>
</head>
<body>
<main class="${tone}">
<div class="mark">${marks[tone]}</div>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(what)}</p>
${quote === undefined || quote === '' ? '' : `<blockquote tabindex="0">${escapeHtml(shorten(quote))}</blockquote>\n`}<p>${escapeHtml(next)}</p>
<footer>This page was made by azid on this machine. Nothing on it was sent anywhere.</footer>
</main>
</body>
</html>
`
  return { status, headers: { ...headers, ...(status === 405 ? { allow: 'GET' } : {}) }, body }
}

function shorten(text: string): string {
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}\u2026` : text
}

/** Also what would turn text around or hide it: controls and bidirectional marks are shown as spaces. */
function escapeHtml(text: string): string {
  return text
    .replace(/[^\P{Cc}\n]|\p{Bidi_Control}/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
