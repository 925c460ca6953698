/** Which credentials are asked, in which order: DefaultAzureCredential's chain or one of a person's own. */
import { failure, type Result, success } from '../result.ts'
import type { UsageFacts } from '../usage-error.ts'
import type { Link } from './chain.ts'
import { type ChainName, classNameOf, judge, type Profile } from './profiles/profile.ts'
import { credentialDefinitions, findCredential } from './registry.ts'
import type { CredentialConfig, CredentialDefinition, CredentialName } from './types.ts'

export interface ChainSelection {
  readonly links: readonly Link[]
  /** What names the cache entries: each link with what it is configured with. */
  readonly cacheLinks: readonly { readonly definition: CredentialDefinition; readonly config: CredentialConfig }[]
  /** Links that are switched off, and by what. */
  readonly excluded: readonly {
    readonly name: CredentialName
    readonly by: '--exclude' | 'AZURE_TOKEN_CREDENTIALS' | 'default'
  }[]
  /** Links of the SDK that this version of azid does not have. */
  readonly absent: readonly CredentialName[]
}

export interface ChainWishes {
  /** Names as typed: `--exclude`. */
  readonly exclude: readonly string[]
  /** Names as typed: `--include`. */
  readonly include: readonly string[]
  /** The value of AZURE_TOKEN_CREDENTIALS. */
  readonly variable: string | undefined
  /** `--require-envvar` */
  readonly isVariableRequired: boolean
}

/**
 * The links of DefaultAzureCredential. What the variable decides is overridden by an explicit exclude or include, as the
 * SDK's keyword arguments do. A wrong variable is wrong usage in the SDK's own words, because every SDK refuses to start.
 */
export function selectDefaultChain(
  profile: Profile,
  config: CredentialConfig,
  wishes: ChainWishes,
): Result<ChainSelection, UsageFacts> {
  const exclude = readNames(wishes.exclude, '--exclude', profile)
  if (!exclude.ok) return exclude
  const include = readNames(wishes.include, '--include', profile)
  if (!include.ok) return include
  const selected = readVariable(profile, wishes)
  if (!selected.ok) return selected

  const excluded: ChainSelection['excluded'][number][] = []
  const kept: CredentialName[] = []
  for (const name of profile.order) {
    if (exclude.value.includes(name)) excluded.push({ name, by: '--exclude' })
    else if (include.value.includes(name)) kept.push(name)
    else if (selected.value !== null && !selected.value.includes(name))
      excluded.push({ name, by: 'AZURE_TOKEN_CREDENTIALS' })
    else if (selected.value === null && profile.offByDefault.includes(name)) excluded.push({ name, by: 'default' })
    else kept.push(name)
  }
  const definitions = kept.flatMap((name) => credentialDefinitions.filter((each) => each.name === name))
  const absent = kept.filter((name) => definitions.every((each) => each.name !== name))
  if (kept.length === 0) return failure({ message: profile.exclusion.nothingLeft, fix: 'exclude fewer credentials' })
  if (definitions.length === 0) {
    return failure({ message: `this version of azid has none of the credentials that are left: ${absent.join(', ')}` })
  }
  const leftOut = excluded.find(({ name }) => name === 'WorkloadIdentityCredential')
  const hasExchange =
    leftOut === undefined ||
    (leftOut.by === 'AZURE_TOKEN_CREDENTIALS' && profile.tokenCredentials.keepsExchange === true)
  const linked = hasExchange ? config : { ...config, excludesWorkloadIdentity: true }
  return success({ ...toLinks(definitions, linked, profile, 'DefaultAzureCredential'), excluded, absent })
}

/**
 * A chain in the order in which the names were given. One name is that credential alone, and so is its outcome; of several
 * the SDK's rules for a hand-made chain decide.
 */
export function selectNamedChain(
  profile: Profile,
  names: readonly string[],
  config: CredentialConfig,
): Result<ChainSelection, UsageFacts> {
  const definitions: CredentialDefinition[] = []
  for (const text of names) {
    const match = findCredential(text)
    if (match.kind !== 'found') return failure(explainName(text, match))
    definitions.push(match.definition)
  }
  if (definitions.length === 0) return failure({ message: 'no credential is named' })
  // Managed identity asks without a probe where nobody waits for its turn.
  const alone = { ...config, isOnlyCredential: definitions.length === 1 }
  const chain = definitions.length === 1 ? null : 'ChainedTokenCredential'
  return success({ ...toLinks(definitions, alone, profile, chain), excluded: [], absent: [] })
}

function toLinks(
  definitions: readonly CredentialDefinition[],
  config: CredentialConfig,
  profile: Profile,
  chain: ChainName | null,
): Pick<ChainSelection, 'links' | 'cacheLinks'> {
  return {
    links: definitions.map(
      (definition): Link => ({
        name: definition.name,
        create: (ports) => definition.create(config, ports),
        ...(chain === null
          ? {}
          : { judge: (outcome, found) => judge(profile, chain, definition.name, outcome, found) }),
      }),
    ),
    cacheLinks: definitions.map((definition) => ({ definition, config })),
  }
}

/** Null: the variable selects nothing. */
function readVariable(
  profile: Profile,
  { variable, isVariableRequired }: ChainWishes,
): Result<readonly CredentialName[] | null, UsageFacts> {
  const rule = profile.tokenCredentials
  // The SDK's own words name the variable.
  const isUnset =
    variable === undefined ||
    (rule.empty === 'unset' && (rule.isBlankWrong === true ? variable : variable.trim()) === '')
  if (isUnset) return isVariableRequired ? failure({ message: rule.required }) : success(null)
  const wanted = rule.isTrimmed ? variable.trim() : variable
  const group = rule.groupCase === 'any' ? wanted.toLowerCase() : wanted
  if (group === 'dev' || group === 'prod') return success(rule[group])
  const name = rule.names.find((each) => classNameOf(profile, each).toLowerCase() === wanted.toLowerCase())
  if (name !== undefined) return success([name])
  return failure({ message: rule.wordInvalid(variable, rule.names) })
}

/** Names of `--exclude` and `--include`: any link of the chain, also one that this version does not have. */
function readNames(
  names: readonly string[],
  source: string,
  profile: Profile,
): Result<readonly CredentialName[], UsageFacts> {
  const found: CredentialName[] = []
  for (const text of names) {
    const match = findCredential(text)
    if (match.kind === 'unknown' || match.kind === 'refused') return failure({ ...explainName(text, match), source })
    const name = match.kind === 'found' ? match.definition.name : match.name
    if (!profile.order.includes(name)) {
      return failure({ message: `${name} is no link of DefaultAzureCredential (${profile.title})`, source })
    }
    found.push(name)
  }
  return success(found)
}

function explainName(text: string, match: Exclude<ReturnType<typeof findCredential>, { kind: 'found' }>): UsageFacts {
  switch (match.kind) {
    case 'refused':
      return {
        message: `${match.name} is not supported: ${match.reason}`,
        fix: 'sign in as a person, or use a service principal',
      }
    case 'absent':
      return { message: `this version of azid does not have ${match.name}` }
    case 'unknown': {
      if (text.toLowerCase() === 'default') {
        return { message: '`default` is a whole chain and stands alone', fix: 'name the credentials one by one' }
      }
      const suggestion = match.suggestion === null ? {} : { suggestion: match.suggestion }
      return { message: `'${text}' is not the name of a credential`, ...suggestion }
    }
    default:
      return match satisfies never
  }
}
