/** What a person has to do to sign in, on stderr: words and a countdown, or under `--json` one line of JSON an event. */
import type { SignInEvent } from '../engine/types.ts'
import type { Runtime } from '../runtime.ts'
import { createCountdown, type Progress } from './progress.ts'
import { createStyle } from './style.ts'
import { disarmCommands, escapeToLine, wrap } from './text.ts'
import { describeSpan } from './times.ts'

export interface SignInPrompt {
  tell: (event: SignInEvent) => void
  /** This one draws on the same screen: it is taken away before a person is asked. */
  interrupts(progress: Pick<Progress, 'stop'>): void
  /** All that was told has been written, and nothing is drawn any more. */
  flush(): Promise<void>
}

interface PromptOptions {
  readonly isJson: boolean
  readonly noColor: boolean
}

type Ports = Pick<Runtime, 'terminal' | 'env' | 'clock'>

/** A prompt is no log line: `--quiet` does not silence it, for without it nobody could go on. */
export function createSignInPrompt(runtime: Ports, { isJson, noColor }: PromptOptions): SignInPrompt {
  let drawn: Pick<Progress, 'stop'> | null = null
  let last: Promise<void> = Promise.resolve()
  const show = async (event: SignInEvent): Promise<void> => {
    await drawn?.stop()
    drawn = null
    const { stderr } = runtime.terminal
    if (isJson) {
      await stderr.write(`${JSON.stringify(eventToJson(event))}\n`)
      return
    }
    const text = await drawEvent(event, runtime, noColor)
    if (text !== '') await stderr.write(disarmCommands(text))
    drawn = countDown(event, runtime, noColor)
  }
  return {
    tell: (event) => {
      last = last.then(() => show(event)).catch(() => {})
    },
    interrupts: (progress) => {
      drawn = progress
    },
    flush: async () => {
      await last
      await drawn?.stop()
      drawn = null
    },
  }
}

function countDown(event: SignInEvent, runtime: Ports, noColor: boolean): Pick<Progress, 'stop'> | null {
  switch (event.kind) {
    case 'browser':
      return createCountdown('waiting for the browser', event.timeoutMs, runtime, noColor)
    case 'still-waiting':
      return createCountdown('waiting for the browser', event.leftMs, runtime, noColor)
    case 'device-code':
      return createCountdown('waiting for the sign-in', event.expiresOn - runtime.clock.now(), runtime, noColor)
    default:
      return null
  }
}

async function drawEvent(event: SignInEvent, { terminal, env }: Ports, noColor: boolean): Promise<string> {
  const style = await createStyle(terminal.stderr, env, noColor)
  switch (event.kind) {
    case 'browser':
      // The address stands alone and unbroken, for copying.
      return `Opening your browser to sign in. If nothing opens, go to this address in a\nbrowser on this machine:\n\n${escapeToLine(event.url)}\n\n`
    case 'device-code':
      return [
        'To sign in, open this address in a browser on any device:',
        '',
        `    ${style.accent(escapeToLine(event.verificationUri))}`,
        '',
        'and enter this code:',
        '',
        `    ${style.bold(escapeToLine(event.userCode))}`,
        '',
        `It is good for ${describeSpan(event.lifetimeMs)}. Enter it only if you started this sign-in yourself.`,
        '',
        '',
      ].join('\n')
    case 'still-waiting':
      return `${wrap(stillWaiting, terminal.stderr.columns)}\n\n`
    case 'not-remembered': {
      const label = style.warn('warning:')
      return `${label} this sign-in lasts for this run only: ${escapeToLine(event.reason)}\n${label} to keep it, ${event.fix}\n`
    }
    case 'fallback':
      return `${wrap(`${escapeToLine(event.reason)}: signing in with a code instead`, terminal.stderr.columns)}\n`
    case 'code-received':
    case 'signed-in':
      return ''
    default:
      return event satisfies never
  }
}

const stillWaiting =
  'Still waiting. If the page shows an error, nothing of it comes back here: press Ctrl-C, and give the code on the page to azid explain. To sign in on another device: azid login --device-code'

/** One shape for programs: `event` says which. Never a code that is redeemed for a token. */
function eventToJson(event: SignInEvent): Record<string, unknown> {
  const head = { schemaVersion: 1, event: event.kind }
  switch (event.kind) {
    case 'browser':
      return { ...head, url: event.url, redirectUri: event.redirectUri, timeoutMs: event.timeoutMs }
    case 'device-code':
      return {
        ...head,
        userCode: event.userCode,
        verificationUri: event.verificationUri,
        message: event.message,
        expiresOn: `${new Date(event.expiresOn).toISOString().slice(0, 19)}Z`,
        expiresInMs: event.lifetimeMs,
        intervalMs: event.intervalMs,
      }
    case 'signed-in': {
      const { username, tenantId, homeAccountId } = event.account
      return { ...head, username, tenantId, homeAccountId }
    }
    case 'still-waiting':
      return { ...head, leftMs: event.leftMs }
    case 'fallback':
      return { ...head, reason: event.reason }
    case 'not-remembered':
      return { ...head, reason: event.reason, fix: event.fix }
    case 'code-received':
      return head
    default:
      return event satisfies never
  }
}
