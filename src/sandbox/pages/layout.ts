/** The frame of every page: head, card, troubleshooting details, and the policy that keeps scripts and frames out. */
import type { Answer } from '../exchange.ts'
import { Html, html } from './html.ts'
import { style, styleHash } from './style.ts'

/** By which a person can say to somebody else what they saw. */
export interface PageFacts {
  readonly requestId: string
  readonly correlationId: string
  /** `2026-11-21 01:02:03Z` */
  readonly timestamp: string
}

export interface Page {
  readonly title: string
  readonly body: Html
  readonly facts: PageFacts
  /** The code of what went wrong, without `AADSTS`. */
  readonly code?: number
  readonly isWide?: boolean
  /** Where forms of this page may lead to besides the sandbox: the origin of the redirect URI. */
  readonly formTargets?: readonly string[]
  /** A script of the sandbox's own, by its path. */
  readonly script?: string
  /** The error page shows the facts itself. */
  readonly hidesFacts?: boolean
  readonly headers?: Readonly<Record<string, string>>
  readonly status?: number
}

const mark = html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path fill="currentColor" d="M12 1.5 3 5v6.2c0 5.2 3.8 9.6 9 11.3 5.2-1.7 9-6.1 9-11.3V5l-9-3.5Zm0 6.3a3 3 0 0 1 1.6 5.5l.7 3.7H9.7l.7-3.7A3 3 0 0 1 12 7.8Z"/></svg>`

export function answerPage(page: Page): Answer {
  const { title, body, facts, code, script } = page
  const document = html`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="none">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body class="${page.isWide === true ? 'wide' : ''}">
<main>
<div class="card">
<p class="brand">${mark}<span>azid</span><span class="badge">Sandbox</span></p>
${body}
</div>
</main>
<footer>
${page.hidesFacts === true ? undefined : details(facts, code)}
<p>A local Entra ID, for tests. Nothing you type here leaves this machine.</p>
</footer>
${script === undefined ? undefined : html`<script src="${script}"></script>`}
</body>
</html>
`
  return {
    status: page.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(page),
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      ...page.headers,
    },
    body: document.text,
  }
}

function policy({ formTargets = [], script }: Page): string {
  return [
    "default-src 'none'",
    `style-src ${styleHash}`,
    'img-src data:',
    ...(script === undefined ? [] : ["script-src 'self'"]),
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function details(facts: PageFacts, code: number | undefined): Html {
  return html`<details>
<summary>Troubleshooting details</summary>
<dl>${code === undefined ? undefined : html`<dt>Error Code</dt><dd>${code}</dd>`}
${listFacts(facts)}</dl>
</details>`
}

export function listFacts({ requestId, correlationId, timestamp }: PageFacts): Html {
  return html`<dt>Request Id</dt><dd>${requestId}</dd>
<dt>Correlation Id</dt><dd>${correlationId}</dd>
<dt>Timestamp</dt><dd>${timestamp}</dd>`
}
