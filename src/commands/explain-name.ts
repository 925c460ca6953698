/** What one name stands for: an OAuth error, a credential, a variable (with its state here), a claim, a resource, `environment`. */
import { type Explanation, emptyExplanation, type Section } from '../diagnosis/explain/explanation.ts'
import { explainCredential, explainOauthError, explainVariable } from '../diagnosis/explain/reference.ts'
import { starSecrets } from '../diagnosis/explain/secrets.ts'
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
import { credentialEntries, findCredentialEntry } from '../knowledge/credentials.ts'
import { allEnvVars, type EnvVarEntry, findEnvVar } from '../knowledge/env-vars.ts'
import { choices, desk, type EnvironmentEntry, environments } from '../knowledge/environments.ts'
import { allOauthErrors, findOauthErrors } from '../knowledge/oauth-errors.ts'
import { type RoleEntry, roles } from '../knowledge/roles.ts'
import { troubleshootingOf } from '../knowledge/troubleshooting.ts'
import type { Env, Runtime } from '../runtime.ts'

/** Null for what is no such name. */
export async function explainName(text: string, runtime: Runtime): Promise<Explanation | null> {
  const name = text.replace(/^["'`]|["'`]$/g, '')
  if (/^environments?$/i.test(name)) return explainEnvironment(runtime.env)
  if (/^(?:azure\s?ad\s?)?b2c$/i.test(name)) return b2c
  const status = /^(?:http\s?)?(40[013])$/i.exec(name)?.[1]
  if (status !== undefined) return explainStatus(Number(status))
  const variable = findEnvVar(name)
  if (variable !== undefined) return explainVariable(variable, stateOf(variable, runtime.env), ignoredBy(variable))
  const errors = findOauthErrors(name)
  if (errors.length > 0) return explainOauthError(errors)
  const credential = findCredentialEntry(name)
  if (credential !== undefined) return explainCredential(credential, troubleshootingOf(credential.name))
  const resource = findAnyResource(name)
  if (resource !== null) return explainResource(resource)
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
  return [
    ...new Set(
      sets.flatMap(
        (names) =>
          nearestName(
            text,
            names.filter((name) => name.length > 2),
          ) ?? [],
      ),
    ),
  ].slice(0, 3)
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

const cloudNames = { public: 'public', usgov: 'US Government', china: 'China' } as const

function explainResource(resource: Resource): Explanation {
  const scopes = cloudsOfAlias(resource.alias).flatMap((cloud) => {
    const scope = scopeOfAlias(resource.alias, cloud)
    return scope === null ? [] : [{ label: cloudNames[cloud], text: scope }]
  })
  const publicScope = scopeOfAlias(resource.alias, 'public') ?? scopes[0]?.text ?? ''
  const usual = roles[resource.alias] ?? []
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

function explainStatus(status: number): Explanation {
  const rows =
    status === 403
      ? [
          { text: 'the token was good and its identity may not do this: a role or permission is missing' },
          { text: 'see who called', command: 'azid whoami' },
        ]
      : status === 401
        ? [
            { text: 'no token arrived, or one that is expired, for another audience, or from another tenant' },
            { text: 'the WWW-Authenticate header of the answer says which: paste it', command: 'azid explain -' },
          ]
        : [
            {
              text: 'from a token endpoint: the body says why; from IMDS: the identity asked for is not there',
              command: 'azid explain -',
            },
          ]
  return {
    ...emptyExplanation,
    kind: 'code',
    title: `HTTP ${status}`,
    summary:
      status === 403
        ? 'the service knows who asks and refuses'
        : status === 401
          ? 'the service does not take the token'
          : 'the request is refused as it is',
    sections: [{ title: 'what it means here', rows }],
    source: 'RFC 9110, RFC 6750',
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
