/** InteractiveBrowserCredential: a person signs in with the browser of this machine; afterwards the account is remembered. */
import { browserWay } from '../sign-in/browser-way.ts'
import { createPersonCredential, personInputs } from '../sign-in/person-credential.ts'
import type { CredentialDefinition } from '../types.ts'

export const interactiveBrowserCredential: CredentialDefinition = {
  name: 'InteractiveBrowserCredential',
  aliases: ['interactive-browser', 'browser', 'interactive'],
  create: (config, ports) => createPersonCredential('InteractiveBrowserCredential', config, ports, browserWay),
  inputs: personInputs,
}

/** The account of `azid login` as the last link of a chain: nobody is asked. */
export const rememberedAccountLink: CredentialDefinition = {
  ...interactiveBrowserCredential,
  create: (config, ports) => createPersonCredential('InteractiveBrowserCredential', config, ports, null),
}
