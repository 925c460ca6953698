/** The tables as an argument completer for PowerShell (5.1 and newer). */
import {
  allOptions,
  type Candidates,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  spellings,
} from './model.ts'

export function powershellCompletion(model: CompletionModel): string {
  return `# PowerShell completion for azid, made from its tables by \`azid completion powershell\`

Register-ArgumentCompleter -Native -CommandName azid -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What may follow, by command: a word, or a word = what it is for.
    $words = @{
        '' = @(${wordEntries(firstWords(model))})
        'help' = @(${helpWords(model).map(quote).join(', ')})
${model.groups.map(({ name }) => `        ${quote(name)} = @(${wordEntries(groupMembers(model, name))})`).join('\n')}
${model.commands
  .flatMap(({ name, operands }) => {
    const candidates = operands[0]?.candidates
    return candidates?.kind === 'words' ? [`        ${quote(name)} = @(${candidates.words.map(quote).join(', ')})`] : []
  })
  .join('\n')}
    }
    $options = @{
        '' = @(${optionEntries(model.rootOptions)})
${model.commands.map(({ name, options }) => `        ${quote(name)} = @(${optionEntries(options)})`).join('\n')}
    }
    # The values of an option; $null: files.
    $values = @{
${allOptions(model).flatMap(valueEntries).join('\n')}
    }
    $names = @{
${nameEntries(model)}
    }

    $before = @($commandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition -or $_.Extent.EndOffset -le $cursorPosition -and -not $wordToComplete } |
        Select-Object -Skip 1 | ForEach-Object { $_.Extent.Text })
    $command = ''
    foreach ($word in $before) {
        if ($word -ceq '--') { return }
        if ($names.ContainsKey("$command,$word")) { $command = $names["$command,$word"] }
    }

    $last = if ($before.Count -gt 0) { $before[-1] } else { '' }
    if ($values.ContainsKey($last)) {
        if ($null -eq $values[$last]) { return }
        $done = if ($wordToComplete -match '^(.*,)') { $Matches[1] } else { '' }
        $values[$last] | Where-Object { "$done$_" -like "$wordToComplete*" } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new("$done$_", $_, 'ParameterValue', $_)
        }
        return
    }

    $found = if ($wordToComplete -like '-*') { $options[$command] } else { $words[$command] }
    $found | Where-Object { $_ -clike "$wordToComplete*" } | ForEach-Object {
        $word, $text = $_ -split '=', 2
        [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $(if ($text) { $text } else { $word }))
    }
}
`
}

function wordEntries(words: readonly { readonly word: string; readonly summary: string }[]): string {
  return words.map(({ word, summary }) => quote(`${word}=${summary}`)).join(', ')
}

function optionEntries(options: readonly CompletedOption[]): string {
  return options.flatMap((option) => spellings(option).map((word) => quote(`${word}=${option.summary}`))).join(', ')
}

/** PowerShell's hash tables do not tell \`-V\` from \`-v\`; of such a pair neither takes a value. */
function valueEntries(option: CompletedOption): string[] {
  if (option.value === undefined) return []
  const list = valueList(option.value.candidates)
  return spellings(option).map((word) => `        ${quote(word)} = ${list}`)
}

function valueList(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
    case 'word-list':
      return `@(${candidates.words.map(quote).join(', ')})`
    case 'files':
    case 'folders':
      return '$null'
    case 'anything':
      return '@()'
    default:
      return candidates satisfies never
  }
}

function nameEntries(model: CompletionModel): string {
  const groups = model.groups.map(({ name }) => `        ${quote(`,${name}`)} = ${quote(name)}`)
  const commands = model.commands.flatMap(({ name, aliases }) => {
    const [first = '', second] = name.split(' ')
    const keys = second === undefined ? [first, ...aliases].map((word) => `,${word}`) : [`${first},${second}`]
    return keys.map((key) => `        ${quote(key)} = ${quote(name)}`)
  })
  return [...groups, ...commands, "        ',help' = 'help'"].join('\n')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
