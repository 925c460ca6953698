/** `azid completion SHELL`: prints the script that the tables make. It belongs to the command line itself, so it lives here. */

import { pythonProfile } from '../../engine/profiles/python.ts'
import { credentialDefinitions, shortNameOf } from '../../engine/registry.ts'
import { resourceAliases } from '../../engine/resources.ts'
import type { CredentialName } from '../../engine/types.ts'
import type { CommandTables } from '../command-row.ts'
import type { RunCommand } from '../invocation.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { createCompletionModel } from './model.ts'
import { powershellCompletion } from './powershell.ts'
import { zshCompletion } from './zsh.ts'

const generators = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
} as const

export type CompletionShell = keyof typeof generators

/** The tables of commands are handed in: that table loads this module. */
export function completionScript(shell: CompletionShell, tables: CommandTables): string {
  const model = createCompletionModel({
    ...tables,
    credentials: ['default', ...credentialDefinitions.map(shortNameOf)],
    links: pythonProfile.order.map(shorten),
    targets: resourceAliases,
  })
  return generators[shell](model)
}

/** The parser has checked the shell's name. */
export function completionCommand(tables: CommandTables): RunCommand {
  return async ({ args }, { terminal }) => {
    await terminal.stdout.write(completionScript(args[0] as CompletionShell, tables))
    return 'done'
  }
}

/** `AzureCliCredential` → `azure-cli`, for links of the SDK that azid may lack. */
function shorten(name: CredentialName): string {
  return name
    .replace(/Credential$/, '')
    .replace('PowerShell', 'Powershell')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase()
}
