/** Groups of variables that mean something together only, and which of them are half set. */
import type { Env } from '../runtime.ts'

interface VariableGroup {
  /** What the group is for. */
  readonly what: string
  /** Variables that speak for the group by themselves: nobody sets one for anything else. */
  readonly signs: readonly string[]
  /** All of these, each a name or a choice of names. */
  readonly needs: readonly (readonly string[])[]
  /** Not while one of these is set: then they belong to another group. */
  readonly unless?: readonly string[]
}

export interface HalfSet {
  readonly what: string
  readonly set: readonly string[]
  /** Each a name, or several of which one is enough. */
  readonly missing: readonly string[]
}

const variableGroups: readonly VariableGroup[] = [
  {
    what: 'a service principal',
    signs: ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    needs: [['AZURE_TENANT_ID'], ['AZURE_CLIENT_ID'], ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH']],
  },
  {
    what: 'a workload identity',
    signs: ['AZURE_FEDERATED_TOKEN_FILE'],
    needs: [['AZURE_TENANT_ID'], ['AZURE_CLIENT_ID'], ['AZURE_FEDERATED_TOKEN_FILE']],
  },
  {
    what: 'the managed identity of App Service',
    signs: ['IDENTITY_HEADER', 'IDENTITY_ENDPOINT'],
    needs: [['IDENTITY_ENDPOINT'], ['IDENTITY_HEADER']],
    unless: ['IMDS_ENDPOINT'],
  },
  {
    what: 'the managed identity of Azure Arc',
    signs: ['IMDS_ENDPOINT'],
    needs: [['IDENTITY_ENDPOINT'], ['IMDS_ENDPOINT']],
  },
  {
    what: 'the managed identity of Azure Machine Learning',
    signs: ['MSI_SECRET'],
    needs: [['MSI_ENDPOINT'], ['MSI_SECRET']],
  },
  {
    what: "the id token of GitHub's job",
    signs: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    needs: [['ACTIONS_ID_TOKEN_REQUEST_URL'], ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']],
  },
]

/** Groups of which something is set and something is missing; an empty variable is missing. */
export function findHalfSets(env: Pick<Env, 'get'>): readonly HalfSet[] {
  const isSet = (name: string): boolean => (env.get(name) ?? '') !== ''
  const halves: HalfSet[] = []
  for (const { what, signs, needs, unless } of variableGroups) {
    if (!signs.some(isSet) || unless?.some(isSet) === true) continue
    const missing = needs.filter((names) => !names.some(isSet)).map((names) => names.join(' or '))
    const set = [...new Set(needs.flat())].filter(isSet)
    if (missing.length > 0) halves.push({ what, set, missing })
  }
  return halves
}

export function halfSetWords({ what, set, missing }: HalfSet): string {
  const lacks = missing.length === 1 ? `${missing[0]} is missing` : `${missing.join(' and ')} are missing`
  return `the variables of ${what} are half set: ${set.join(', ')} ${set.length === 1 ? 'is' : 'are'} there, ${lacks}`
}
