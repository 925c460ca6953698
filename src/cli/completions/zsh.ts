/** The tables as a completion function for zsh, on its own `_arguments`. */
import {
  type Candidates,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  joinWords,
  type ListName,
  spellings,
  type Word,
} from './model.ts'

export function zshCompletion(model: CompletionModel): string {
  return `#compdef azid
# zsh completion for azid, made from its tables by \`azid completion zsh\`

# One of the words that the function $1 lists, or a variable that it goes into: VAR=WORD.
_azid_assignment() {
  local list=$1
  local -a variables=(\${=2})
  shift 2
  if compset -P '*='; then
    $list
  else
    _alternative "targets:target:$list" 'variables:variable:compadd -S = -a variables'
  fi
}

_azid_words_or_files() {
  local -a words=("$@")
  _alternative 'words:name:compadd -a words' 'files:file:_files'
}

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
        help) _azid_help && ret=0 ;;
      esac
      ;;
  esac
  return ret
}

${helpFunction(model)}
${Object.entries(model.lists)
  .map(([name, list]) => listFunction(name, list))
  .join('\n')}
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

function helpFunction(model: CompletionModel): string {
  return `_azid_help() {
  local curcontext=$curcontext state line ret=1
  _arguments -C '1: :->topic' '2: :->member' && ret=0
  local -a words
  case $state in
    topic)
      words=(
${describedWords(helpWords(model), 8)}
      )
      _describe -t commands 'command or topic' words && ret=0
      ;;
    member)
      case \${line[1]} in
${model.groups
  .map(
    ({ name }) => `        ${name})
          words=(
${describedWords(groupMembers(model, name), 12)}
          )
          _describe -t commands 'azid ${name} command' words && ret=0
          ;;`,
  )
  .join('\n')}
      esac
      ;;
  esac
  return ret
}
`
}

/** A list that many options share. What `_arguments` and `_sequence` hand over goes to compadd. */
function listFunction(name: string, list: readonly Word[]): string {
  return `_azid_${name}() {
  local -a words=(
${describedWords(list, 4)}
  )
  _describe -t ${name} ${name.replace(/s$/, '')} words "$@"
}
`
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

/** A space before a function keeps `_arguments` from handing it the options of compadd. */
function action(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return words(candidates)
    case 'word-list':
      return `_sequence _azid_${candidates.list}`
    case 'assignment':
      return ` _azid_assignment _azid_${candidates.list} "${candidates.variables.join(' ')}"`
    case 'words-or-files':
      return ` _azid_words_or_files ${joinWords(candidates.words)}`
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

/** A list that is there once, or the words themselves; there a colon would end the action. */
function words({ words: all, list }: { readonly words: readonly Word[]; readonly list?: ListName }): string {
  if (list !== undefined) return `_azid_${list}`
  const isDescribed = all.some(({ summary }) => summary !== undefined)
  if (!isDescribed) return `(${joinWords(all).replaceAll(':', '\\:')})`
  const each = all.map(
    ({ word, summary }) => `${word.replaceAll(':', '\\:')}\\:${(summary ?? '').replaceAll(/[ ():]/g, '\\$&')}`,
  )
  return `((${each.join(' ')}))`
}

function describedWords(all: readonly Word[], indent: number): string {
  return all
    .map(({ word, summary }) => {
      const escaped = word.replaceAll(':', '\\:')
      return `${' '.repeat(indent)}${quote(summary === undefined ? escaped : `${escaped}:${summary}`)}`
    })
    .join('\n')
}

/** A name of a value in a specification, where brackets and colons have meanings. */
function plain(name: string): string {
  return name.replaceAll(/[[\]:]/g, '')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
