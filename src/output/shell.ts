/** Values and names made safe for the shell that will read them. */
export const shellNames = ['bash', 'zsh', 'sh'] as const

export type ShellName = (typeof shellNames)[number]

/** POSIX single quotes (XCU 2.2.2): nothing inside is special; a quote itself is closed, escaped and opened again. */
export function quoteForShell(value: string, _shell: ShellName): string {
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** A name that `export` takes (XBD 3.216). */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
}
