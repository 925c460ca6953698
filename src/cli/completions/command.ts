/** `azid completion SHELL`: prints the script that the tables make. It belongs to the command line itself, so it lives here. */

import { pythonProfile } from '../../engine/profiles/python.ts'
import { credentialDefinitions, shortNameOf } from '../../engine/registry.ts'
import { findResource, resourceAliases } from '../../engine/resources.ts'
import type { CredentialName } from '../../engine/types.ts'
import { defaultVariable } from '../../output/variables.ts'
import type { CommandTables } from '../command-row.ts'
import type { RunCommand } from '../invocation.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { createCompletionModel, type Word } from './model.ts'
import { powershellCompletion } from './powershell.ts'
import { zshCompletion } from './zsh.ts'

const generators = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
} as const

/** Troubles that the sandbox makes; of some, more may be said behind a colon. */
const faults: readonly Word[] = [
  { word: '429', summary: 'too many requests' },
  { word: '500', summary: 'internal error' },
  { word: '502', summary: 'bad gateway' },
  { word: '503', summary: 'not available' },
  { word: '504', summary: 'gateway timeout' },
  { word: 'hang', summary: 'never answers' },
  { word: 'cut', summary: 'ends in the middle of an answer' },
  { word: 'html', summary: 'a page in place of JSON' },
  { word: 'slow=500ms', summary: 'answers late' },
  { word: 'clock=+10m', summary: 'a wrong clock' },
]

export type CompletionShell = keyof typeof generators

/** The tables of commands are handed in: that table loads this module. */
export function completionScript(shell: CompletionShell, tables: CommandTables): string {
  const model = createCompletionModel({
    ...tables,
    credentials: [
      { word: 'default', summary: 'DefaultAzureCredential' },
      ...credentialDefinitions.map((each) => ({ word: shortNameOf(each), summary: each.name })),
    ],
    links: pythonProfile.order.map((name) => ({ word: shorten(name), summary: name })),
    targets: resourceAliases.map(describeTarget),
    variables: [...new Set(resourceAliases.filter(hasOwnVariable).map(defaultVariable))],
    faults,
    subjects: [{ word: 'environment' }, ...credentialDefinitions.map(({ name }) => ({ word: name }))],
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

function describeTarget(alias: string): Word {
  const resource = findResource(alias)
  return resource === null ? { word: alias } : { word: alias, summary: resource.name }
}

/** Whether programs of the service read a variable of their own, and not one that only has the service's name. */
function hasOwnVariable(alias: string): boolean {
  return defaultVariable(alias) !== `AZURE_${alias.toUpperCase().replaceAll('-', '_')}_TOKEN`
}

/** `AzureCliCredential` → `azure-cli`, for links of the SDK that azid may lack. */
function shorten(name: CredentialName): string {
  return name
    .replace(/Credential$/, '')
    .replace('PowerShell', 'Powershell')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-')
    .toLowerCase()
}
