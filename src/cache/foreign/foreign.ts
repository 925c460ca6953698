/** All that other tools keep on this machine for this user. Reads only; changes nothing. */
import { cacheFolders } from '../folders.ts'
import { readAz } from './az.ts'
import { readAzd } from './azd.ts'
import { readAzureIdentity } from './azure-identity.ts'
import { readAzurePowerShell } from './azure-powershell.ts'
import type { ForeignPorts, ForeignStore } from './foreign-store.ts'
import { readKeyringItems } from './keyring-items.ts'
import { readVsCode } from './vscode.ts'

/**
 * Promise: no value of a token or a secret is in the result. Only with `opensKeyring` are keyring entries of other tools
 * opened; where no keyring can be searched, their stores say so.
 */
export async function readForeignStores(ports: ForeignPorts, opensKeyring: boolean): Promise<readonly ForeignStore[]> {
  const { join } = cacheFolders(ports.env, ports.host)
  const files = (
    await Promise.all([
      readAz(ports, join),
      readAzd(ports, join),
      readAzurePowerShell(ports, join),
      readAzureIdentity(ports, join),
      readVsCode(ports, join),
    ])
  ).flat()
  const opened = opensKeyring ? await readKeyringItems(ports) : []
  const explain = (store: ForeignStore): ForeignStore =>
    store.state === 'closed' ? { ...store, ...explainClosed(opensKeyring, opened !== null) } : store
  return [...files.map(explain), ...(opened ?? [])]
}

function explainClosed(isAsked: boolean, canSearch: boolean): Pick<ForeignStore, 'state' | 'reason'> {
  if (!isAsked) return { state: 'closed', reason: 'in the keyring: --read-foreign opens its entry' }
  return canSearch
    ? { state: 'closed', reason: 'in the keyring: what was found there is listed apart' }
    : { state: 'unreadable', reason: 'in the keyring: not readable on this platform' }
}
