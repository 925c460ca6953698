/**
 * BrokerCredential: the account that the operating system is signed in with. Only Microsoft's native plug-in can ask its
 * broker, and none is loaded, so it is always unavailable, in the words of an SDK without that plug-in.
 */
import { problem } from '../problems.ts'
import { unavailable } from '../tool-token.ts'
import type { CredentialDefinition, EnginePorts } from '../types.ts'

export const brokerCredential: CredentialDefinition = {
  name: 'BrokerCredential',
  aliases: ['broker'],
  create: (_config, ports) => ({
    name: 'BrokerCredential',
    getToken: async () => unavailable(problem('broker-unavailable', { hasBroker: hasBroker(ports) })),
  }),
  inputs: (config) => ({
    variables: [],
    files: [],
    tokenFiles: [],
    values: [config.tenantId, config.clientId],
    isOfThisMachine: false,
  }),
}

/** Windows, and Linux inside it, as MSAL tells. */
function hasBroker({ host }: Pick<EnginePorts, 'host'>): boolean {
  return host.platform === 'win32' || (host.platform === 'linux' && host.release.toLowerCase().includes('microsoft'))
}
