/**
 * VisualStudioCredential, which only the SDK for .NET has: the account of Visual Studio, through a token service that
 * Visual Studio installs on Windows and names in a file. azid finds the file and does not run what it names.
 */
import path from 'node:path'
import { problem } from '../problems.ts'
import { unavailable } from '../tool-token.ts'
import type { CredentialDefinition, EnginePorts, Outcome } from '../types.ts'

const largestFile = 64 * 1024
const folderVariable = 'LOCALAPPDATA'

export const visualStudioCredential: CredentialDefinition = {
  name: 'VisualStudioCredential',
  aliases: ['visual-studio', 'vs'],
  create: (_config, ports) => ({
    name: 'VisualStudioCredential',
    getToken: () => findTokenProvider(ports),
  }),
  inputs: (config, ports) => ({
    variables: ports.host.platform === 'win32' ? [folderVariable] : [],
    files: [tokenProviderPath(ports)],
    tokenFiles: [],
    values: [config.tenantId],
    isOfThisMachine: false,
  }),
}

function tokenProviderPath({ env, host }: Pick<EnginePorts, 'env' | 'host'>): string {
  const isWindows = host.platform === 'win32'
  const { join } = isWindows ? path.win32 : path.posix
  const base = isWindows ? (env.get(folderVariable) ?? join(host.homeFolder, 'AppData', 'Local')) : host.homeFolder
  return join(base, '.IdentityService', 'AzureServiceAuth', 'tokenprovider.json')
}

async function findTokenProvider(ports: EnginePorts): Promise<Outcome> {
  const place = tokenProviderPath(ports)
  const read = await ports.files.read(place, { maxBytes: largestFile })
  if (!read.ok) {
    return unavailable(
      problem('file-unreadable', { what: 'token provider of Visual Studio', source: place, error: read.error }),
    )
  }
  return unavailable(
    problem('not-supported', {
      reason: `Visual Studio is signed in, and azid does not run the program that ${place} names`,
    }),
  )
}
