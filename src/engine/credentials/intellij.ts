/**
 * IntelliJCredential, which only the SDK for Java has: the account of the Azure Toolkit for IntelliJ, whose refresh token
 * lies in a cache of the toolkit's own. azid does not use the refresh tokens of other programs, so it is never available.
 */
import { problem } from '../problems.ts'
import { unavailable } from '../tool-token.ts'
import type { CredentialDefinition } from '../types.ts'

export const intelliJCredential: CredentialDefinition = {
  name: 'IntelliJCredential',
  aliases: ['intellij'],
  create: () => ({
    name: 'IntelliJCredential',
    getToken: async () =>
      unavailable(
        problem('not-supported', {
          reason: 'the sign-in of the Azure Toolkit for IntelliJ is its own: azid does not use its refresh token',
        }),
      ),
  }),
  inputs: (config) => ({ variables: [], files: [], tokenFiles: [], values: [config.tenantId], isOfThisMachine: false }),
}
