/** Azure Arc: the agent of a machine outside Azure, which hands the proof that one may ask through a file of the machine. */
import type { EnginePorts } from '../types.ts'
import { windowsFolder } from './arc-challenge.ts'
import { type IdentityHost, metadataHeader, type Variables } from './hosts.ts'

export const azureArc: IdentityHost = {
  name: 'azure-arc',
  title: 'Azure Arc',
  method: 'GET',
  variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'],
  address: (variables) =>
    hasArcVariables(variables)
      ? { variable: 'IDENTITY_ENDPOINT', text: variables.get('IDENTITY_ENDPOINT') ?? '' }
      : { variable: 'the installed agent', text: 'http://localhost:40342/metadata/identity/oauth2/token' },
  headers: () => [metadataHeader],
}

function hasArcVariables(variables: Variables): boolean {
  return variables.has('IDENTITY_ENDPOINT') && variables.has('IMDS_ENDPOINT')
}

/** Where the agent's program is, if this is a platform that has one. */
export function arcAgentPath(ports: Pick<EnginePorts, 'env' | 'host'>): string | null {
  switch (ports.host.platform) {
    case 'linux':
      return '/opt/azcmagent/bin/himds'
    case 'win32':
      return `${windowsFolder(ports.env.get('ProgramFiles'), 'C:\\Program Files')}\\AzureConnectedMachineAgent\\himds.exe`
    default:
      return null
  }
}
