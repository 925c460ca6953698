/** DeviceCodeCredential: a person signs in on any device with a code; afterwards the account is remembered. */
import { deviceCodeWay } from '../sign-in/device-code-way.ts'
import { createPersonCredential, personInputs } from '../sign-in/person-credential.ts'
import type { CredentialDefinition } from '../types.ts'

export const deviceCodeCredential: CredentialDefinition = {
  name: 'DeviceCodeCredential',
  aliases: ['device-code', 'device'],
  create: (config, ports) => createPersonCredential('DeviceCodeCredential', config, ports, deviceCodeWay),
  inputs: personInputs,
}
