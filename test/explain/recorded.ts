/**
 * What the real SDKs raised in recorded runs, as failures to explain: the name of the scenario tells the cause, the recording
 * who was tried and what came of it. No rule was written from these runs before they were first scored.
 */
import { readFileSync } from 'node:fs'
import type { CauseId } from '../../src/knowledge/causes.ts'
import { causesOf } from './recorded-causes.ts'

export interface RecordedFailure {
  readonly id: string
  /** The SDKs that raise exactly this; one that is raised by several says nothing of which. */
  readonly sdks: readonly string[]
  readonly text: string
  /** `Name outcome`; null where the recording does not say, or where nobody was tried. */
  readonly credentials: readonly string[] | null
  readonly codes: readonly string[]
  /** Any of them is right: of several scenarios that end in the same words nobody can tell which it was. Null: no words of an SDK. */
  readonly causes: readonly CauseId[] | null
}

interface Row {
  readonly name: string
  readonly sdk: string
  readonly message: string
  readonly credentials: readonly string[] | null
  /** Which table of causes the name is looked up in. */
  readonly table: string
}

interface Told {
  readonly id?: string
  readonly name?: string
  readonly outcome?: string
  readonly asked?: string
  readonly type?: string
  readonly message?: string | null
  readonly tried?: readonly (
    | readonly [string, string]
    | { readonly credential: string; readonly outcome: string; readonly message: string | null }
  )[]
}

function readLines(root: URL, file: string): readonly Told[] {
  const [, ...lines] = readFileSync(new URL(file, root), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Told)
}

/** @param root The folder `test/`, with a slash. */
export function recordedFailures(root: URL): readonly RecordedFailure[] {
  const rows = [
    ...['python', 'js', 'go'].flatMap((sdk) =>
      readLines(root, `conformance/recordings/${sdk}.jsonl`).flatMap((told) =>
        toRow(told, sdk, 'chain', credentialsTried(told)),
      ),
    ),
    ...['js', 'go'].flatMap((sdk) =>
      readLines(root, `engine/${sdk}-recorded.jsonl`).flatMap((told) => toRow(told, sdk, 'engine', pairsTried(told))),
    ),
    ...readLines(root, 'engine/java-recorded.jsonl').flatMap((told) =>
      toRow(told, 'java', 'java', credentialsOfJava(told)),
    ),
    ...readLines(root, 'managed-identity/python-recorded.jsonl').flatMap((told) =>
      toRow(told, 'python', 'managed-identity', null),
    ),
    ...readLines(root, 'tools/recorded.jsonl').flatMap((told) => toRow(told, 'python', 'tools', null)),
  ]
  return mergeSame(rows)
}

function toRow(told: Told, sdk: string, table: string, credentials: Row['credentials']): Row[] {
  const { message, outcome } = told
  if (message === null || message === undefined || outcome === 'succeeded') return []
  const name = told.id ?? told.name ?? ''
  return [{ name, sdk, table, credentials: outcome === 'not-made' ? null : credentials, message: fill(message) }]
}

const made: Readonly<Record<string, string>> = {
  guid: '5f0c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
  time: '2026-11-21 02:14:05Z',
  port: '41873',
  folder: '/srv/app',
  thumbprint: '3F2A9C81D4E5B60718293A4B5C6D7E8F90A1B2C3',
}

function fill(message: string): string {
  return message
    .replace(/\{(\w+)\}/g, (whole, name: string) => made[name] ?? whole)
    .replaceAll('TRACE', made['guid'] ?? '')
    .replaceAll('CORRELATION', made['guid'] ?? '')
    .replaceAll('Timestamp: TIME', `Timestamp: ${made['time']}`)
}

/**
 * The names as the text spells them: the SDK for Go names the class within EnvironmentCredential. JavaScript's chain goes on
 * past what failed as well, and its text says which that was.
 */
function credentialsTried({ tried = [], message }: Told): readonly string[] | null {
  const seen: string[] = []
  for (const each of tried) {
    if (!('credential' in each) || each.message === null) continue
    const inner = /^(Client(?:Secret|Certificate)Credential|UsernamePasswordCredential)\b/.exec(each.message)?.[1]
    const isFailed = message?.includes(`\nAuthenticationRequiredError: ${each.message.slice(0, 40)}`) === true
    seen.push(`${inner ?? each.credential} ${isFailed ? 'failed' : each.outcome}`)
  }
  return seen.length === 0 ? null : seen
}

/** In JavaScript two pass over themselves without a word. */
function pairsTried({ tried = [], message }: Told): readonly string[] | null {
  if (message?.includes('AuthenticationRequiredError')) return null
  const seen = tried.flatMap((each) => {
    if (!Array.isArray(each)) return []
    const [name, outcome] = each as readonly [string, string]
    const isSilent = /^(?:WorkloadIdentity|Broker)Credential$/.test(name) && outcome === 'unavailable'
    return isSilent && !(message ?? '').includes(name) ? [] : [`${name} ${outcome}`]
  })
  return seen.length === 0 ? null : seen
}

const javaChain = [
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
  'IntelliJCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
  'BrokerCredential',
]

/** Whole chains that ran out: all of them were unavailable. What ended a chain, and what stood alone, is told by its words. */
function credentialsOfJava({ asked, name = '' }: Told): readonly string[] | null {
  const ranOut = /^(?:nothing|nothing-async|nothing-dropped|half-secret|half-no-tenant|atc-empty|d-imds-client)$/
  if (asked === 'default' && ranOut.test(name)) return javaChain.map((each) => `${each} unavailable`)
  if (name === 'atc-dev') return javaChain.slice(3).map((each) => `${each} unavailable`)
  if (name === 'atc-prod') return javaChain.slice(0, 3).map((each) => `${each} unavailable`)
  const alone =
    /^atc-((?:Environment|WorkloadIdentity|IntelliJ|VisualStudioCode|AzureCli|AzureDeveloperCli)Credential)$/
  const single = alone.exec(name)?.[1]
  return single === undefined ? null : [`${single} unavailable`]
}

function mergeSame(rows: readonly Row[]): readonly RecordedFailure[] {
  const byText = new Map<string, Row[]>()
  for (const row of rows) {
    const key = row.message.trim()
    const same = byText.get(key)
    if (same === undefined) byText.set(key, [row])
    else same.push(row)
  }
  return [...byText.entries()].map(([text, same]) => {
    const causes = same.map(({ table, name }) => causesOf(table, name))
    const told = causes.flatMap((each) => each ?? [])
    const [first] = same
    return {
      id: `${first?.sdk}: ${first?.name}`,
      sdks: [...new Set(same.map(({ sdk }) => sdk))],
      text,
      credentials: same.find(({ credentials }) => credentials !== null)?.credentials ?? null,
      codes: [...new Set(text.match(/AADSTS\d{4,8}/g) ?? [])],
      causes: told.length === 0 ? null : [...new Set(told)],
    }
  })
}
