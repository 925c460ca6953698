/** Cheap local signs that this is a machine of Azure. They are evidence and advice; only `--fast` acts on them. */
import type { EnginePorts } from '../types.ts'

/** What every virtual machine of Azure carries in its SMBIOS data, whoever installed the system on it. */
const assetTag = '7783-7084-3265-9085-8269-3286-77'

/** Set by hosts of Azure for the programs that they run. */
export const signVariables: readonly string[] = [
  'IDENTITY_ENDPOINT',
  'MSI_ENDPOINT',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'WEBSITE_INSTANCE_ID',
  'CONTAINER_APP_NAME',
  'FUNCTIONS_WORKER_RUNTIME',
  'ACC_CLOUD',
  'AZUREML_RUN_ID',
  'Fabric_NodeName',
]

/** Left by the agents that Azure's images carry. */
const signFiles = {
  linux: ['/var/lib/waagent', '/opt/azcmagent/bin/himds'],
  win32: ['C:\\WindowsAzure', 'C:\\Program Files\\AzureConnectedMachineAgent\\himds.exe'],
  darwin: [],
  other: [],
} as const

const assetTagFile = '/sys/class/dmi/id/chassis_asset_tag'

export interface MachineSigns {
  /** The variables and files that speak for Azure. */
  readonly found: readonly string[]
  /** Everything that was looked at. */
  readonly looked: readonly string[]
}

/** Promise: a few variables and files, no process, no packet; well under a millisecond. */
export async function findMachineSigns(ports: Pick<EnginePorts, 'env' | 'files' | 'host'>): Promise<MachineSigns> {
  const { env, files, host } = ports
  const found = signVariables.filter((name) => (env.get(name) ?? '') !== '')
  const looked: string[] = [...signVariables]
  if (host.platform === 'linux') {
    looked.push(assetTagFile)
    const content = await files.read(assetTagFile, { maxBytes: 4096 })
    if (content.ok && new TextDecoder().decode(content.value).trim() === assetTag) found.push(assetTagFile)
  }
  for (const path of signFiles[host.platform]) {
    looked.push(path)
    const stat = await files.stat(path)
    if (stat.ok) found.push(path)
  }
  return { found, looked }
}
