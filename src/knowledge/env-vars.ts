/** Environment variables of Azure's SDKs, tools and hosts. Data in `env-vars.json`. */
import rows from './env-vars.json' with { type: 'json' }

export interface EnvVarEntry {
  readonly name: string
  readonly usedBy: readonly string[]
  /** Its value is never shown. */
  readonly secret: boolean
  readonly meaning: string
  readonly pitfalls: readonly string[]
  readonly group: string
  readonly source: string
}

export function allEnvVars(): readonly EnvVarEntry[] {
  return rows
}

/** Names keep their case, but nobody types it wrong on purpose. */
export function findEnvVar(name: string): EnvVarEntry | undefined {
  return rows.find((row) => row.name === name) ?? rows.find((row) => row.name.toUpperCase() === name.toUpperCase())
}
