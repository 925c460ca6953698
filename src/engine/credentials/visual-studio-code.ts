/**
 * VisualStudioCodeCredential: the account of VS Code's Azure Resources extension. It leaves a record of who is signed in;
 * the tokens are the operating system's broker's, which only Microsoft's native plug-in can ask. So this finds the account
 * and says what is missing.
 */
import path from 'node:path'
import { problem } from '../problems.ts'
import type { SignInFacts } from '../sign-in-facts.ts'
import { isTenantText } from '../tenant.ts'
import { parseJson, unavailable } from '../tool-token.ts'
import type { CredentialDefinition, EnginePorts } from '../types.ts'

const clientId = 'aebc6443-996d-45c2-90f0-388ff96faa56'
const largestRecord = 10 * 1024

export const visualStudioCodeCredential: CredentialDefinition = {
  name: 'VisualStudioCodeCredential',
  aliases: ['visual-studio-code', 'vscode'],
  create: (_config, ports) => ({
    name: 'VisualStudioCodeCredential',
    getToken: async () => unavailable(problem('vscode-unavailable', { record: await findRecord(ports) })),
  }),
  inputs: (config, ports) => ({
    variables: [],
    files: recordPaths(ports),
    tokenFiles: [],
    values: [config.tenantId],
    isOfThisMachine: false,
  }),
}

/** Two spellings of the folder, for file systems that tell them apart. */
function recordPaths({ host }: Pick<EnginePorts, 'host'>): readonly string[] {
  const { join } = host.platform === 'win32' ? path.win32 : path.posix
  return ['.azure', '.Azure'].map((folder) =>
    join(host.homeFolder, folder, 'ms-azuretools.vscode-azureresourcegroups', 'authRecord.json'),
  )
}

type FoundRecord = SignInFacts['vscode-unavailable']['record']

async function findRecord(ports: EnginePorts): Promise<FoundRecord> {
  for (const place of recordPaths(ports)) {
    const read = await ports.files.read(place, { maxBytes: largestRecord })
    if (!read.ok && read.error.code === 'not-found') continue
    if (!read.ok) return { state: 'unusable', path: place, reason: `${read.error.code} (${read.error.detail})` }
    const found = readRecord(place, new TextDecoder().decode(read.value))
    const result = found.state === 'found' ? `${found.username}, tenant ${found.tenantId}` : 'no record of an account'
    ports.note?.({ kind: 'file', what: `account in ${place}`, result })
    return found
  }
  return { state: 'missing' }
}

function readRecord(place: string, text: string): FoundRecord {
  const record = parseJson(text)
  const members = (typeof record === 'object' && record !== null ? record : {}) as Readonly<Record<string, unknown>>
  const { username, tenantId } = members
  for (const name of ['tenantId', 'clientId', 'username', 'homeAccountId', 'authority']) {
    const value = members[name]
    if (typeof value !== 'string' || value === '')
      return { state: 'unusable', path: place, reason: `it has no ${name}` }
  }
  if (members['clientId'] !== clientId) return { state: 'unusable', path: place, reason: 'its client is not VS Code' }
  if (!isTenantText(String(tenantId))) return { state: 'unusable', path: place, reason: 'its tenant is none' }
  return { state: 'found', path: place, username: String(username), tenantId: String(tenantId) }
}
