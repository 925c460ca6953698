/** Accounts of `azid login` in the sealed cache, as the credentials for people use them. */
import { createMsalCache, generationFile, type MsalCacheName, type SealedMsalCache } from '../../cache/msal-cache.ts'
import { wordTrouble } from '../../cache/notes.ts'
import type { TokenCache } from '../../cache/token-cache.ts'
import type { AccountStore, Authority, MsalCache } from '../types.ts'
import { type RememberedAccount, readAccounts, withoutAccounts } from './accounts.ts'

export interface SealedAccountStore extends AccountStore {
  list(): Promise<readonly RememberedAccount[]>
  /** Forgets these accounts, here only: nobody is signed out of anything else. */
  forget(accounts: readonly RememberedAccount[]): Promise<void>
}

const loopback = /^https:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

/** The accounts of a sandbox are worth nothing, and are never in one file with real ones. */
export function accountsFileOf({ host }: Authority): MsalCacheName {
  return loopback.test(host) ? 'accounts.sandbox' : 'accounts'
}

/** Accounts that last as long as whoever holds this. */
export function createMemoryAccounts(): AccountStore {
  let state: string | null = null
  return {
    open: () => ({
      read: async () => state,
      write: async (serialised) => {
        state = serialised
      },
    }),
    generationFile: null,
    changed: async () => {},
    whyForgotten: () => 'nothing says to keep it',
  }
}

/** Looks the sealing key up, and makes it where there is none. */
export async function openAccountStore(cache: TokenCache, name: MsalCacheName): Promise<SealedAccountStore> {
  const key = await cache.key()
  const file = key?.ok === true ? generationFile(name, key.value.home, cache) : null
  const memory = createMemoryAccounts()
  const views: SealedMsalCache[] = []
  const open = (): MsalCache => {
    if (file !== null) {
      const view = createMsalCache(cache, name)
      views.push(view)
      return view
    }
    return memory.open()
  }
  const changed = async (): Promise<void> => {
    if (file === null) return
    await cache.ports.files.writeAtomic(file, cache.ports.random.bytes(16), { mode: 0o600 })
  }
  const list = async (): Promise<readonly RememberedAccount[]> => readAccounts(await open().read())

  return {
    open,
    generationFile: file,
    changed,
    list,
    whyForgotten: () => {
      if (key === null) return cache.place === 'memory' && isCi(cache) ? 'CI is set' : `AZID_CACHE is ${cache.place}`
      const trouble = key.ok ? views.map((view) => view.trouble()).find((each) => each !== null) : key.error
      return trouble === undefined || trouble === null ? null : wordTrouble(trouble)
    },
    forget: async (accounts) => {
      const records = accounts.map(({ record }) => record)
      const isThere = (found: readonly RememberedAccount[]): boolean =>
        found.some(({ record }) =>
          records.some(
            ({ homeAccountId, clientId, authority }) =>
              homeAccountId === record.homeAccountId && clientId === record.clientId && authority === record.authority,
          ),
        )
      await changed()
      // Another process may renew a token in between, which keeps it: then it is taken away again.
      for (let round = 0; round < 3; round += 1) {
        const view = open()
        const serialised = await view.read()
        if (serialised === null || !isThere(readAccounts(serialised))) break
        await view.write(withoutAccounts(serialised, records))
      }
      await changed()
    },
  }
}

function isCi({ ports }: TokenCache): boolean {
  return (ports.env.get('CI') ?? '') !== '' && ports.env.get('AZID_CACHE') === undefined
}
