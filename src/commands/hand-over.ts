/** The last step of `get-token`: everything about the promised bytes that can be checked first, and their delivery. */
import path from 'node:path'
import type { ExitName } from '../exit-codes.ts'
import type { Setting } from '../options.ts'
import { drawGithubFile, refuseName } from '../output/exports.ts'
import { shells, usualShell } from '../output/shells.ts'
import {
  type ExecApiVersion,
  execApiVersions,
  type FormatOptions,
  type PrintableToken,
  type TokenFormat,
  tokenFormats,
} from '../output/token-formats.ts'
import { defaultVariable } from '../output/variables.ts'
import type { Env, FileError, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type { Preparation } from './acquire.ts'
import { describeFileError } from './inputs.ts'

/** Where and how the tokens will go; made before anything is asked. */
export interface Delivery {
  readonly format: TokenFormat
  readonly options: FormatOptions
  /** The variable of each target, in their order. */
  readonly variables: readonly string[]
}

/** Throws `UsageError` for a shape, name or place that cannot be: nothing has been sent then. */
export async function prepareDelivery(preparation: Preparation): Promise<Delivery> {
  const { settings, runtime } = preparation
  const format: TokenFormat = tokenFormats[settings.output.value]
  checkShape(preparation, format)
  const variables = chooseVariables(preparation, format)
  await checkOutputFile(settings.outputFile, runtime)
  if (settings.output.value === 'github-actions') await checkJobFiles(runtime)
  const execApiVersion =
    settings.output.value === 'exec-credential' ? readExecApiVersion(runtime.env) : execApiVersions[1]
  return { format, variables, options: { shell: settings.shell?.value ?? usualShell(runtime), execApiVersion } }
}

function checkShape({ settings, targets }: Preparation, format: TokenFormat): void {
  const { output, outputFile } = settings
  if (targets.length > 1 && !format.holdsSeveral) {
    throw new UsageError({
      message: `--output ${output.value} holds one token, and ${targets.length} targets are given`,
      source: output.source.name,
      fix: 'ask for one after the other, or use --output json or env',
    })
  }
  if (format.isForStdout === true && outputFile !== undefined) {
    throw new UsageError({
      message: `--output ${output.value} is read from stdout by the job that runs this`,
      source: outputFile.source.name,
      fix: 'leave --output-file out, or use --output dotenv',
    })
  }
}

function chooseVariables({ settings, targets }: Preparation, format: TokenFormat): readonly string[] {
  const { var: given, output } = settings
  if (format.setsVariables !== true) return targets.map(() => '')
  if (given !== undefined && given.value.length !== targets.length) {
    const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`
    throw new UsageError({
      message: `${count(given.value.length, 'variable')} for ${count(targets.length, 'target')}`,
      source: given.source.name,
      fix: 'give --var once for each target, in their order',
    })
  }
  const names = given?.value ?? targets.map(({ text }) => defaultVariable(text))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new UsageError({
      message: `two tokens would go into the one variable ${twice}`,
      fix: 'give each a name of its own: --var once for each target, in their order',
    })
  }
  for (const name of names) {
    const reason = refuseName(name, output.value)
    if (reason === null) continue
    throw new UsageError({ message: `the variable ${name} ${reason}`, source: '--var', fix: 'choose another name' })
  }
  return names
}

/** A place that cannot be written is found before a token is asked for. */
export async function checkOutputFile(outputFile: Setting<string> | undefined, { files }: Runtime): Promise<void> {
  if (outputFile === undefined) return
  const existing = await files.stat(outputFile.value)
  if (existing.ok && existing.value.kind !== 'folder') return
  const folder = existing.ok ? existing : await files.stat(path.dirname(outputFile.value))
  if (!existing.ok && folder.ok && folder.value.kind === 'folder') return
  const reason = existing.ok ? 'it is a folder' : `there is no folder '${path.dirname(outputFile.value)}'`
  throw outputError(outputFile, reason)
}

export function outputError(outputFile: Setting<string>, reason: string): UsageError {
  return new UsageError({
    message: `cannot write '${outputFile.value}': ${reason}`,
    source: outputFile.source.name,
    fix: 'name a file in a folder that this user can write',
  })
}

/** GITHUB_OUTPUT came to the runner after GITHUB_ENV: it is written where there is one. */
const jobFiles = ['GITHUB_ENV', 'GITHUB_OUTPUT'] as const

/** Both files are opened for writing, and nothing is written. */
async function checkJobFiles({ env, files }: Runtime): Promise<void> {
  for (const variable of jobFiles) {
    const file = env.get(variable) ?? ''
    if (file === '' && variable === 'GITHUB_OUTPUT') continue
    if (file === '') {
      throw new UsageError({
        message: 'GITHUB_ENV is not set: this is no step of GitHub Actions',
        source: '--output github-actions',
        fix: 'run it in a step, or use --output env or dotenv',
      })
    }
    const found = await files.stat(file)
    const opened = found.ok ? await files.append(file, new Uint8Array()) : found
    if (!opened.ok) throw jobFileError(variable, file, opened.error)
  }
}

function describeWriteError(error: FileError): string {
  return error.code === 'denied' ? 'this user may not write it' : describeFileError(error)
}

function jobFileError(variable: string, file: string, error: FileError): UsageError {
  return new UsageError({
    message: `cannot write '${file}': ${describeWriteError(error)}`,
    source: variable,
    fix: 'the runner makes this file for each step: leave the variable as the runner set it',
  })
}

/** The client says what it reads. Kubernetes before 1.20 says nothing, and reads v1beta1. */
function readExecApiVersion(env: Env): ExecApiVersion {
  const text = env.get('KUBERNETES_EXEC_INFO') ?? ''
  if (text === '') return 'client.authentication.k8s.io/v1beta1'
  const info = parseObject(text)
  const refuse = (message: string, fix: string): UsageError =>
    new UsageError({ message, source: 'KUBERNETES_EXEC_INFO', fix })
  if (info === null || info['kind'] !== 'ExecCredential' || typeof info['apiVersion'] !== 'string') {
    throw refuse(
      'what the Kubernetes client asks for is no ExecCredential object',
      'the variable is set by kubectl itself: do not set it elsewhere',
    )
  }
  const known = execApiVersions.find((version) => version === info['apiVersion'])
  if (known !== undefined) return known
  throw refuse(
    `the Kubernetes client asks for '${info['apiVersion']}', which is not ${execApiVersions.join(' or ')}`,
    `write apiVersion: ${execApiVersions[0]} in the exec section of the kubeconfig`,
  )
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : null
  } catch {
    return null
  }
}

/** The promised bytes, to stdout or to a file of mode 0600; and to the files of a job. */
export async function deliver(
  tokens: readonly PrintableToken[],
  { format, options }: Delivery,
  preparation: Preparation,
): Promise<ExitName> {
  const { settings, runtime, log } = preparation
  const content = format.print(tokens, options)
  if (content === null) {
    const { sayError } = await import('./say-error.ts')
    return sayError(
      'refused',
      [`the token holds characters that --output ${settings.output.value} cannot carry safely; nothing was written`],
      preparation,
    )
  }
  if (settings.output.value === 'gitlab') await warnOfReport(content, log)
  if (settings.outputFile !== undefined) return writeFile(settings.outputFile, content, runtime)
  await runtime.terminal.stdout.write(content)
  // The masks are out: from here on the runner stars the tokens in the log.
  if (settings.output.value === 'github-actions') await appendToJob(tokens, runtime)
  return 'done'
}

async function writeFile(outputFile: Setting<string>, content: string, { files }: Runtime): Promise<ExitName> {
  const written = await files.writeAtomic(outputFile.value, new TextEncoder().encode(content), { mode: 0o600 })
  if (!written.ok) throw outputError(outputFile, describeWriteError(written.error))
  return 'done'
}

async function appendToJob(tokens: readonly PrintableToken[], { env, files, random }: Runtime): Promise<void> {
  const variables = tokens.map(({ variable, accessToken }) => ({ name: variable, value: accessToken }))
  for (const variable of jobFiles) {
    const file = env.get(variable) ?? ''
    if (file === '') continue
    const content = drawGithubFile(variables, () => random.uuid())
    const written = await files.append(file, new TextEncoder().encode(content))
    if (!written.ok) throw jobFileError(variable, file, written.error)
  }
}

/** GitLab.com's limit for one report. */
const largestReportBytes = 5 * 1024

async function warnOfReport(content: string, log: Preparation['log']): Promise<void> {
  log.warn('GitLab keeps a dotenv report as an artifact and does not mask what is in it: let it expire soon')
  if (content.length > largestReportBytes) {
    log.warn(`the report has ${content.length} bytes; GitLab.com takes no more than ${largestReportBytes}`)
  }
  await log.flush()
}

/** With `--unset` nothing is asked: the lines take away what the same command line without it sets. */
export async function deliverUnset({ variables, options }: Delivery, preparation: Preparation): Promise<ExitName> {
  const { settings, runtime } = preparation
  const content = shells[options.shell].unset(variables)
  if (settings.outputFile !== undefined) return writeFile(settings.outputFile, content, runtime)
  await runtime.terminal.stdout.write(content)
  return 'done'
}
