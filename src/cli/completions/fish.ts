/** The tables as completions for fish. */
import {
  type Candidates,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
} from './model.ts'

export function fishCompletion(model: CompletionModel): string {
  const words = firstWords(model)
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

# Words joined by commas: the last one is completed.
function __azid_list
    set -l before (string match -r '^.*,' -- (commandline -ct))
    for word in $argv
        echo "$before$word"
    end
end

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
${words.map(({ word, summary }) => `complete -c azid -n '__azid_at' -a ${word} -d ${quote(summary)}`).join('\n')}
complete -c azid -n '__azid_at help' -a '${helpWords(model).join(' ')}'
${model.groups
  .flatMap(({ name }) =>
    groupMembers(model, name).map(
      ({ word, summary }) => `complete -c azid -n '__azid_at ${name}' -a ${word} -d ${quote(summary)}`,
    ),
  )
  .join('\n')}
${model.rootOptions.map((option) => optionLine('__azid_at', option)).join('\n')}
${model.commands.flatMap(commandLines).join('\n')}
`
}

function commandCases(model: CompletionModel): string {
  const groups = model.groups.map(({ name }) => [`',${name}'`, name] as const)
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
      return `-xa '${candidates.words.join(' ')}'`
    case 'word-list':
      return `-xa '(__azid_list ${candidates.words.join(' ')})'`
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
  if (candidates.kind === 'words') return `complete -c azid -n '${condition}' -a '${candidates.words.join(' ')}'`
  if (candidates.kind === 'files') return `complete -c azid -n '${condition}' -F`
  return ''
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
