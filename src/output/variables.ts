/** The variable that a target's token goes into when nobody names one: what the programs that use the service read. */
const byAlias: Readonly<Record<string, string>> = {
  arm: 'AZURE_ACCESS_TOKEN',
  management: 'AZURE_ACCESS_TOKEN',
  openai: 'AZURE_OPENAI_AD_TOKEN',
  cognitive: 'AZURE_OPENAI_AD_TOKEN',
  'ai-services': 'AZURE_OPENAI_AD_TOKEN',
  postgres: 'PGPASSWORD',
  mysql: 'MYSQL_PWD',
  redis: 'REDISCLI_AUTH',
  devops: 'AZURE_DEVOPS_EXT_PAT',
  databricks: 'DATABRICKS_TOKEN',
  graph: 'GRAPH_TOKEN',
}

const general = 'AZURE_ACCESS_TOKEN'

/**
 * `typed` is the target as the person wrote it: `openai` and `cognitive` are one resource with several names. A short name
 * without a program of its own gives `AZURE_NAME_TOKEN`; a URI or an id the general name.
 */
export function defaultVariable(typed: string): string {
  const alias = typed.toLowerCase()
  const own = Object.hasOwn(byAlias, alias) ? byAlias[alias] : undefined
  if (own !== undefined) return own
  return /^[a-z][a-z0-9-]*$/.test(alias) ? `AZURE_${alias.toUpperCase().replaceAll('-', '_')}_TOKEN` : general
}
