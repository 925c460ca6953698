/** What is known of the machine and of azid's own cache beside the credentials: for advice, never for the chain. */
import { peekIntoCache } from '../cache/peek.ts'
import { findMachineSigns } from '../engine/managed-identity/machine-signs.ts'
import { accountsFileOf } from '../engine/sign-in/account-store.ts'
import { readAccounts } from '../engine/sign-in/accounts.ts'
import type { CredentialName } from '../engine/types.ts'
import type { Http, Runtime } from '../runtime.ts'
import { cachedRequest, type Preparation, type Target } from './acquire.ts'

export interface MachineFacts {
  readonly isContainer: boolean
  readonly isDeveloperMachine: boolean
}

const containerVariables = ['KUBERNETES_SERVICE_HOST', 'container', 'DOTNET_RUNNING_IN_CONTAINER']
const deskVariables = ['DISPLAY', 'WAYLAND_DISPLAY', 'TERM_PROGRAM', 'VSCODE_PID', 'SSH_AUTH_SOCK']
const ciVariables = ['CI', 'TF_BUILD', 'GITHUB_ACTIONS', 'GITLAB_CI', 'JENKINS_URL']

/** Variables and files only. */
export async function lookAtMachine(runtime: Runtime): Promise<MachineFacts> {
  const { env, files, host } = runtime
  const isSet = (name: string): boolean => (env.get(name) ?? '') !== ''
  const isThere = async (file: string): Promise<boolean> => (await files.stat(file)).ok
  const marks = await Promise.all(['/.dockerenv', '/run/.containerenv'].map(isThere))
  const isContainer = host.platform === 'linux' && (containerVariables.some(isSet) || marks.includes(true))
  const signs = (await findMachineSigns({ env, files, host })).found.filter((sign) => sign !== podIdentityVariable)
  const isHosted = isContainer || ciVariables.some(isSet) || signs.length > 0
  const isDesk =
    host.platform === 'darwin' ||
    deskVariables.some(isSet) ||
    (await isThere(`${host.homeFolder}/.azure/azureProfile.json`))
  return {
    isContainer,
    isDeveloperMachine: !isHosted && isDesk,
  }
}

/** Set by people who test, too: it says where to ask, not what this machine is. */
const podIdentityVariable = 'AZURE_POD_IDENTITY_AUTHORITY_HOST'

export interface CacheFacts {
  readonly cached: { readonly credential: CredentialName; readonly livesMs: number } | null
  readonly account: string | null
  readonly isFileCache: boolean
}

export const noCache: CacheFacts = { cached: null, account: null, isFileCache: false }

/** Whether `get-token` would answer without asking anybody, and whose sign-in it would end with. */
export async function lookIntoCache(target: Target, preparation: Preparation): Promise<CacheFacts> {
  const { cache, authority, runtime } = preparation
  // Tokens of a sandbox are never kept.
  if (accountsFileOf(authority) !== 'accounts') return noCache
  const asked = cachedRequest(target, preparation)
  // As get-token would ask: it does not do all that an SDK does on its way.
  const links = asked.links.map(({ definition, config: { asksAll: _, ...config } }) => ({ definition, config }))
  const { entry, accounts } = await peekIntoCache({ ...asked, links }, 'accounts', cache)
  const [account] = readAccounts(accounts)
  return {
    cached:
      entry === null ? null : { credential: entry.credential, livesMs: entry.token.expiresOn - runtime.clock.now() },
    account: account === undefined ? null : account.record.username,
    isFileCache: cache.place === 'file',
  }
}

export interface ObservedClock {
  readonly http: Http
  /** How far this clock is ahead of the authority's; null where it did not answer. */
  aheadMs(): number | null
}

/** Compares this clock with the Date header (RFC 9110, 6.6.1) of every answer of the authority; its unit is a second. */
export function observeClock({ http, clock }: Pick<Runtime, 'http' | 'clock'>, authorityHost: string): ObservedClock {
  let ahead: number | null = null
  return {
    aheadMs: () => ahead,
    http: {
      ...http,
      send: async (request, signal) => {
        const result = await http.send(request, signal)
        const date = result.ok ? Date.parse(result.response.headers['date'] ?? '') : Number.NaN
        if (request.url.startsWith(`${authorityHost}/`) && !Number.isNaN(date)) ahead = clock.now() - date - 500
        return result
      },
    },
  }
}
