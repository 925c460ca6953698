/** Every generated file of the repository, by path. Built and run by scripts/docs.mjs; no part of the command. */
import { commandTables } from './commands.ts'
import { completionScript } from './completions/command.ts'
import { manPages } from './man.ts'

export interface GeneratedFile {
  /** Relative to the root of the repository, with slashes. */
  readonly path: string
  readonly text: string
}

export function generateDocs(): readonly GeneratedFile[] {
  const tables = commandTables()
  return [
    { path: 'completions/azid.bash', text: completionScript('bash', tables) },
    { path: 'completions/azid.zsh', text: completionScript('zsh', tables) },
    { path: 'completions/azid.fish', text: completionScript('fish', tables) },
    { path: 'completions/azid.ps1', text: completionScript('powershell', tables) },
    ...manPages(tables).map(({ file, text }) => ({ path: `man/${file}`, text })),
  ]
}
