/** The tables as completions for fish. */
import {
  type Candidates,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  type ListName,
  type Word,
} from './model.ts'

export function fishCompletion(model: CompletionModel): string {
  return `# fish completion for azid, made from its tables by \`azid completion fish\`

# The command so far: its full name, a group's name, or nothing.
function __azid_command
    set -l command ''
    for word in (commandline -opc)[2..-1]
        switch "$command,$word"
${commandCases(model)}
        end
    end
    echo $command
end

function __azid_at
    test (__azid_command) = "$argv"
end

# What is typed of a value, without the option that it may be joined to.
function __azid_value
    string replace -r '^(--[a-z-]+=|-[a-z])' '' -- (commandline -ct)
end

# Words joined by commas: the last one is completed.
function __azid_list
    set -l before (string match -r '^.*,' -- (__azid_value))
    for word in ($argv)
        echo "$before$word"
    end
end

# One of the words that the first argument lists, or a variable that it goes into: VAR=WORD.
function __azid_assignment
    set -l before (string match -r '^[^=]*=' -- (__azid_value))
    for word in ($argv[1])
        echo "$before$word"
    end
    if test -z "$before"
        for name in $argv[2..-1]
            echo "$name="
        end
    end
end

${Object.entries(model.lists)
  .map(([name, list]) => listFunction(`__azid_${name}`, list))
  .join('\n')}

# Another program's command line follows after --; it is completed as that program's own.
function __azid_is_program
    contains -- -- (commandline -opc)
end

function __azid_program
    set -l words (commandline -opc)
    set -l cut (contains -i -- -- $words)
    set -l own (string escape -- $words[(math $cut + 1)..-1])
    complete -C (string join ' ' -- $own (commandline -ct))
end

complete -c azid -f
${firstWords(model)
  .map((word) => wordLine('', word))
  .join('\n')}
${helpWords(model)
  .map((word) => wordLine('help', word))
  .join('\n')}
${model.groups
  .flatMap(({ name }) =>
    groupMembers(model, name).flatMap((word) => [wordLine(name, word), wordLine(`help ${name}`, word)]),
  )
  .join('\n')}
${model.rootOptions.map((option) => optionLine('__azid_at', option)).join('\n')}
${model.commands.flatMap(commandLines).join('\n')}
`
}

function commandCases(model: CompletionModel): string {
  const groups = model.groups.flatMap(
    ({ name }) =>
      [
        [`',${name}'`, name],
        [`'help,${name}'`, `help ${name}`],
      ] as const,
  )
  const commands = model.commands.map(({ name, aliases }) => {
    const [first = '', second] = name.split(' ')
    const patterns = second === undefined ? [first, ...aliases].map((word) => `',${word}'`) : [`'${first},${second}'`]
    return [patterns.join(' '), name] as const
  })
  return [...groups, ...commands, ["',help'", 'help'] as const]
    .map(([pattern, name]) => `            case ${pattern}\n                set command '${name}'`)
    .join('\n')
}

function commandLines(command: CompletedCommand): string[] {
  const condition = `__azid_at ${command.name}`
  const [operand] = command.operands
  return [
    ...command.options.map((option) => optionLine(condition, option)),
    ...(operand === undefined ? [] : [operandLine(condition, operand.candidates)]),
    ...(command.hasRest ? [`complete -c azid -n '${condition}' -n __azid_is_program -xa '(__azid_program)'`] : []),
  ].filter((line) => line !== '')
}

function optionLine(condition: string, option: CompletedOption): string {
  const names = [
    ...(option.short === undefined ? [] : [`-s ${option.short}`]),
    ...option.long.map((name) => `-l ${name}`),
  ]
  const value = option.value === undefined ? '' : ` ${valueFlags(option.value.candidates)}`
  return `complete -c azid -n '${condition}' ${names.join(' ')}${value} -d ${quote(option.summary)}`
}

function valueFlags(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `-xa ${quote(words(candidates))}`
    case 'word-list':
      return `-xa '(__azid_list __azid_${candidates.list})'`
    case 'assignment':
      return `-xa '(__azid_assignment __azid_${candidates.list} ${candidates.variables.join(' ')})'`
    case 'words-or-files':
      return `-rFa ${quote(words(candidates))}`
    case 'files':
      return '-rF'
    case 'folders':
      return `-xa '(__fish_complete_directories)'`
    case 'anything':
      return '-x'
    default:
      return candidates satisfies never
  }
}

function operandLine(condition: string, candidates: Candidates): string {
  const line = `complete -c azid -n '${condition}'`
  if (candidates.kind === 'words') return `${line} -a ${quote(words(candidates))}`
  if (candidates.kind === 'words-or-files') return `${line} -Fa ${quote(words(candidates))}`
  return candidates.kind === 'files' ? `${line} -F` : ''
}

/** What `-a` takes: a list that is there once, or words, each with its summary behind a tab. */
function words({ words: all, list }: { readonly words: readonly Word[]; readonly list?: ListName }): string {
  if (list !== undefined) return `(__azid_${list})`
  return all
    .map(({ word, summary }) => (summary === undefined ? word : `${word}\\t"${summary.replaceAll('"', '\\"')}"`))
    .join(' ')
}

function listFunction(name: string, list: readonly Word[]): string {
  const lines = list.map(({ word, summary }) => quote(summary === undefined ? word : `${word}\t${summary}`))
  return `function ${name}
    printf '%s\\n' ${lines.join(' \\\n        ')}
end
`
}

function wordLine(command: string, { word, summary }: Word): string {
  const description = summary === undefined ? '' : ` -d ${quote(summary)}`
  return `complete -c azid -n '${`__azid_at ${command}`.trimEnd()}' -a ${word}${description}`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
