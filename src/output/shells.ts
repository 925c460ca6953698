/** Assignments in the syntax of each shell, with values that it reads back as they were. One row a shell. */
import type { Runtime } from '../runtime.ts'

export interface Shell {
  /** Sets and exports these variables; null when one of the values cannot be written safely in this shell. */
  readonly set: (variables: readonly Assignment[]) => string | null
  readonly unset: (names: readonly string[]) => string
}

export interface Assignment {
  /** An identifier: letters, digits and underscores. */
  readonly name: string
  readonly value: string
}

const posix: Shell = {
  set: lines(({ name, value }) => `export ${name}=${quoteForPosix(value)}`),
  unset: (names) => names.map((name) => `unset ${name}\n`).join(''),
}

export const shells = {
  sh: posix,
  bash: posix,
  // RC_QUOTES changes nothing: a quote is never followed by another one inside.
  zsh: posix,
  fish: {
    // In single quotes only \\ and \' are escapes (fish, "Quotes").
    set: lines(({ name, value }) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`),
    unset: (names) => names.map((name) => `set -e ${name}\n`).join(''),
  },
  powershell: {
    // about_Quoting_Rules: a doubled quote stands for one. PowerShell takes the typographic ones for quotes, too.
    set: lines(({ name, value }) => `$env:${name} = '${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`),
    unset: (names) =>
      names.map((name) => `Remove-Item -LiteralPath 'Env:${name}' -ErrorAction SilentlyContinue\n`).join(''),
  },
  cmd: {
    // No quoting keeps %, ! and a quote from cmd in every place where it may read this line: such a value is refused.
    set: (variables) =>
      variables.every(({ value }) => /^[\w.~+/=:,*@[\]-]+$/.test(value))
        ? variables.map(({ name, value }) => `set "${name}=${value}"\r\n`).join('')
        : null,
    unset: (names) => names.map((name) => `set "${name}="\r\n`).join(''),
  },
  nu: {
    // Nushell evaluates no text from a pipe: this is data, for `| from json | load-env` and `hide-env ...(… | from json)`.
    set: (variables) => `${JSON.stringify(Object.fromEntries(variables.map(({ name, value }) => [name, value])))}\n`,
    unset: (names) => `${JSON.stringify(names)}\n`,
  },
} as const satisfies Record<string, Shell>

export type ShellName = keyof typeof shells

/** Whose syntax is meant where nobody says it: on Windows that of PowerShell, but for Git Bash and its like, which set SHELL. */
export function usualShell({ env, host }: Pick<Runtime, 'env' | 'host'>): ShellName {
  return host.platform === 'win32' && (env.get('SHELL') ?? '') === '' ? 'powershell' : 'sh'
}

/** A hint's command that sets or unsets variables, written for sh, in the words of another shell; any other as it is. */
export function sayFor(shell: ShellName, command: string): string {
  const [, name = '', value = ''] = /^export (\w+)=([^\s'"$`\\]+)$/.exec(command) ?? []
  if (name !== '') return shell === 'sh' ? command : (shells[shell].set([{ name, value }])?.trimEnd() ?? command)
  const [, names = ''] = /^unset (\w+(?: \w+)*)$/.exec(command) ?? []
  return names === '' || shell === 'sh' ? command : shells[shell].unset(names.split(' ')).trimEnd()
}

function lines(draw: (variable: Assignment) => string): Shell['set'] {
  return (variables) =>
    // No environment holds a NUL, and no shell reads one.
    variables.some(({ value }) => value.includes('\0')) ? null : variables.map((each) => `${draw(each)}\n`).join('')
}

/** Single quotes (POSIX XCU 2.2.2): nothing inside is special; a quote itself is closed, escaped and opened again. */
function quoteForPosix(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** The characters of a bearer token (RFC 6750 section 2.1), which mean nothing to any reader of assignments. */
export function isPlain(value: string): boolean {
  return /^[A-Za-z0-9._~+/=-]+$/.test(value)
}
