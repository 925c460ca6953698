/** The variable that a target's token goes into when nobody names one: what the programs that use the service read. */
const byAlias: Readonly<Record<string, string>> = {
  openai: 'AZURE_OPENAI_AD_TOKEN',
  cognitive: 'AZURE_OPENAI_AD_TOKEN',
  'ai-services': 'AZURE_OPENAI_AD_TOKEN',
  postgres: 'PGPASSWORD',
  mysql: 'MYSQL_PWD',
  devops: 'AZURE_DEVOPS_EXT_PAT',
  databricks: 'DATABRICKS_TOKEN',
  graph: 'GRAPH_TOKEN',
}

const general = 'AZURE_ACCESS_TOKEN'

/** `typed` is the short name as the person wrote it: `openai` and `cognitive` are one resource with several names. */
export function defaultVariable(typed: string): string {
  const alias = typed.toLowerCase()
  return Object.hasOwn(byAlias, alias) ? (byAlias[alias] ?? general) : general
}
