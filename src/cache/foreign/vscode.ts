/** Whom VS Code's Azure extension is signed in as; the tokens stay with the broker. */
import type { CacheFolders } from '../folders.ts'
import { azFolder } from './az.ts'
import {
  type ForeignItem,
  type ForeignPorts,
  type ForeignStore,
  noItem,
  parseJson,
  readStore,
  textOf,
} from './foreign-store.ts'

export async function readVsCode(ports: ForeignPorts, join: CacheFolders['join']): Promise<readonly ForeignStore[]> {
  const folders = new Set([join(ports.host.homeFolder, '.azure'), azFolder(ports, join)])
  const stores = await Promise.all(
    [...folders].map((folder) =>
      readStore(
        {
          tool: 'vscode',
          place: join(folder, 'ms-azuretools.vscode-azureresourcegroups', 'authRecord.json'),
          protection: 'no-secret',
        },
        readRecord,
        ports,
      ),
    ),
  )
  return stores.filter((store) => store !== null)
}

function readRecord(text: string): readonly ForeignItem[] | null {
  const record = parseJson(text)
  const account = textOf(record, 'username') ?? textOf(record, 'homeAccountId')
  if (account === null) return null
  return [
    {
      ...noItem,
      kind: 'authentication-record',
      account,
      tenantId: textOf(record, 'tenantId'),
      clientId: textOf(record, 'clientId'),
      isCurrent: true,
    },
  ]
}
