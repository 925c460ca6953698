/** From what a credential said to the row of the SDKs' troubleshooting guides that is about it, and to the guide's address. */
import type { CredentialName, SdkName } from '../engine/types.ts'
import type { CauseId } from '../knowledge/causes.ts'
import { allTroubleshooting, type TroubleshootingEntry } from '../knowledge/troubleshooting.ts'

/** Credentials that are others inside, whose rows fit them too. */
const insides: Readonly<Partial<Record<CredentialName, readonly string[]>>> = {
  EnvironmentCredential: ['ClientSecretCredential', 'ClientCertificateCredential', 'UsernamePasswordCredential'],
  // A Go chain that ran out of time says so in its words.
  ManagedIdentityCredential: ['WorkloadIdentityCredential', 'DefaultAzureCredential'],
  GitHubActionsCredential: ['WorkloadIdentityCredential', 'ClientAssertionCredential'],
  BrokerCredential: ['InteractiveBrowserBrokerCredential'],
}

type ChainClass = 'DefaultAzureCredential' | 'ChainedTokenCredential'

/**
 * The row whose expression matches the most of the message, or null; `message` is in the words of any SDK. What is known of
 * the failure besides its words shuts rows out: the same words are said of different things.
 */
export function findTroubleshooting(
  credential: CredentialName | ChainClass,
  message: string,
  known: readonly CauseId[] = [],
): TroubleshootingEntry | null {
  if (message === '') return null
  const inside = (insides as Readonly<Record<string, readonly string[] | undefined>>)[credential] ?? []
  const own: readonly string[] = [credential, ...inside]
  let best: { readonly entry: TroubleshootingEntry; readonly length: number } | null = null
  for (const names of [own, ['any']]) {
    for (const entry of allTroubleshooting()) {
      if (!names.includes(entry.credential) || contradicts(entry, known)) continue
      const length = longestMatch(entry, message)
      if (length > (best?.length ?? 0)) best = { entry, length }
    }
  }
  return best?.entry ?? null
}

/** Causes that the SDKs' words suggest also where something else happened: what is known then says otherwise. */
const guesses: ReadonlySet<CauseId> = new Set(['mi-endpoint-env-missing', 'imds-unreachable'])

function contradicts({ cause }: TroubleshootingEntry, known: readonly CauseId[]): boolean {
  return cause !== null && guesses.has(cause) && known.length > 0 && !known.includes(cause)
}

function longestMatch({ match }: TroubleshootingEntry, message: string): number {
  return Math.max(0, ...match.map((pattern) => compiled(pattern).exec(message)?.[0].length ?? 0))
}

const expressions = new Map<string, RegExp>()

function compiled(pattern: string): RegExp {
  const known = expressions.get(pattern)
  if (known !== undefined) return known
  const expression = new RegExp(pattern, 'im')
  expressions.set(pattern, expression)
  return expression
}

/** The link into this SDK's guide: of the row, else of the credential, else of the whole chain. */
export function findGuide(
  credential: CredentialName | ChainClass,
  entry: TroubleshootingEntry | null,
  sdk: SdkName,
): string | null {
  const own = entry?.guide[sdk]
  return own ?? commonGuide(credential, sdk) ?? commonGuide('DefaultAzureCredential', sdk)
}

/** What most rows of the credential point to. */
function commonGuide(credential: string, sdk: SdkName): string | null {
  const counts = new Map<string, number>()
  for (const entry of allTroubleshooting()) {
    const link = entry.guide[sdk]
    if (entry.credential === credential && link !== undefined) counts.set(link, (counts.get(link) ?? 0) + 1)
  }
  const [best] = [...counts].sort(([, one], [, other]) => other - one)
  return best?.[0] ?? null
}
