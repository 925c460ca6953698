/** What this machine or job adds to a failure: the real values behind it, said to be from here, and tokens in the text read. Sends nothing. */
import type { Explanation, Section } from '../diagnosis/explain/explanation.ts'
import { starSecrets } from '../diagnosis/explain/secrets.ts'
import { registrationCommand } from '../diagnosis/federation.ts'
import { listOf, textOf } from '../jwt/claim-values.ts'
import { decodeToken, type JsonObject } from '../jwt/decode.ts'
import { describeToken } from '../jwt/describe.ts'
import type { CauseId } from '../knowledge/causes.ts'
import type { Env, Runtime } from '../runtime.ts'

type Row = Section['rows'][number]

const maxTokenBytes = 64 * 1024
const mostTokens = 3

/** For failures only; anything else is as it was. */
export async function addWhatIsHere(explanation: Explanation, text: string, runtime: Runtime): Promise<Explanation> {
  if (explanation.kind !== 'failure') return explanation
  const causes = new Set(explanation.causes.map(({ id }) => id))
  const has = (...ids: readonly CauseId[]): boolean => ids.some((id) => causes.has(id))
  const rows: Row[] = []
  if (has(...aboutAssertions)) rows.push(...(await assertionRows(explanation, runtime)))
  if (has(...aboutIdentities)) rows.push(...clientIdRows(explanation, runtime.env))
  if (has('tenant-not-found', 'app-not-found', 'wrong-tenant-token', 'account-not-in-tenant')) {
    rows.push(...valueRows(runtime.env, ['AZURE_TENANT_ID'], explanation.facts.tenantId))
  }
  if (has('env-incomplete', 'no-credential-available')) rows.push(...valueRows(runtime.env, principalVariables))
  if (has('imds-proxied', 'network-blocked', 'dns-failure')) rows.push(...valueRows(runtime.env, proxyVariables))
  const sections = [...(await tokenSections(text, runtime.clock.now()))]
  if (rows.length > 0) sections.push({ title: 'found on this machine (nothing was sent)', rows })
  return sections.length === 0 ? explanation : { ...explanation, sections: [...explanation.sections, ...sections] }
}

const aboutAssertions: readonly CauseId[] = [
  'fic-subject-mismatch',
  'fic-issuer-mismatch',
  'assertion-wrong-token',
  'assertion-expired',
  'oidc-permission-missing',
  'pipelines-oidc-unavailable',
  'wi-not-injected',
]

const aboutIdentities: readonly CauseId[] = [
  'mi-not-assigned',
  'mi-ambiguous',
  'mi-request-unsupported',
  'mi-none-assigned',
  'app-not-found',
]

const principalVariables = [
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_TOKEN_CREDENTIALS',
]
const proxyVariables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy']

interface Presented {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  /** Where it was found. */
  readonly from: string
  /** When it is another. */
  readonly unless?: readonly string[]
}

/** What this job or pod presents to Entra, beside what the failure says was presented. */
async function assertionRows({ facts }: Explanation, runtime: Runtime): Promise<readonly Row[]> {
  const { env } = runtime
  const rows: Row[] = [...jobRows(env)]
  const presented = (await fromTokenFile(runtime)) ?? (await fromJob(runtime, facts.subject))
  if (presented === null) return rows
  const { issuer, subject, audience, from, unless = [] } = presented
  rows.push({ label: 'issuer', text: `${issuer}${compared(issuer, facts.issuer)}` })
  rows.push({ label: 'subject', text: `${subject}${compared(subject, facts.subject)} (${from})` })
  rows.push(...unless.map((text) => ({ label: '', text })))
  rows.push({ label: 'audience', text: `${audience}${compared(audience, facts.audience)}` })
  const clientId = facts.clientId ?? env.get('AZURE_CLIENT_ID')
  if (clientId !== undefined && clientId !== '') {
    rows.push({
      label: '',
      text: 'to let the application trust exactly these, if this job or pod may be it',
      command: registrationCommand({ issuer, subject, audience }, clientId),
    })
  }
  return rows
}

function compared(here: string, told: string | undefined): string {
  if (told === undefined) return ''
  if (here === told) return ', the same as in the failure'
  return here.toLowerCase() === told.toLowerCase()
    ? `, which differs from the failure's ${told} in letter case only`
    : `, where the failure says ${told}`
}

async function fromTokenFile(runtime: Runtime): Promise<Presented | null> {
  const path = runtime.env.get('AZURE_FEDERATED_TOKEN_FILE')
  if (path === undefined || path === '') return null
  const content = await runtime.files.read(path, { maxBytes: maxTokenBytes })
  if (!content.ok) return null
  const decoded = decodeToken(new TextDecoder().decode(content.value))
  if (!decoded.ok) return null
  const { claims } = decoded.value
  const issuer = textOf(claims, 'iss')
  const subject = textOf(claims, 'sub')
  const [audience] = listOf(claims, 'aud')
  if (issuer === null || subject === null || audience === undefined) return null
  return { issuer, subject, audience, from: 'read from AZURE_FEDERATED_TOKEN_FILE' }
}

const exchangeAudience = 'api://AzureADTokenExchange'

/** As GitHub and GitLab document it. `told`: the subject that the failure names, which may be one that no variable tells. */
async function fromJob(runtime: Runtime, told: string | undefined): Promise<Presented | null> {
  const { env } = runtime
  if (env.get('GITHUB_ACTIONS') === 'true') {
    const { foretellGitHub } = await import('../engine/federation-preview.ts')
    const job = await foretellGitHub(runtime)
    if (job === null) return null
    const { claims, from, others } = job
    const whole = others.filter(({ isWhole }) => isWhole).map(({ subject }) => subject)
    const subject = whole.find((each) => each === told) ?? claims.subject
    if (subject === undefined) return null
    return {
      issuer: claims.issuer,
      subject,
      audience: exchangeAudience,
      from: `from ${from}`,
      unless: others
        .filter((other) => other.subject !== subject)
        .map(({ subject: other, when }) => `it presents ${other} instead ${when}`),
    }
  }
  const project = env.get('CI_PROJECT_PATH')
  if (env.get('GITLAB_CI') === 'true' && project !== undefined) {
    const kind = env.get('CI_COMMIT_TAG') === undefined ? 'branch' : 'tag'
    return {
      issuer: env.get('CI_SERVER_URL') ?? 'https://gitlab.com',
      subject: `project_path:${project}:ref_type:${kind}:ref:${env.get('CI_COMMIT_REF_NAME') ?? ''}`,
      audience: exchangeAudience,
      from: 'from CI_PROJECT_PATH and CI_COMMIT_REF_NAME',
    }
  }
  return null
}

/** Whether the job's own service can be asked for a token at all. */
function jobRows(env: Env): readonly Row[] {
  if (env.get('GITHUB_ACTIONS') === 'true') {
    return [presence(env, 'ACTIONS_ID_TOKEN_REQUEST_URL', 'without `permissions: id-token: write` it is not there')]
  }
  if (env.get('TF_BUILD')?.toLowerCase() === 'true') {
    const organization = /dev\.azure\.com\/([^/]+)/.exec(env.get('SYSTEM_COLLECTIONURI') ?? '')?.[1]
    const project = env.get('SYSTEM_TEAMPROJECT')
    return [
      presence(env, 'SYSTEM_OIDCREQUESTURI', 'a job of Azure Pipelines has it; a container needs it handed over'),
      presence(env, 'SYSTEM_ACCESSTOKEN', 'a step has it only where it is mapped: $(System.AccessToken)'),
      ...(organization === undefined || project === undefined
        ? []
        : [{ label: 'subject', text: `sc://${organization}/${project}/<name of the service connection>` }]),
    ]
  }
  return env.get('AZURE_FEDERATED_TOKEN_FILE') === undefined
    ? []
    : [{ label: 'AZURE_FEDERATED_TOKEN_FILE', text: env.get('AZURE_FEDERATED_TOKEN_FILE') ?? '' }]
}

function presence(env: Env, name: string, hint: string): Row {
  const value = env.get(name)
  return { label: name, text: value === undefined || value === '' ? `not set here: ${hint}` : 'set here' }
}

/** The default chains take one variable for two things. */
function clientIdRows({ facts }: Explanation, env: Env): readonly Row[] {
  const value = env.get('AZURE_CLIENT_ID')
  if (value === undefined || value === '') return []
  return [
    {
      label: 'AZURE_CLIENT_ID',
      text: `${starSecrets(value)}${compared(value, facts.clientId)}: with a secret, certificate or token file it is the application; on a host of Azure the default chain takes it for the user-assigned identity to ask for`,
    },
  ]
}

const secretVariables: ReadonlySet<string> = new Set(['AZURE_CLIENT_SECRET'])

function valueRows(env: Env, names: readonly string[], told?: string): readonly Row[] {
  return names.flatMap((name) => {
    const value = env.get(name)
    if (value === undefined) return []
    if (value === '') return [{ label: name, text: 'set to nothing' }]
    if (secretVariables.has(name)) return [{ label: name, text: '***' }]
    return [{ label: name, text: `${starSecrets(value.replace(/\/\/[^/@\s]*@/g, '//***@'))}${compared(value, told)}` }]
  })
}

/** Of tokens inside the text only what they say, never they themselves. */
async function tokenSections(text: string, now: number): Promise<readonly Section[]> {
  const found = text.slice(0, 1024 * 1024).match(/\beyJ[\w-]{8,8000}\.eyJ[\w-]{8,16000}\.[\w-]{0,2000}/g) ?? []
  if (found.length === 0) return []
  const { findAudience } = await import('../engine/resources.ts')
  return [...new Set(found)].slice(0, mostTokens).flatMap((token, index) => {
    const decoded = decodeToken(token)
    if (!decoded.ok) return []
    const { audience, identity, times } = describeToken(decoded.value, now, {
      audienceName: (value) => findAudience(value)?.name ?? null,
    })
    const name = audience.name === null ? '' : ` (${audience.name})`
    const rows: Row[] = [
      ...(audience.value === null ? [] : [{ label: 'for', text: `${audience.value}${name}` }]),
      ...issuerRow(decoded.value.claims),
      ...(identity.name === null && identity.objectId === null
        ? []
        : [{ label: 'who', text: `${identity.name ?? identity.objectId} (${identity.type})` }]),
      ...(times.expiresOn === null
        ? []
        : [
            {
              label: times.expired ? 'ended' : 'ends',
              text: new Date(times.expiresOn).toISOString().replace('.000Z', 'Z'),
            },
          ]),
      ...(index === 0 ? [{ label: '', text: 'more of it', command: 'azid whoami --token FILE' }] : []),
    ]
    return [{ title: found.length === 1 ? 'the token in it' : `token ${index + 1} in it`, rows }]
  })
}

function issuerRow(claims: JsonObject): readonly Row[] {
  const issuer = textOf(claims, 'iss')
  return issuer === null ? [] : [{ label: 'from', text: issuer }]
}
