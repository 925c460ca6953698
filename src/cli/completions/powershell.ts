/** The tables as an argument completer for PowerShell (5.1 and newer). */
import {
  allOptions,
  type Candidates,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  type ListName,
  ownOptions,
  spellings,
  type Word,
} from './model.ts'

export function powershellCompletion(model: CompletionModel): string {
  return `# PowerShell completion for azid, made from its tables by \`azid completion powershell\`

Register-ArgumentCompleter -Native -CommandName azid -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # What may follow: a word, and behind a space what it is for.
${Object.entries(model.lists)
  .map(([name, list]) => `    $${name} = @(${wordEntries(list)})`)
  .join('\n')}
    $words = @{
        '' = @(${wordEntries(firstWords(model))})
        'help' = @(${wordEntries(helpWords(model))})
${model.groups
  .flatMap(({ name }) =>
    [name, `help ${name}`].map((key) => `        ${quote(key)} = @(${wordEntries(groupMembers(model, name))})`),
  )
  .join('\n')}
${model.commands
  .flatMap(({ name, operands }) => {
    const candidates = operands[0]?.candidates
    const hasWords = candidates?.kind === 'words' || candidates?.kind === 'words-or-files'
    return hasWords ? [`        ${quote(name)} = ${words(candidates)}`] : []
  })
  .join('\n')}
    }
    $options = @{
        '' = @(${optionEntries(model.rootOptions)})
${model.commands.map(({ name, options }) => `        ${quote(name)} = @(${optionEntries(options)})`).join('\n')}
    }
    # The values of an option, and behind a command its own; $null: files.
    $values = @{
${[...allOptions(model).flatMap((option) => valueEntries(option)), ...ownOptions(model).flatMap(([command, option]) => valueEntries(option, command))].join('\n')}
    }
    # Options whose value may be VAR=TARGET, and the variables.
    $assigning = @(${assigningOptions(model).flatMap(spellings).map(quote).join(', ')})
    $variables = @(${variablesOf(model).map(quote).join(', ')})
    # From a word and the command before it to the command.
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
    # A value that is joined to its option comes with it, and goes back with it.
    $joined = ''
    if ($wordToComplete -match '^(--[a-z-]+)=(.*)$') {
        $last = $Matches[1]
        $joined = "$last="
        $wordToComplete = $Matches[2]
    }
    if ($values.ContainsKey("$command,$last")) { $last = "$command,$last" }
    # What is typed already of a list with commas, or of VAR=TARGET, stays before each word.
    $done = ''
    if ($values.ContainsKey($last)) {
        if ($null -eq $values[$last]) { return }
        $found = $values[$last]
        if ($assigning -ccontains $last) {
            if ($wordToComplete -match '^[^=]*=') { $done = $Matches[0] } else { $found += $variables }
        } elseif ($wordToComplete -match '^.*,') { $done = $Matches[0] }
    } elseif ($joined) { return } elseif ($wordToComplete -like '-*') { $found = $options[$command] } else { $found = $words[$command] }

    foreach ($each in $found) {
        $word, $text = $each -split ' ', 2
        if ("$done$word".StartsWith($wordToComplete)) {
            [System.Management.Automation.CompletionResult]::new("$joined$done$word", $word, 'ParameterValue', $(if ($text) { $text } else { $word }))
        }
    }
}
`
}

function wordEntries(all: readonly Word[]): string {
  return all.map(({ word, summary }) => quote(summary === undefined ? word : `${word} ${summary}`)).join(', ')
}

/** A list that is there once, or the words themselves. */
function words({ words: all, list }: { readonly words: readonly Word[]; readonly list?: ListName }): string {
  return list === undefined ? `@(${wordEntries(all)})` : `$${list}`
}

function assigningOptions(model: CompletionModel): readonly CompletedOption[] {
  return allOptions(model).filter(({ value }) => value?.candidates.kind === 'assignment')
}

function variablesOf(model: CompletionModel): readonly string[] {
  const names = assigningOptions(model).flatMap(({ value }) =>
    value?.candidates.kind === 'assignment' ? value.candidates.variables : [],
  )
  return [...new Set(names)]
}

function optionEntries(options: readonly CompletedOption[]): string {
  return options.flatMap((option) => spellings(option).map((word) => quote(`${word} ${option.summary}`))).join(', ')
}

/** PowerShell's hash tables do not tell \`-V\` from \`-v\`; of such a pair neither takes a value. */
function valueEntries(option: CompletedOption, command?: string): string[] {
  if (option.value === undefined) return []
  const list = valueList(option.value.candidates)
  const before = command === undefined ? '' : `${command},`
  return spellings(option).map((word) => `        ${quote(`${before}${word}`)} = ${list}`)
}

function valueList(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
    case 'word-list':
    case 'assignment':
      return words(candidates)
    case 'words-or-files':
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
  const groups = model.groups.flatMap(({ name }) => [
    `        ${quote(`,${name}`)} = ${quote(name)}`,
    `        ${quote(`help,${name}`)} = ${quote(`help ${name}`)}`,
  ])
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
