/** The tables as a completion function for zsh, on its own `_arguments`. */
import {
  type Candidates,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  spellings,
} from './model.ts'

export function zshCompletion(model: CompletionModel): string {
  return `#compdef azid
# zsh completion for azid, made from its tables by \`azid completion zsh\`

_azid() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  _arguments -C -s -S \\
${specLines(model.rootOptions, 4)}
    '1: :->command' \\
    '*:: :->rest' && ret=0

  case $state in
    command)
      local -a commands=(
${describedWords(firstWords(model), 8)}
      )
      _describe -t commands 'azid command' commands && ret=0
      ;;
    rest)
      curcontext=\${curcontext%:*:*}:azid-\${line[1]}:
      case \${line[1]} in
${model.commands
  .filter(({ name }) => !name.includes(' '))
  .map(singleCase)
  .join('\n')}
${model.groups.map(({ name }) => `        ${name}) _azid_group_${name} && ret=0 ;;`).join('\n')}
        help) _arguments '1:topic:(${helpWords(model).join(' ')})' && ret=0 ;;
      esac
      ;;
  esac
  return ret
}

${model.groups.map(({ name }) => groupFunction(model, name)).join('\n')}
${model.commands.map(commandFunction).join('\n')}
if [[ $funcstack[1] == _azid ]]; then
  _azid "$@"
else
  compdef _azid azid
fi
`
}

function singleCase({ name, aliases }: CompletedCommand): string {
  return `        ${[name, ...aliases].join('|')}) ${functionName(name)} && ret=0 ;;`
}

function functionName(command: string): string {
  return `_azid_${command.replaceAll(/[ -]/g, '_')}`
}

function groupFunction(model: CompletionModel, group: string): string {
  const members = groupMembers(model, group)
  return `_azid_group_${group}() {
  local curcontext=$curcontext state line ret=1
  _arguments -C '1: :->command' '*:: :->rest' && ret=0
  case $state in
    command)
      local -a commands=(
${describedWords(members, 8)}
      )
      _describe -t commands 'azid ${group} command' commands && ret=0
      ;;
    rest)
      case \${line[1]} in
${members.map(({ word }) => `        ${word}) ${functionName(`${group} ${word}`)} && ret=0 ;;`).join('\n')}
      esac
      ;;
  esac
  return ret
}
`
}

function commandFunction(command: CompletedCommand): string {
  const operands = command.operands.map(
    ({ name, isRepeatable, candidates }, index) =>
      `    ${quote(`${isRepeatable ? '*' : index + 1}:${plain(name)}:${action(candidates)}`)}`,
  )
  // A command line of its own: three colons leave only its words.
  const rest = command.hasRest ? ["    '*:::command:_normal'"] : []
  return `${functionName(command.name)}() {
  _arguments -s -S \\
${[specLines(command.options, 4).replace(/ \\$/, ''), ...operands, ...rest].join(' \\\n')}
}
`
}

/** One specification an option: \`'(-t --tenant)'{-t,--tenant}'[summary]:TENANT:action'\`. Every line ends in a backslash. */
function specLines(options: readonly CompletedOption[], indent: number): string {
  return options.map((option) => `${' '.repeat(indent)}${spec(option)} \\`).join('\n')
}

function spec(option: CompletedOption): string {
  const words = spellings(option)
  const value = option.value === undefined ? '' : `:${plain(option.value.name)}:${action(option.value.candidates)}`
  // = lets a long option take its value either way; a short one takes it in the next word or at once (+).
  const flags = words.map((word) =>
    option.value === undefined ? word : word.startsWith('--') ? `${word}=` : `${word}+`,
  )
  const head = option.isRepeatable ? "'*'" : words.length > 1 ? `'(${words.join(' ')})'` : ''
  const body = quote(`[${option.summary.replaceAll(/[[\]:]/g, (mark) => `\\${mark}`)}]${value}`)
  return flags.length > 1
    ? `${head}{${flags.join(',')}}${body}`
    : `${head === '' ? '' : head}${quoteFlag(flags[0] ?? '')}${body}`
}

function quoteFlag(flag: string): string {
  return quote(flag)
}

function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      // A colon would end the action.
      return `(${candidates.words.join(' ').replaceAll(':', '\\:')})`
    case 'word-list':
      return `_sequence compadd - ${candidates.words.join(' ')}`
    case 'files':
      return '_files'
    case 'folders':
      return '_files -/'
    case 'anything':
      return ' '
    default:
      return candidates satisfies never
  }
}

function describedWords(words: readonly { readonly word: string; readonly summary: string }[], indent: number): string {
  return words.map(({ word, summary }) => `${' '.repeat(indent)}${quote(`${word}:${summary}`)}`).join('\n')
}

/** A name of a value in a specification, where brackets and colons have meanings. */
function plain(name: string): string {
  return name.replaceAll(/[[\]:]/g, '')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
