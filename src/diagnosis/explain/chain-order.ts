/** Members of a default chain that failed in words that name no class: told by their place between those that are named. */
import type { Sdk } from './sdk.ts'

export interface NamedPlace {
  readonly name: string
  readonly at: number
}

export interface ToldByPlace {
  readonly name: string
  readonly at: number
  readonly outcome: 'unavailable' | 'failed'
}

interface ChainShape {
  /** Where the list begins. */
  readonly head: RegExp
  /** Where a member begins; its first group says what came of it. */
  readonly entry: RegExp
  readonly order: readonly string[]
  /** Members that mostly pass without a word. */
  readonly quiet: ReadonlySet<string>
}

const shapes: Readonly<Partial<Record<Sdk, ChainShape>>> = {
  js: {
    head: /ChainedTokenCredential authentication failed\.(?! ?--->)/,
    entry: /(?<=^|\s)(CredentialUnavailableError|AuthenticationRequiredError|AuthenticationError): /g,
    order: [
      'EnvironmentCredential',
      'WorkloadIdentityCredential',
      'ManagedIdentityCredential',
      'VisualStudioCodeCredential',
      'AzureCliCredential',
      'AzurePowerShellCredential',
      'AzureDeveloperCliCredential',
      'BrokerCredential',
    ],
    quiet: new Set(['WorkloadIdentityCredential', 'VisualStudioCodeCredential', 'BrokerCredential']),
  },
  go: {
    head: /DefaultAzureCredential: failed to acquire a token\. Attempted credentials:/,
    entry:
      /(?<=\s)(?:\w{3,30}Credential(?=[:. ])|invalid character '.{1,4}' (?:looking for|in string|after)|unexpected end of JSON input|json: cannot unmarshal )/g,
    order: [
      'EnvironmentCredential',
      'WorkloadIdentityCredential',
      'ManagedIdentityCredential',
      'AzureCLICredential',
      'AzureDeveloperCLICredential',
      'AzurePowerShellCredential',
    ],
    quiet: new Set(),
  },
}

/** Classes within EnvironmentCredential, by which the SDK for Go calls it. */
const insideEnvironment = /^(?:ClientSecret|ClientCertificate|UsernamePassword)Credential$/

/** Promise: only members of the SDK's default chain that no place in the text names, and only where the order leaves no choice. */
export function findByPlace(flat: string, sdk: Sdk, named: readonly NamedPlace[]): readonly ToldByPlace[] {
  const shape = shapes[sdk]
  const head = shape?.head.exec(flat)
  if (shape === undefined || head === null || head === undefined) return []
  const starts = [...flat.matchAll(shape.entry)].filter(({ index }) => index > head.index + head[0].length - 1)
  const entries = starts.map((match, index) => {
    const end = starts[index + 1]?.index ?? flat.length
    const found = named.find(({ at }) => at >= match.index && at < end)
    return { at: match.index, word: match[1], place: found === undefined ? -1 : placeOf(shape, found.name) }
  })
  const told: ToldByPlace[] = []
  for (let from = 0; from < entries.length; ) {
    let to = from
    while (to < entries.length && isUnplaced(entries, to)) to += 1
    if (to > from && to - from < entries.length) {
      const before = entries[from - 1]?.place ?? -1
      const after = entries[to]?.place ?? shape.order.length
      const missing = shape.order.slice(before + 1, after)
      const loud = missing.filter((name) => !shape.quiet.has(name))
      const names = missing.length === to - from ? missing : loud.length === to - from ? loud : []
      names.forEach((name, index) => {
        const entry = entries[from + index]
        if (entry === undefined) return
        const outcome = entry.word === undefined || entry.word.startsWith('CredentialUn') ? 'unavailable' : 'failed'
        told.push({ name, at: entry.at, outcome })
      })
    }
    from = to + 1
  }
  return told
}

/** Managed identity hands on what workload identity said: a class that is named twice in a row is itself only once. */
function isUnplaced(entries: readonly { readonly place: number }[], index: number): boolean {
  const place = entries[index]?.place ?? -1
  return place === -1 || (index > 0 && entries[index - 1]?.place === place)
}

function placeOf(shape: ChainShape, name: string): number {
  return shape.order.indexOf(insideEnvironment.test(name) ? 'EnvironmentCredential' : name)
}
