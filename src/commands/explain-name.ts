/** What one name stands for: an OAuth error, a credential, a variable (with its state here), a claim, a resource, `environment`. */
import { type Explanation, emptyExplanation, type Section } from '../diagnosis/explain/explanation.ts'
import { causeFor, explainCredential, explainOauthError, explainVariable } from '../diagnosis/explain/reference.ts'
import { starSecrets } from '../diagnosis/explain/secrets.ts'
import { causesOfMsal, causesOfOauth } from '../diagnosis/msal-causes.ts'
import { nearestName } from '../engine/nearest.ts'
import {
  cloudsOfAlias,
  findAudience,
  findInstance,
  findResource,
  type Resource,
  resourceAliases,
  scopeOfAlias,
} from '../engine/resources.ts'
import { claimGlossary, findApplication, findClaim } from '../jwt/claims.ts'
import { findAadsts } from '../knowledge/aadsts.ts'
import { credentialEntries, findCredentialEntry } from '../knowledge/credentials.ts'
import { allEnvVars, type EnvVarEntry, findEnvVar } from '../knowledge/env-vars.ts'
import { choices, desk, type EnvironmentEntry, environments } from '../knowledge/environments.ts'
import { allOauthErrors, findOauthErrors } from '../knowledge/oauth-errors.ts'
import { grants, type RoleEntry, roles } from '../knowledge/roles.ts'
import { troubleshootingOf } from '../knowledge/troubleshooting.ts'
import type { Env, Runtime } from '../runtime.ts'

/** Null for what is no such name. */
export async function explainName(text: string, runtime: Runtime): Promise<Explanation | null> {
  const name = text.replace(/^["'`]|["'`]$/g, '')
  if (/^environments?$/i.test(name)) return explainEnvironment(runtime.env)
  if (/^(?:azure\s?ad\s?)?b2c$/i.test(name)) return b2c
  const status = /^(?:http\s?)?(\d{3})$/i.exec(name)?.[1]
  const meaning = statusMeanings[status ?? '']
  if (status !== undefined && meaning !== undefined) return explainStatus(status, meaning)
  const variable = findEnvVar(name)
  if (variable !== undefined) return explainVariable(variable, stateOf(variable, runtime.env), ignoredBy(variable))
  const errors = findOauthErrors(name)
  if (errors.length > 0) return { ...explainOauthError(errors), causes: causesOfError(name) }
  const credential = findCredentialEntry(name)
  if (credential !== undefined) return explainCredential(credential, troubleshootingOf(credential.name))
  const resource = findAnyResource(name)
  if (resource !== null) return explainResource(resource)
  const scope = explainScope(name)
  if (scope !== null) return scope
  const application = findApplication(name)
  if (application !== null) {
    return {
      ...emptyExplanation,
      kind: 'resource',
      title: application,
      summary: `an application of Microsoft: ${name}`,
      source: 'known first-party applications',
    }
  }
  const claim = findClaim(name)
  if (claim !== undefined) return explainClaim(name, claim)
  return null
}

/** Near names, best first, of everything that has one. */
export function suggestNames(text: string): readonly string[] {
  const sets: readonly (readonly string[])[] = [
    allEnvVars().map(({ name }) => name),
    credentialEntries.flatMap(({ name, aliases }) => [name, ...aliases]),
    allOauthErrors().map(({ code }) => code),
    resourceAliases,
    Object.keys(claimGlossary),
    ['environment'],
  ]
  const near = new Set(
    sets.flatMap(
      (names) =>
        nearestName(
          text,
          names.filter((name) => name.length > 2),
        ) ?? [],
    ),
  )
  const ordered: string[] = [...nearCode(text)]
  while (near.size > 0 && ordered.length < 3) {
    const best = nearestName(text, [...near])
    if (best === null) break
    near.delete(best)
    ordered.push(best)
  }
  return ordered
}

/** `AADST700016`, `ADSTS 50076`, `AADSTS7O0016`: the letters slipped, the number is known. */
function nearCode(text: string): readonly string[] {
  const digits = /^a?[adst]{3,7}[\s:_-]{0,2}(\d[\dOIl]{3,7})$/i
    .exec(text)?.[1]
    ?.replace(/o/gi, '0')
    .replace(/[il]/gi, '1')
  return digits === undefined || findAadsts(`AADSTS${digits}`) === undefined ? [] : [`AADSTS${digits}`]
}

function causesOfError(code: string): Explanation['causes'] {
  const cause = causesOfMsal.get(code.toLowerCase()) ?? causesOfOauth[code.toLowerCase()]
  return cause === undefined ? [] : [causeFor(cause, `${code} mostly stands for it`)]
}

/** A value that was found here is said to be from here; a secret is only said to be there. */
function stateOf({ name, secret }: EnvVarEntry, env: Env): string {
  const value = env.get(name)
  if (value === undefined) return 'not set on this machine'
  if (value === '') return 'set to nothing on this machine'
  if (secret) return 'set on this machine: ***'
  const shown = starSecrets(value.replace(/\/\/[^/@\s]*@/g, '//***@'))
  return `set on this machine: ${shown.length > 200 ? `${shown.slice(0, 199)}…` : shown}`
}

const sdkReaders = { Python: 'python', JavaScript: 'js', '.NET': 'dotnet', Java: 'java', Go: 'go' } as const

/** Said only where the table names single SDKs. */
function ignoredBy({ usedBy, group }: EnvVarEntry): string | null {
  if (group !== 'azure-identity' || usedBy.some((user) => /all SDKs/i.test(user))) return null
  const named = new Set(
    usedBy.filter((user) => user.startsWith('azure-identity')).flatMap((user) => user.match(/\w+/g) ?? []),
  )
  const names = Object.entries(sdkReaders)
  const missing = names.filter(([, id]) => !named.has(id)).map(([name]) => name)
  return missing.length === 0 || missing.length === names.length ? null : `by the SDKs for ${missing.join(', ')}`
}

function findAnyResource(name: string): Resource | null {
  const byName = findResource(name)
  if (byName !== null) return byName
  const audience = findAudience(name.replace(/\/\.default$/, ''))
  if (audience !== null) return audience
  const host = /^(?:https?:\/\/)?([\w.-]{4,253})(?:[:/].*)?$/.exec(name)?.[1]
  return host?.includes('.') === true ? findInstance(host) : null
}

/** A single permission, or the scope of an API that is not Microsoft's own. */
function explainScope(name: string): Explanation | null {
  const permission =
    /^(?:(https:\/\/[\w.-]{4,120})\/+)?([A-Z][A-Za-z]{1,40}\.(?:Read|Send|Create|Manage|FullControl|Selected|AccessAsUser|Write|Invite|Export|Update|Submit|Initiate)[A-Za-z]{0,20}(?:\.[A-Za-z-]{2,30}){0,2}|user_impersonation)$/.exec(
      name,
    )
  const host = permission?.[1]
  const owner = host === undefined ? findResource('graph') : findAudience(host)
  if (permission !== null && owner !== null && (host !== undefined || /^[A-Z]/.test(name))) {
    const scope = scopeOfAlias(owner.alias, 'public') ?? ''
    return {
      ...emptyExplanation,
      kind: 'resource',
      title: name,
      summary: `a permission of ${owner.name}: a scope that people ask for; applications ask for all that was granted them, with ${scope}`,
      sections: [
        {
          title: 'what to do',
          rows: [
            {
              text: 'for a person',
              command: `azid get-token --scope ${host === undefined ? scope.replace('.default', name) : name}`,
            },
            { text: 'for an application', command: `azid get-token --scope ${scope}` },
            { text: 'about the service', command: `azid explain ${owner.alias}` },
          ],
        },
      ],
      source: "Microsoft's documents on scopes and permissions",
    }
  }
  const own =
    /^(api:\/\/[\w.:-]{1,200}(?:\/[\w.:-]{1,100}){0,3}|https:\/\/[\w.-]{4,120}(?:\/[\w.-]{1,60}){0,2}\/\.default)$/.exec(
      name,
    )?.[1]
  if (own === undefined) return null
  const uri = own.replace(/\/\.default$/, '')
  const isWhole = own.endsWith('/.default')
  return {
    ...emptyExplanation,
    kind: 'resource',
    title: own,
    summary: `no service of Microsoft that is known here: an API whose application the tenant has to have, with this as its identifier URI`,
    sections: [
      {
        title: 'forms',
        rows: [
          { label: 'v2', text: `${uri}/.default` },
          { label: 'v1', text: `resource=${uri}` },
        ],
      },
      {
        title: 'what to do',
        rows: [
          {
            text: 'see whether the tenant has it',
            command: `az ad sp list --filter "servicePrincipalNames/any(n:n eq '${uri}')" --query "[].{name:displayName,id:appId}"`,
          },
          { text: 'get a token', command: `azid get-token --scope ${isWhole ? own : `${uri}/.default`}` },
          {
            text: 'an application needs an app role of it, a person one of its scopes and consent (AADSTS650057, AADSTS65001)',
          },
        ],
      },
    ],
    source: "Microsoft's documents on scopes and permissions",
  }
}

const cloudNames = { public: 'public', usgov: 'US Government', china: 'China' } as const

function explainResource(resource: Resource): Explanation {
  const scopes = cloudsOfAlias(resource.alias).flatMap((cloud) => {
    const scope = scopeOfAlias(resource.alias, cloud)
    return scope === null ? [] : [{ label: cloudNames[cloud], text: scope }]
  })
  const publicScope = scopeOfAlias(resource.alias, 'public') ?? scopes[0]?.text ?? ''
  const usual = roles[resource.alias] ?? []
  const own = grants[resource.alias]
  return {
    ...emptyExplanation,
    kind: 'resource',
    title: resource.name,
    summary: `short name ${resource.aliases.join(', ')}${resource.appId === null ? '' : `; application id ${resource.appId}`}`,
    sections: [
      { title: 'scope', rows: scopes },
      {
        title: 'forms',
        rows: [
          { label: 'v2', text: publicScope },
          { label: 'v1', text: `resource=${publicScope.replace(/\/\.default$/, '')}` },
          { label: 'try', text: `azid get-token ${resource.alias}` },
        ],
      },
      ...(usual.length === 0 ? [] : roleSections(usual)),
      ...(own === undefined ? [] : [{ title: 'rights there', rows: own }]),
    ],
    source: 'default scopes of the Azure SDK packages, the cloud table of az, built-in roles of Azure',
  }
}

function roleSections(usual: readonly RoleEntry[]): readonly Section[] {
  const [first] = usual
  if (first === undefined) return []
  return [
    {
      title: 'roles usually needed',
      rows: usual.map(({ name, id, gives }) => ({ label: name, text: `${gives} (${id})` })),
    },
    {
      title: 'to assign one, by object id and principal type (ServicePrincipal, User or Group)',
      rows: [
        {
          text: 'az',
          command: `az role assignment create --assignee-object-id <object-id> --assignee-principal-type ServicePrincipal --role ${first.id} --scope <resource-id>`,
        },
        {
          text: 'Azure PowerShell',
          command: `New-AzRoleAssignment -ObjectId <object-id> -ObjectType ServicePrincipal -RoleDefinitionId ${first.id} -Scope <resource-id>`,
        },
        {
          text: 'Bicep',
          command: bicepOf(first.id),
        },
        { text: 'the id of any role above will do in its place' },
      ],
    },
  ]
}

function bicepOf(role: string): string {
  return `resource role 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: target
  name: guid(target.id, principalId, '${role}')
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '${role}')
  }
}`
}

function explainClaim(name: string, claim: NonNullable<ReturnType<typeof findClaim>>): Explanation {
  const values = Object.entries(claim.values ?? {})
  return {
    ...emptyExplanation,
    kind: 'claim',
    title: name,
    summary: claim.meaning,
    sections: values.length === 0 ? [] : [{ title: 'values', rows: values.map(([label, text]) => ({ label, text })) }],
    source: "Microsoft's access token and optional claims references",
  }
}

const b2c: Explanation = {
  ...emptyExplanation,
  kind: 'code',
  title: 'Azure AD B2C',
  summary:
    'the azure-identity SDKs, and azid, do not sign in to B2C: its authorities end in a policy and only MSAL knows them',
  sections: [
    {
      title: 'what to do',
      rows: [
        { text: 'use MSAL with the authority https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/<policy>' },
        { text: 'codes AADB2C… are explained all the same', command: 'azid explain AADB2C90118' },
      ],
    },
  ],
  source: 'Microsoft documents on Azure AD B2C',
}

interface StatusMeaning {
  readonly summary: string
  readonly rows: Section['rows']
}

const busy: StatusMeaning = {
  summary: 'the other side cannot serve now',
  rows: [
    {
      text: 'nothing is wrong with the request: try it again, each time later; the SDKs do that a few times themselves',
    },
    { text: 'from an address that is not the service, as a page of HTML: a proxy answered in its place' },
  ],
}

const statusMeanings: Readonly<Record<string, StatusMeaning>> = {
  400: {
    summary: 'the request is refused as it is',
    rows: [
      {
        text: 'from a token endpoint: the body says why; from IMDS: the identity asked for is not there',
        command: 'azid explain -',
      },
    ],
  },
  401: {
    summary: 'the service does not take the token',
    rows: [
      { text: 'no token arrived, or one that is expired, for another audience, or from another tenant' },
      { text: 'the WWW-Authenticate header of the answer says which: paste it', command: 'azid explain -' },
    ],
  },
  403: {
    summary: 'the service knows who asks and refuses',
    rows: [
      { text: 'the token was good and its identity may not do this: a role or permission is missing' },
      { text: 'or the network of the caller is not let in, or the service takes no keys: its message says so' },
      { text: 'see who called', command: 'azid whoami' },
    ],
  },
  404: {
    summary: 'there is nothing at that address',
    rows: [
      {
        text: 'from a token endpoint: the tenant or the cloud is another; from IMDS: it is being updated, or somebody else answers',
      },
      { text: 'from Azure OpenAI: the name of the deployment, or the address of the resource' },
    ],
  },
  410: {
    summary: 'the metadata service is being updated',
    rows: [{ text: 'try again for up to 70 seconds, which the SDKs do themselves' }],
  },
  429: {
    summary: 'too many requests came',
    rows: [
      { text: 'wait as long as Retry-After says; then ask less often' },
      {
        text: 'keep one credential object, and so its cache, for the whole program: a new one for each call asks Entra each time',
      },
    ],
  },
  500: busy,
  502: busy,
  503: busy,
  504: busy,
}

function explainStatus(status: string, { summary, rows }: StatusMeaning): Explanation {
  return {
    ...emptyExplanation,
    kind: 'code',
    title: `HTTP ${status}`,
    summary,
    sections: [{ title: 'what it means here', rows }],
    source: 'RFC 6585, RFC 6750, RFC 9110',
  }
}

function explainEnvironment(env: Env): Explanation {
  const here = environments.find((entry) => shows(entry, env))
  const signs = here === undefined ? [] : [...here.all, ...(here.any ?? [])].filter((name) => isSet(env, name))
  const found = here ?? desk
  return {
    ...emptyExplanation,
    kind: 'environment',
    title: `here: ${found.credential}`,
    summary: `this is ${found.name}${signs.length === 0 ? '' : ` (${signs.join(', ')} ${signs.length === 1 ? 'is' : 'are'} set on this machine)`}: ${found.why}`,
    notes: here?.advice === undefined ? [] : [{ id: `environment-${here.id}`, text: here.advice }],
    sections: [
      {
        title: 'which credential where',
        rows: choices.map(({ where, credential }) => ({ label: where, text: credential })),
      },
      { title: 'variables of service principals here', rows: principalRows(env) },
    ],
    source: 'documents of the azure-identity SDKs',
  }
}

function shows({ all, any, none }: EnvironmentEntry, env: Env): boolean {
  return (
    all.every((name) => isSet(env, name)) &&
    (any === undefined || any.some((name) => isSet(env, name))) &&
    !(none ?? []).some((name) => isSet(env, name))
  )
}

function isSet(env: Env, name: string): boolean {
  return (env.get(name) ?? '') !== ''
}

function principalRows(env: Env): Section['rows'] {
  const names = [
    'AZURE_TENANT_ID',
    'AZURE_CLIENT_ID',
    'AZURE_CLIENT_SECRET',
    'AZURE_CLIENT_CERTIFICATE_PATH',
    'AZURE_FEDERATED_TOKEN_FILE',
    'AZURE_TOKEN_CREDENTIALS',
  ]
  return names.flatMap((name) => {
    const entry = findEnvVar(name)
    return entry === undefined ? [] : [{ label: name, text: stateOf(entry, env) }]
  })
}
