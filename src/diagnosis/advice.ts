/** Advice that no single credential can give: rows of a table, each a condition over a whole run and what to do about it. */
import type { Attempt, ChainResult, CredentialName, SdkName } from '../engine/types.ts'
import type { Env, Host } from '../runtime.ts'
import { findHalfSets, halfSetWords } from './advice-variables.ts'

export interface AdviceFacts {
  readonly sdk: SdkName
  readonly isDefaultChain: boolean
  readonly outcome: ChainResult['outcome']
  readonly credential: CredentialName | null
  readonly attempts: readonly Attempt[]
  readonly excluded: readonly { readonly name: CredentialName; readonly by: string }[]
  /** Of the tokens that came. */
  readonly tenantIds: readonly string[]
  /** The variables that the credentials saw. */
  readonly env: Pick<Env, 'get' | 'names'>
  readonly host: Pick<Host, 'platform' | 'release'>
  readonly isContainer: boolean
  /** The program is in a container, and azid is not. */
  readonly isOutside?: boolean
  /** Somebody works here: signed-in tools, an editor or a desktop, and neither CI nor a host of Azure. */
  readonly isDeveloperMachine: boolean
  /** The SDK as people call it: `Python azure-identity`. */
  readonly title: string
  /** Where the SDK would send a request for managed identity to a proxy, and what came of azid's own to the host. */
  readonly detour: {
    readonly host: string
    readonly variable: string
    /** Null: what the variable holds is no address. */
    readonly proxy: string | null
    readonly command: string
    readonly outcome: Attempt['outcome']
  } | null
  /** How far this clock is ahead of the authority's; null where the authority was not asked. */
  readonly clockAheadMs: number | null
  /** What `get-token` would answer with, without asking anybody. */
  readonly cached: { readonly credential: CredentialName; readonly livesMs: number } | null
  /** Whose sign-in of `azid login` is here. */
  readonly account: string | null
  /** The cache's key lies in a file beside it. */
  readonly isFileCache: boolean
}

export interface Advised {
  readonly text: string
  readonly command?: string
}

export interface AdviceRow {
  readonly id: string
  /** Why the row is there: what people run into. */
  readonly reason: string
  readonly advise: (facts: AdviceFacts) => Advised | null
}

export interface Advice extends Advised {
  readonly id: string
}

/** In the order of the table: what explains a failure comes first. */
export function advise(facts: AdviceFacts): readonly Advice[] {
  return adviceRows.flatMap(({ id, advise: word }) => {
    const advised = word(facts)
    return advised === null ? [] : [{ id, ...advised }]
  })
}

/** The clock may be off by five minutes (RFC 7523 leaves it to the server; Entra says so); half of it is worth a word. */
const tolerableSkewMs = 150_000
/** A tool that takes half of what the SDKs give it fails on a slower day. */
const slowToolMs = 5000

const deployed: ReadonlySet<CredentialName> = new Set([
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
])

export const adviceRows: readonly AdviceRow[] = [
  {
    id: 'clock-off',
    reason: 'signed assertions and new tokens are refused, or taken for expired, where the clock is wrong',
    advise: ({ clockAheadMs, host }) => {
      if (clockAheadMs === null || Math.abs(clockAheadMs) < tolerableSkewMs) return null
      const minutes = Math.round(Math.abs(clockAheadMs) / 60_000)
      const side = clockAheadMs > 0 ? 'ahead of' : 'behind'
      return {
        text: `this clock is ${minutes} min ${side} the authority's: set it right, for signed requests and expiry times depend on it`,
        command: setClock[host.platform],
      }
    },
  },
  {
    id: 'half-set-variables',
    reason: 'a group of variables that is complete but for one counts as not configured, without a word from the SDK',
    advise: ({ env, outcome }) => {
      const halves = findHalfSets(env)
      if (outcome === 'succeeded' || halves.length === 0) return null
      return { text: halves.map(halfSetWords).join('; ') }
    },
  },
  {
    id: 'empty-variables',
    reason: 'a variable that is set to nothing is unset to one SDK and a wrong value to the next',
    advise: ({ attempts, env, outcome }) => {
      const looked = attempts.flatMap(({ evidence }) =>
        evidence.flatMap(({ kind, what }) => (kind === 'env' ? [what] : [])),
      )
      const empty = [...new Set([...looked, 'AZURE_TOKEN_CREDENTIALS'])].filter((name) => env.get(name) === '')
      if (empty.length === 0 || outcome === 'succeeded') return null
      return {
        text: `${list(empty)} ${empty.length === 1 ? 'is' : 'are'} set but empty, which the SDKs do not read alike: give a value, or unset`,
        command: `unset ${empty.join(' ')}`,
      }
    },
  },
  {
    id: 'client-id-two-meanings',
    reason: 'AZURE_CLIENT_ID names the app of EnvironmentCredential and also the user-assigned managed identity',
    advise: ({ attempts, env, isDefaultChain }) => {
      const id = env.get('AZURE_CLIENT_ID') ?? ''
      const managed = attempts.find(({ credential }) => credential === 'ManagedIdentityCredential')?.problem
      if (!isDefaultChain || id === '' || managed === undefined || !isAboutId(managed)) return null
      return {
        text: `AZURE_CLIENT_ID (${id}) is read twice: by EnvironmentCredential as the app, by ManagedIdentityCredential as the user-assigned identity to ask for; this machine does not have that one. To ask for its own identity, unset it, or name the other with --client-id`,
      }
    },
  },
  {
    id: 'proxy-covers-imds',
    reason:
      "the SDKs' HTTP clients send requests for 169.254.169.254 to a proxy, which answers for its own machine or not at all",
    advise: ({ detour, title }) => {
      if (detour === null) return null
      const { variable, host, proxy, command, outcome } = detour
      const through = proxy === null ? 'through what is no address of a proxy' : `through the proxy ${proxy}`
      return {
        text: `${variable} sends the requests of ${title} to ${host} ${through}; azid never does${afterDetour(outcome)}; exempt the address`,
        command,
      }
    },
  },
  {
    id: 'token-credentials-excludes',
    reason: 'AZURE_TOKEN_CREDENTIALS is often set for a whole machine or image and forgotten',
    advise: ({ outcome, excluded, env }) => {
      const names = excluded.filter(({ by }) => by === 'AZURE_TOKEN_CREDENTIALS').map(({ name }) => name)
      if (outcome === 'succeeded' || names.length === 0) return null
      const value = env.get('AZURE_TOKEN_CREDENTIALS')?.trim() ?? ''
      return {
        text: `AZURE_TOKEN_CREDENTIALS=${value} leaves out ${list(names)}; if one of them was to sign in, change or unset it`,
        command: 'unset AZURE_TOKEN_CREDENTIALS',
      }
    },
  },
  {
    id: 'github-actions-job',
    reason: "DefaultAzureCredential does not know the id tokens of GitHub's jobs",
    advise: ({ env, outcome, isDefaultChain }) => {
      if (!isDefaultChain || outcome === 'succeeded' || env.get('GITHUB_ACTIONS') !== 'true') return null
      return {
        text: "a job of GitHub Actions: DefaultAzureCredential does not use the job's id token; sign in with azure/login before, or ask with it",
        command: 'azid chain -c github-actions --dry-run',
      }
    },
  },
  {
    id: 'azure-pipelines-job',
    reason: 'AzurePipelinesCredential is no link of DefaultAzureCredential',
    advise: ({ env, outcome, isDefaultChain }) => {
      if (!isDefaultChain || outcome === 'succeeded' || (env.get('SYSTEM_OIDCREQUESTURI') ?? '') === '') return null
      return {
        text: 'a job of Azure Pipelines: AzurePipelinesCredential is no link of DefaultAzureCredential; run in an AzureCLI@2 task, or name the service connection',
        command: 'azid chain -c azure-pipelines --dry-run',
      }
    },
  },
  {
    id: 'az-slow',
    reason: 'the SDKs end az after ten seconds, which a cold start on a busy machine reaches',
    advise: ({ attempts }) => {
      const slow = attempts
        .filter(({ problem }) => problem?.code !== 'tool-timed-out')
        .flatMap(({ evidence }) => evidence)
        .find(
          ({ kind, what, ms }) => kind === 'process' && ms >= slowToolMs && /(?:^|[\\/])az(?:\.cmd)?(?: |$)/.test(what),
        )
      if (slow === undefined) return null
      return {
        text: `az took ${(slow.ms / 1000).toFixed(1)} s, and the SDKs give it 10 s: raise process_timeout in the program; az is slow in a cold container and with many extensions`,
      }
    },
  },
  {
    id: 'container-without-az',
    reason: 'the sign-in of the host is not seen in a container',
    advise: ({ isContainer, isOutside, attempts, outcome }) => {
      if (!isContainer || outcome === 'succeeded' || !isMissing(attempts, 'az')) return null
      const where =
        isOutside === true
          ? "it runs in a container: the host's sign-in is not seen in there, even where its image has az"
          : "this is a container without az: the host's sign-in is not seen in here"
      return {
        text: `${where}. Give it a workload or managed identity, or hand it a token of yours with \`azid serve\` on the host`,
      }
    },
  },
  {
    id: 'wsl',
    reason: 'Windows and WSL have sign-ins of their own',
    advise: ({ host, attempts, outcome }) => {
      const isWsl = host.platform === 'linux' && /microsoft/i.test(host.release)
      if (!isWsl || outcome === 'succeeded') return null
      const isWindowsAz = attempts.some(({ evidence }) => evidence.some(({ what }) => /^\/mnt\/c\/.*\baz/i.test(what)))
      if (!isWindowsAz && !isMissing(attempts, 'az')) return null
      return {
        text: isWindowsAz
          ? 'this is WSL, and the az that is found is that of Windows, which programs in WSL cannot start as the SDKs do: install az in WSL, too, and sign in there'
          : 'this is WSL: the sign-in of az on Windows is not seen in here; install az in WSL and sign in',
        command: 'curl -sL https://aka.ms/InstallAzureCLIDeb | sudo bash && az login',
      }
    },
  },
  {
    id: 'production-credential-here',
    reason: 'a forgotten service principal or a stray identity endpoint wins over the account of the person',
    advise: ({ credential, isDeveloperMachine, isDefaultChain }) => {
      if (!isDefaultChain || !isDeveloperMachine || credential === null || !deployed.has(credential)) return null
      const whose =
        credential === 'EnvironmentCredential'
          ? 'the app that the AZURE_ variables name'
          : "the platform's identity for deployed programs"
      return {
        text: `${credential} wins on what looks like a developer's machine: programs act as ${whose}, not as you. To be yourself here, leave the deployed credentials out`,
        command: 'export AZURE_TOKEN_CREDENTIALS=dev',
      }
    },
  },
  {
    id: 'identities-differ',
    reason: 'what works on one machine fails on the next because another credential wins there, in another tenant',
    advise: ({ tenantIds }) => {
      if (new Set(tenantIds.map((tenant) => tenant.toLowerCase())).size < 2) return null
      return {
        text: 'the credentials here give tokens of different tenants: name the one that is meant, in the program or with AZURE_TOKEN_CREDENTIALS',
      }
    },
  },
  {
    id: 'cached-answer',
    reason: 'get-token looks into the cache first, so it may go on for an hour after the chain has broken',
    advise: ({ cached }) => {
      if (cached === null) return null
      const minutes = Math.max(1, Math.round(cached.livesMs / 60_000))
      return {
        text: `azid get-token would not ask anybody: it has a token of ${cached.credential} that is good for ${minutes} more min`,
        command: 'azid get-token --force-refresh',
      }
    },
  },
  {
    id: 'azid-account',
    reason: 'get-token ends its chain with the account of `azid login`, which no SDK knows',
    advise: ({ account, outcome }) => {
      if (account === null || outcome === 'succeeded') return null
      return {
        text: `azid get-token would go on to ${account}, signed in by azid login; the SDKs do not know that account`,
      }
    },
  },
  {
    id: 'file-cache',
    reason: 'a key beside what it seals protects against little',
    advise: ({ isFileCache, cached }) => {
      if (!isFileCache || cached === null) return null
      return {
        text: 'the key of the token cache lies in a file beside it (AZID_CACHE=file): who can read your files can read the tokens',
      }
    },
  },
]

const setClock: Readonly<Record<Host['platform'], string>> = {
  linux: 'sudo timedatectl set-ntp true',
  darwin: 'sudo sntp -sS time.apple.com',
  win32: 'w32tm /resync',
  other: 'date -u',
}

function isMissing(attempts: readonly Attempt[], tool: string): boolean {
  return attempts.some(({ problem }) => problem?.code === 'tool-not-found' && problem.facts.tool === tool)
}

function afterDetour(outcome: Attempt['outcome']): string {
  switch (outcome) {
    case 'succeeded':
      return ", and got its token from the host itself: a program may fail here, or get the proxy's answer"
    case 'unavailable':
    case 'failed':
      return ', and got no token from the host itself: a program meets what the proxy answers'
    case 'not-attempted':
    case 'excluded':
      return ''
    default:
      return outcome satisfies never
  }
}

/** The host does not have the identity that was asked for, or takes no id at all. */
function isAboutId(problem: NonNullable<Attempt['problem']>): boolean {
  switch (problem.code) {
    case 'managed-identity-answer':
      return problem.facts.id === 'clientId' && problem.facts.status >= 400 && problem.facts.status < 500
    case 'managed-identity-id-refused':
      return problem.facts.source === 'AZURE_CLIENT_ID'
    default:
      return false
  }
}

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
