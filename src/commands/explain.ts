/** `azid explain`: what a code, a name or any pasted failure means, and what to do. Looks at this machine, and sends nothing. */
import type { Invocation } from '../cli/invocation.ts'
import type { Explanation } from '../diagnosis/explain/explanation.ts'
import type { Paste } from '../diagnosis/explain/paste.ts'
import type { ExitName } from '../exit-codes.ts'
import { drawExplanation, explanationToJson } from '../output/explain.ts'
import { createStyle } from '../output/style.ts'
import { disarmCommands } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'

/** More is not even read: of 8 MB and more only the ends count, and a file may be cut to them. */
const maxBytes = 512 * 1024 * 1024

export async function run({ args, settings }: Invocation, runtime: Runtime): Promise<ExitName> {
  const subject = await readSubject(args, runtime)
  const isJson = settings.json?.value === true
  if (subject.kind === 'text') {
    const token = await describeIfToken(subject.text, isJson, settings.noColor?.value === true, runtime)
    if (token) return 'done'
  }
  const explanation = await explain(subject, runtime)
  const { stdout, stderr } = runtime.terminal
  if (subject.kind === 'text' && subject.omittedBytes > 0 && settings.quiet?.value !== true) {
    const omitted = Math.round(subject.omittedBytes / 1024 / 1024)
    await stderr.write(
      `warning: of this text the first 1 MB and the last 7 MB count; ${omitted} MB in between are not looked at\n`,
    )
  }
  if (isJson) {
    // On demand: it lies with what a token needs, which is much.
    const { printJson } = await import('../output/json.ts')
    await stdout.write(printJson(explanationToJson(explanation)))
  } else {
    const style = await createStyle(stdout, runtime.env, settings.noColor?.value === true)
    const text = drawExplanation(explanation, { style, columns: Math.min(stdout.columns, 100) })
    if (explanation.kind === 'unknown') await stderr.write(disarmCommands(text))
    else await stdout.write(text)
  }
  return explanation.kind === 'unknown' ? 'refused' : 'done'
}

type Subject = Paste & { readonly isTyped: boolean }

/** `-`, or nothing and a pipe: stdin. One word that names a file: the file. Else the words themselves. */
async function readSubject(args: readonly string[], runtime: Runtime): Promise<Subject> {
  const { readPaste } = await import('../diagnosis/explain/paste.ts')
  const [only] = args
  if (only === undefined || (args.length === 1 && only === '-')) {
    if (only === undefined && runtime.terminal.stdin.isTerminal) {
      throw new UsageError({
        message: '`azid explain` needs something to explain',
        fix: 'give a code, a name or a failure, or paste one into: azid explain -',
      })
    }
    const content = await runtime.terminal.stdin.read(maxBytes)
    if (!content.ok)
      throw new UsageError({ message: `cannot read stdin: ${content.error.detail}`, fix: 'give less than 512 MB' })
    return { ...readPaste(content.value), isTyped: false }
  }
  const typed = args.join(' ')
  if (args.length === 1 && !/\s/.test(typed) && typed.length < 4096) {
    const content = await runtime.files.read(typed, { maxBytes, allowPipe: true })
    if (content.ok) return { ...readPaste(content.value), isTyped: false }
    if (content.error.code === 'too-large')
      throw new UsageError({
        message: 'the file is larger than 512 MB',
        fix: 'give its last part: tail -c 8M FILE | azid explain -',
      })
    if (content.error.code === 'denied')
      throw new UsageError({
        message: 'the file cannot be read by this user',
        fix: 'paste its text into: azid explain -',
      })
  }
  return { kind: 'text', text: typed, omittedBytes: 0, isTyped: true }
}

async function explain(subject: Subject, runtime: Runtime): Promise<Explanation> {
  const { emptyExplanation } = await import('../diagnosis/explain/explanation.ts')
  if (subject.kind === 'empty')
    return {
      ...emptyExplanation,
      title: 'there is nothing to explain: the input is empty',
      sections: [await whatToPaste()],
    }
  if (subject.kind === 'binary') {
    return {
      ...emptyExplanation,
      title: `this is ${subject.what}, not text`,
      summary: 'a picture of an error cannot be read: paste its text',
      sections: [await whatToPaste()],
    }
  }
  const text = subject.text.trim()
  const { explainCode, readCode } = await import('../diagnosis/explain/reference.ts')
  const code = readCode(text)
  if (code !== null) return explainCode(code)
  // `Bearer realm=…` is what services send; tokens were told apart before.
  const { explainChallenge, readChallenge } = await import('../diagnosis/explain/challenge.ts')
  const challenge = readChallenge(text)
  if (challenge !== null) {
    if (challenge.claims !== null || challenge.encoded !== null || !/error_description/i.test(text)) {
      return explainChallenge(challenge)
    }
    // Such a header says in words what is wrong with the token.
    const { explainFailure } = await import('../diagnosis/explain/explain-failure.ts')
    const failure = explainFailure(text)
    return failure === null || failure.causes.length === 0 ? explainChallenge(challenge) : failure
  }
  if (text.length <= 300 && !text.includes('\n')) {
    const { explainName } = await import('./explain-name.ts')
    const named = await explainName(text, runtime)
    if (named !== null) return named
  }
  const { explainFailure } = await import('../diagnosis/explain/explain-failure.ts')
  const failure = explainFailure(subject.text)
  if (failure !== null) {
    const { addWhatIsHere } = await import('./explain-here.ts')
    return addWhatIsHere(failure, subject.text, runtime)
  }
  return notRecognised(text)
}

async function whatToPaste(): Promise<Explanation['sections'][number]> {
  return {
    title: 'what can be explained',
    rows: [
      { text: 'a whole error message, best with the lines above it', command: 'program 2>&1 | azid explain -' },
      {
        text: 'a code, an OAuth error, a credential, a variable, a claim, a resource',
        command: 'azid explain AADSTS700016',
      },
      { text: 'which credential fits here', command: 'azid explain environment' },
    ],
  }
}

async function notRecognised(text: string): Promise<Explanation> {
  const [{ emptyExplanation }, { suggestNames }] = await Promise.all([
    import('../diagnosis/explain/explanation.ts'),
    import('./explain-name.ts'),
  ])
  const suggestions = text.length <= 80 ? suggestNames(text) : []
  const [near] = suggestions
  const isPicture = /\.(?:png|jpe?g|gif|webp|bmp|pdf)$/i.test(text)
  return {
    ...emptyExplanation,
    title: 'nothing was recognised in this',
    summary: isPicture
      ? 'a picture of an error cannot be read: paste its text'
      : near === undefined
        ? 'an error message of an Azure SDK or tool says which credential, code or address it was: paste all of it'
        : `did you mean ${near}?`,
    sections: [await whatToPaste()],
    suggestions,
  }
}

/** A token by itself is described as `whoami` does it; inside a longer text it is only starred. */
async function describeIfToken(text: string, isJson: boolean, isPlain: boolean, runtime: Runtime): Promise<boolean> {
  // A console wraps a token into lines.
  const bare =
    /^[\w."'-]+(?:\s+[\w."'-]+)*$/.test(text.trim()) && /^["']?ey[JA]/.test(text.trim())
      ? text.replace(/\s+/g, '')
      : text.trim()
  if (!/^(?:authorization:\s*)?(?:bearer\s+)?["']?ey[JA][\w-]{5,}\.[\w-]+\.[\w-]*["']?$/i.test(bare)) return false
  const [{ decodeToken }, { describeToken }, { drawWhoami, whoamiToJson }, { findAudience }] = await Promise.all([
    import('../jwt/decode.ts'),
    import('../jwt/describe.ts'),
    import('../output/whoami.ts'),
    import('../engine/resources.ts'),
  ])
  const decoded = decodeToken(bare)
  if (!decoded.ok) return false
  const now = runtime.clock.now()
  const description = describeToken(decoded.value, now, {
    audienceName: (audience) => findAudience(audience)?.name ?? null,
    authorityHost: 'login.microsoftonline.com',
  })
  const { stdout } = runtime.terminal
  const { printJson } = await import('../output/json.ts')
  if (isJson) await stdout.write(printJson(whoamiToJson(description, { state: 'not-checked' })))
  else {
    await stdout.write(
      drawWhoami(
        description,
        { state: 'not-checked' },
        {
          style: await createStyle(stdout, runtime.env, isPlain),
          columns: Math.min(stdout.columns, 100),
          now,
          timeZone: runtime.env.get('TZ') || undefined,
          isAllClaims: false,
          credential: null,
        },
      ),
    )
  }
  return true
}
