/** The tables as a completion script for bash (3.2 and newer; bash-completion is used where it is loaded, but not needed). */
import {
  allOptions,
  type Candidates,
  type CompletedCommand,
  type CompletedOption,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  joinWords,
  type ListName,
  ownOptions,
  spellings,
  type Word,
} from './model.ts'

export function bashCompletion(model: CompletionModel): string {
  return `# bash completion for azid, made from its tables by \`azid completion bash\`

${Object.entries(model.lists)
  .map(([name, list]) => `_azid_${name}='${joinWords(list)}'`)
  .join('\n')}

# Words that begin as the current one; of a word with a colon, bash wants only what follows it.
_azid_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$colon$cur"))
  COMPREPLY=("\${COMPREPLY[@]#"$colon"}")
}

# The same for a list with commas: only the part after the last comma is completed.
_azid_list() {
  local IFS=$' \\t\\n' before=''
  [[ $cur == *,* ]] && before=\${cur%,*},
  COMPREPLY=($(compgen -P "$before" -W "$1" -- "\${cur##*,}"))
  compopt -o nospace 2>/dev/null
}

# One of the words, or a variable that it goes into: VAR=WORD. What follows = comes here without VAR.
_azid_assignment() {
  _azid_words "$1 $2"
  if ((\${#COMPREPLY[@]} == 1)) && [[ \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

_azid_words_or_files() {
  _azid_words "$1"
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=($(compgen -f -- "$cur"))
}

_azid_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# Another program's command line, which begins at word $1.
_azid_program() {
  if type _comp_command_offset &>/dev/null; then
    _comp_command_offset "$1"
  elif type _command_offset &>/dev/null; then
    _command_offset "$1"
  elif ((COMP_CWORD == $1)); then
    local IFS=$'\\n'
    COMPREPLY=($(compgen -c -- "$cur"))
  else
    _azid_files -f
  fi
}

_azid() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD colon='' command='' word index previous prev variable=''
  COMPREPLY=()

  # bash cuts words at : and =, so --as=managed-identity:imds comes in five parts
  if [[ $cur == ':' ]] && ((at > 1)); then
    at=$((at - 1)) cur='' colon=\${COMP_WORDS[at]}:
  elif ((at > 2)) && [[ \${COMP_WORDS[at - 1]} == ':' ]]; then
    at=$((at - 2)) colon=\${COMP_WORDS[at]}:
  fi
  previous=$((at - 1))
  if [[ $cur == '=' ]]; then
    cur='' variable=\${COMP_WORDS[previous]}
  elif ((previous > 1)) && [[ \${COMP_WORDS[previous]} == '=' ]]; then
    previous=$((previous - 1)) variable=\${COMP_WORDS[previous]}
  fi
  # --set VAR=TARGET: the variable stands between the option and what is completed
  if [[ $variable == -* ]]; then
    variable=''
  elif [[ -n $variable ]]; then
    previous=$((previous - 1))
    if ((previous > 1)) && [[ \${COMP_WORDS[previous]} == '=' ]]; then previous=$((previous - 1)); fi
  fi
  prev=\${COMP_WORDS[previous]}

  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $command,$word in
${commandCases(model)}
    esac
  done

  case $command,$prev in
${valueCases(model)}
  esac

  if [[ $cur == -* ]]; then
    case $command in
${model.commands.map((command) => `      '${command.name}') _azid_words '${optionWords(command)}' ;;`).join('\n')}
      '') _azid_words '${model.rootOptions.flatMap(spellings).join(' ')}' ;;
    esac
    return
  fi

  case $command in
    '') _azid_words '${joinWords(firstWords(model))}' ;;
    'help') _azid_words '${joinWords(helpWords(model))}' ;;
${model.groups
  .map(({ name }) => `    '${name}' | 'help ${name}') _azid_words '${joinWords(groupMembers(model, name))}' ;;`)
  .join('\n')}
${model.commands.flatMap(operandCase).join('\n')}
  esac
}

complete -F _azid azid
`
}

/** From the words before the cursor to the command; what follows \`--\` belongs to another program. */
function commandCases(model: CompletionModel): string {
  const lines = model.commands.flatMap(({ name, aliases, hasRest }) => {
    const [first = '', second] = name.split(' ')
    const own =
      second === undefined ? [first, ...aliases].map((word) => `',${word}'`).join(' | ') : `'${first},${second}'`
    return [
      `      ${own}) command='${name}' ;;`,
      ...(hasRest ? [`      '${name},--') _azid_program $((index + 1)); return ;;`] : []),
    ]
  })
  const groups = model.groups.flatMap(({ name }) => [
    `      ',${name}') command='${name}' ;;`,
    `      'help,${name}') command='help ${name}' ;;`,
  ])
  return [...groups, ...lines, "      ',help') command='help' ;;"].join('\n')
}

/** A command's own values come before those that the others share. */
function valueCases(model: CompletionModel): string {
  const own = ownOptions(model).map(([command, option]) => valueCase(`'${command}'`, option))
  return [...own, ...allOptions(model).map((option) => valueCase('*', option))].filter((line) => line !== '').join('\n')
}

function valueCase(command: string, option: CompletedOption): string {
  if (option.value === undefined) return ''
  const action = complete(option.value.candidates)
  const patterns = spellings(option).map((spelling) => `${command},${spelling}`)
  return `    ${patterns.join(' | ')}) ${action === '' ? '' : `${action}; `}return ;;`
}

function optionWords(command: CompletedCommand): string {
  return command.options.flatMap(spellings).join(' ')
}

function operandCase(command: CompletedCommand): string[] {
  const [operand] = command.operands
  const action = operand === undefined ? '' : complete(operand.candidates)
  return action === '' ? [] : [`    '${command.name}') ${action} ;;`]
}

function complete(candidates: Candidates): string {
  switch (candidates.kind) {
    case 'words':
      return `_azid_words ${words(candidates)}`
    case 'word-list':
      return `_azid_list ${words(candidates)}`
    case 'assignment':
      return assignment(candidates)
    case 'words-or-files':
      return `_azid_words_or_files ${words(candidates)}`
    case 'files':
      return '_azid_files -f'
    case 'folders':
      return '_azid_files -d'
    case 'anything':
      return ''
    default:
      return candidates satisfies never
  }
}

function assignment(candidates: Candidates & { kind: 'assignment' }): string {
  const variables = candidates.variables.map((name) => `${name}=`).join(' ')
  return `if [[ -n $variable ]]; then _azid_words ${words(candidates)}; else _azid_assignment ${words(candidates)} '${variables}'; fi`
}

/** A list that is there once, or the words themselves. */
function words({ words: all, list }: { readonly words: readonly Word[]; readonly list?: ListName }): string {
  return list === undefined ? `'${joinWords(all)}'` : `"$_azid_${list}"`
}
