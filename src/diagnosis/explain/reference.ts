/** Reference subjects of `explain`: a code, an OAuth or MSAL error, a credential, a variable. */
import { allAadsts, findAadsts } from '../../knowledge/aadsts.ts'
import { type CauseId, causes } from '../../knowledge/causes.ts'
import type { CredentialEntry } from '../../knowledge/credentials.ts'
import type { EnvVarEntry } from '../../knowledge/env-vars.ts'
import type { OauthErrorEntry } from '../../knowledge/oauth-errors.ts'
import type { TroubleshootingEntry } from '../../knowledge/troubleshooting.ts'
import { causeOfCode } from '../code-causes.ts'
import { type ExplainedCause, type Explanation, emptyExplanation } from './explanation.ts'
import { stepsFor } from './remedies.ts'

const who: Readonly<Record<string, string>> = {
  caller: 'the program that asks',
  'app-owner': 'the owner of the application registration',
  'tenant-admin': 'an administrator of the tenant',
  user: 'the person who signs in',
  microsoft: 'Microsoft: try again later',
}

/** A cause for a subject that is no failure: the steps keep their placeholders. */
export function causeFor(id: CauseId, because: string): ExplainedCause {
  return { id, meaning: causes[id].meaning, because, steps: stepsFor(id, { facts: {}, flat: '' }), guide: null }
}

/** `AADSTS700016`, `aadsts700016`, `700016`; `AADB2C90088`. Null for anything else. */
export function readCode(text: string): string | null {
  const match = /^(aadsts|aadb2c)?[\s:-]?(\d{4,8}):?$/i.exec(text.trim())
  if (match === null) return null
  return `${(match[1] ?? 'AADSTS').toUpperCase()}${match[2]}`
}

/** A known code's row; an unknown one's family, which the first digits tell. */
export function explainCode(code: string): Explanation {
  const entry = findAadsts(code)
  const base = { ...emptyExplanation, kind: 'code' as const, title: code, codes: [code] }
  if (entry === undefined) return explainUnknownCode(code)
  const cause = causeOfCode(code)
  return {
    ...base,
    title: entry.name === null ? code : `${code} (${entry.name})`,
    summary: entry.meaning,
    causes: cause === undefined ? [] : [causeFor(cause.id, `${code} stands for it`)],
    sections: [
      {
        title: 'about it',
        rows: [
          { label: 'fix', text: entry.fix },
          { label: 'by', text: who[entry.whoFixes] ?? entry.whoFixes },
          {
            label: 'retry',
            text: entry.retryable ? 'the same request can succeed later' : 'the same request fails again',
          },
          ...(entry.oauthError === null ? [] : [{ label: 'error', text: entry.oauthError.replaceAll('|', ' or ') }]),
          ...(entry.appliesTo.length === 0 ? [] : [{ label: 'met in', text: entry.appliesTo.join(', ') }]),
        ],
      },
    ],
    notes:
      entry.category === 'b2c'
        ? [
            {
              id: 'b2c-unsupported',
              text: 'this is Azure AD B2C, which the azure-identity SDKs do not support: use MSAL with the authority of the policy',
            },
          ]
        : [],
    source: entry.source,
  }
}

const families: readonly (readonly [RegExp, string])[] = [
  [/^AADB2C/, 'Azure AD B2C: policies and their user flows'],
  [/^AADSTS7000\d{3}$/, 'the proof of a client: secret, certificate or assertion'],
  [/^AADSTS7002\d/, 'federated credentials: issuer, subject or audience of the assertion'],
  [/^AADSTS700/, 'the client application and its assertion'],
  [/^AADSTS70\d{3}$/, 'the grant that was presented: code, refresh token, scope'],
  [/^AADSTS65/, 'consent and permissions'],
  [/^AADSTS53|^AADSTS530/, 'Conditional Access and device policy'],
  [/^AADSTS50/, 'the sign-in of the account: password, MFA, session, assertion'],
  [/^AADSTS16|^AADSTS5002/, 'which account is meant, and whether it is in the tenant'],
  [/^AADSTS90/, 'the tenant, the form of the request, or the service itself'],
  [/^AADSTS75|^AADSTS76/, 'SAML'],
  [/^AADSTS80|^AADSTS81/, 'sign-in through servers on premises'],
  [/^AADSTS12/, 'changing a password'],
  [/^AADSTS13|^AADSTS14/, 'device keys'],
]

function explainUnknownCode(code: string): Explanation {
  const family = families.find(([form]) => form.test(code))?.[1]
  const near = allAadsts()
    .filter((entry) => entry.code !== code && entry.code.startsWith(code.slice(0, -1)))
    .slice(0, 3)
    .map((entry) => entry.code)
  return {
    ...emptyExplanation,
    kind: 'code',
    title: code,
    codes: [code],
    summary: `${code} is not known here${family === undefined ? '' : `; codes like it are about ${family}`}`,
    sections: [
      {
        title: 'what to do',
        rows: [
          {
            text: code.startsWith('AADB2C')
              ? 'look it up: https://learn.microsoft.com/azure/active-directory-b2c/error-codes'
              : `look it up: https://login.microsoftonline.com/error?code=${code.replace('AADSTS', '')}`,
          },
          {
            text: 'paste the whole message: what stands behind the code says more than its number',
            command: 'azid explain - < message.txt',
          },
        ],
      },
    ],
    suggestions: near,
  }
}

const kinds: Readonly<Record<string, string>> = {
  oauth: 'OAuth 2.0 and OpenID Connect',
  suberror: "Entra's suberror",
  'dotnet-classification': "MSAL.NET's classification",
  imds: 'the instance metadata service',
  'app-service': "App Service's identity endpoint",
  arc: 'the Azure Arc agent',
  'service-fabric': 'Service Fabric',
  'cloud-shell': 'Cloud Shell',
  'azure-pipelines': 'Azure Pipelines',
  'github-actions': 'GitHub Actions',
  'msal-node': 'MSAL for JavaScript',
  'msal-node-mi': 'managed identity in MSAL for JavaScript',
  'msal-python': 'MSAL for Python',
  'msal-dotnet': 'MSAL.NET',
  'msal-go': 'MSAL for Go',
}

/** All meanings of one word: `invalid_scope` has several. */
export function explainOauthError(entries: readonly OauthErrorEntry[]): Explanation {
  const [first] = entries
  if (first === undefined) return emptyExplanation
  return {
    ...emptyExplanation,
    kind: 'code',
    title: first.code,
    summary: first.meaning,
    sections: entries.map((entry) => ({
      title: kinds[entry.kind] ?? entry.kind,
      rows: [
        ...(entry === first ? [] : [{ label: 'means', text: entry.meaning }]),
        { label: 'fix', text: entry.fix },
        { label: 'by', text: who[entry.whoFixes] ?? entry.whoFixes },
        {
          label: 'retry',
          text: entry.retryable ? 'the same request can succeed later' : 'the same request fails again',
        },
      ],
    })),
    source: first.source,
  }
}

const sdkNames = { python: 'Python', js: 'JavaScript', dotnet: '.NET', java: 'Java', go: 'Go' } as const

export function explainCredential(entry: CredentialEntry, failures: readonly TroubleshootingEntry[]): Explanation {
  const order = (Object.keys(sdkNames) as (keyof typeof sdkNames)[])
    .filter((sdk) => entry.order[sdk] !== undefined)
    .map((sdk) => `${sdkNames[sdk]} ${entry.order[sdk]}`)
  return {
    ...emptyExplanation,
    kind: 'credential',
    title: entry.name,
    summary: entry.meaning,
    sections: [
      {
        title: 'about it',
        rows: [
          { label: 'fits', text: entry.fits },
          ...(entry.inputs.length === 0 ? [] : [{ label: 'needs', text: entry.inputs.join('; ') }]),
          ...(entry.variables.length === 0 ? [] : [{ label: 'reads', text: entry.variables.join(', ') }]),
          ...(/^(?:DefaultAzure|ChainedToken)Credential$/.test(entry.name)
            ? []
            : [
                {
                  label: 'order',
                  text:
                    order.length === 0
                      ? 'no member of the default chain'
                      : `place in the default chain: ${order.join(', ')}`,
                },
              ]),
          ...entry.pitfalls.map((text) => ({ label: 'note', text })),
        ],
      },
      ...(failures.length === 0
        ? []
        : [
            {
              title: 'common failures',
              rows: failures.slice(0, 12).map(({ id, meaning }) => ({ label: id, text: meaning })),
            },
          ]),
    ],
    source: entry.source,
  }
}

/** `state` says what this machine has, already without secrets. */
export function explainVariable(entry: EnvVarEntry, state: string, ignoredBy: string | null): Explanation {
  return {
    ...emptyExplanation,
    kind: 'variable',
    title: entry.name,
    summary: entry.meaning,
    sections: [
      {
        title: 'about it',
        rows: [
          { label: 'here', text: state },
          { label: 'read by', text: entry.usedBy.join(', ') },
          ...(ignoredBy === null ? [] : [{ label: 'ignored', text: ignoredBy }]),
          ...entry.pitfalls.map((text) => ({ label: 'note', text })),
          ...(entry.secret ? [{ label: 'secret', text: 'its value is never shown' }] : []),
        ],
      },
    ],
    source: entry.source,
  }
}
