/** The tables as a completion script for bash (3.2 and newer; bash-completion is used where it is loaded, but not needed). */
import {
  allOptions,
  type Candidates,
  type CompletedCommand,
  type CompletionModel,
  firstWords,
  groupMembers,
  helpWords,
  spellings,
} from './model.ts'

export function bashCompletion(model: CompletionModel): string {
  return `# bash completion for azid, made from its tables by \`azid completion bash\`

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
  local cur=\${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD colon='' prev command='' word index
  COMPREPLY=()

  # bash cuts words at : and =, so --as=managed-identity:imds comes in five parts
  if [[ $cur == ':' ]]; then
    at=$((at - 1)) cur='' colon=\${COMP_WORDS[at]}:
  elif [[ \${COMP_WORDS[at - 1]} == ':' ]]; then
    at=$((at - 2)) colon=\${COMP_WORDS[at]}:
  fi
  if [[ $cur == '=' ]]; then
    cur='' prev=\${COMP_WORDS[at - 1]}
  elif [[ \${COMP_WORDS[at - 1]} == '=' ]]; then
    prev=\${COMP_WORDS[at - 2]}
  else
    prev=\${COMP_WORDS[at - 1]}
  fi

  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    case $command,$word in
${commandCases(model)}
    esac
  done

  case $prev in
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
    '') _azid_words '${firstWords(model)
      .map(({ word }) => word)
      .join(' ')}' ;;
    'help') _azid_words '${helpWords(model).join(' ')}' ;;
${model.groups
  .map(
    ({ name }) =>
      `    '${name}') _azid_words '${groupMembers(model, name)
        .map(({ word }) => word)
        .join(' ')}' ;;`,
  )
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
  const groups = model.groups.map(({ name }) => `      ',${name}') command='${name}' ;;`)
  return [...groups, ...lines, "      ',help') command='help' ;;"].join('\n')
}

function valueCases(model: CompletionModel): string {
  return allOptions(model)
    .flatMap((option) => {
      if (option.value === undefined) return []
      const action = complete(option.value.candidates)
      return [`    ${spellings(option).join(' | ')}) ${action === '' ? '' : `${action}; `}return ;;`]
    })
    .join('\n')
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
      return `_azid_words '${candidates.words.join(' ')}'`
    case 'word-list':
      return `_azid_list '${candidates.words.join(' ')}'`
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
