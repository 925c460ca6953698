/** A recipe as what can be run: its fenced blocks, in order. */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('../../../docs/recipes/', import.meta.url)

export interface RecipeFile {
  readonly name: string
  readonly text: string
}

export interface RecipeCommand {
  readonly script: string
  /** Words behind `sh`: what the block needs. */
  readonly needs: readonly string[]
  readonly exitCode: number
  /** Lines that it says, somewhere. */
  readonly says: readonly string[]
}

export interface Recipe {
  readonly name: string
  readonly files: readonly RecipeFile[]
  readonly commands: readonly RecipeCommand[]
}

export function readRecipes(): readonly Recipe[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => parseRecipe(name, readFileSync(new URL(name, folder), 'utf8')))
}

function parseRecipe(name: string, text: string): Recipe {
  const files: RecipeFile[] = []
  const commands: RecipeCommand[] = []
  for (const [, info = '', content = ''] of text.matchAll(/^```(\S.*)\n([\s\S]*?)^```$/gm)) {
    const [language, ...words] = info.split(' ')
    const file = words.find((word) => word.startsWith('file='))
    if (file !== undefined) files.push({ name: file.slice('file='.length), text: content })
    else if (language === 'sh') {
      const exit = words.find((word) => word.startsWith('exit='))
      commands.push({
        script: content,
        needs: words.filter((word) => word !== exit),
        exitCode: Number(exit?.slice('exit='.length) ?? 0),
        says: [],
      })
    } else if (language === 'text') {
      const last = commands.pop()
      if (last === undefined) throw new Error(`${name}: a text block without a command before it`)
      commands.push({ ...last, says: content.trimEnd().split('\n') })
    } else throw new Error(`${name}: a block of ${language} that is neither run nor a file`)
  }
  return { name, files, commands }
}
