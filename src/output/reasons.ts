/** Why a credential gave no token, in a few words of azid's own: for one line of a trace. The SDK's words stand elsewhere. */
import { causeOfCode } from '../diagnosis/code-causes.ts'
import type { Problem, ProblemCode, ProblemFacts } from '../engine/problems.ts'

type Reasons = { readonly [Code in ProblemCode]?: (facts: ProblemFacts[Code]) => string }

const tools = { az: 'az', azd: 'azd', pwsh: 'PowerShell' } as const

const reasons: Reasons = {
  'environment-incomplete': ({ set, missing }) =>
    set.length === 0
      ? 'no variables are set'
      : `${missing.join(' and ')} ${missing.length === 1 ? 'has' : 'have'} no value`,
  'inputs-missing': ({ inputs, isUnmeant }) =>
    isUnmeant === true ? 'nothing is configured' : `no ${inputs.map(({ name }) => name).join(', no ')}`,
  'input-invalid': ({ what, reason }) => `the ${what} ${reason}`,
  'file-unreadable': ({ what, error }) =>
    `the ${what} file ${error.code === 'not-found' ? 'is not there' : error.code === 'denied' ? 'may not be read' : 'cannot be read'}`,
  'certificate-unusable': ({ detail }) => `the certificate cannot be used: ${detail}`,
  'username-password-unsupported': () => 'a password alone is not supported',
  'tenant-not-allowed': ({ tenantId }) => `tenant ${tenantId} is not allowed`,
  'token-refused': ({ codes, error }) => {
    const [code] = codes
    const cause = code === undefined ? undefined : causeOfCode(code)
    return code === undefined ? error : cause === undefined ? code : `${code} (${cause.id})`
  },
  'token-answer-unreadable': ({ authority, status }) => `${authority} answered ${status} and no token`,
  'authority-untrusted': ({ authority }) => `${authority} is not trusted`,
  'authority-discovery': ({ authority }) => `${authority} has no usable configuration`,
  network: ({ code, host }) => `${networkWords[code]} ${host}`.trim(),
  'timed-out': ({ what, timeoutMs }) => `the limit of ${seconds(timeoutMs)} is over (${what})`,
  interrupted: ({ signal }) => `interrupted (${signal})`,
  'managed-identity-no-host': ({ set, missing }) => `${set.join(', ')} without ${missing.join(' or ')}`,
  'managed-identity-ids': () => 'more than one id is given',
  'managed-identity-id-refused': ({ host }) =>
    host === 'azure-ml' ? 'this host takes no id but a client id' : 'this host takes no id',
  'managed-identity-scopes': () => 'one scope at a time',
  'managed-identity-endpoint': ({ variable, reason }) => `${variable} ${addressWords[reason]}`,
  'managed-identity-header': ({ variable }) => `${variable} cannot be sent`,
  'managed-identity-unreachable': ({ endpoint }) => `nothing answers at ${hostOf(endpoint)}`,
  'managed-identity-answer': wordAnswer,
  'managed-identity-no-sign': () => 'nothing here looks like Azure (--fast)',
  'arc-challenge-refused': ({ reason }) =>
    reason === 'unreadable' ? "the agent's key file may not be read" : "the agent's challenge cannot be met",
  'service-fabric-thumbprint': () => 'the certificate is another one',
  'token-exchange-client-id': () => 'no client id',
  'federated-token-unusable': ({ reason }) =>
    reason === 'empty' ? 'the token file is empty' : 'the file holds no JWT',
  'assertion-command': ({ reason, detail }) =>
    reason === 'not-started' ? 'the command could not be started' : `the command ended with ${detail}`,
  'token-proxy-unusable': ({ source, reason }) =>
    reason === 'not-set' ? `${source} is not set` : `${source} cannot be used`,
  'pipelines-no-endpoint': () => 'no job of Azure Pipelines',
  'github-no-endpoint': ({ isJob }) => (isJob ? 'the job may not ask for tokens' : 'no job of GitHub Actions'),
  'job-token-refused': ({ host, status }) => `${host} answered ${status}`,
  'job-token-unreachable': ({ error }) => `nothing answers at ${error.host}`,
  'tool-not-found': ({ tool }) => `${tools[tool]} is not installed`,
  'tool-no-system-folder': () => 'SystemRoot is not set',
  'tool-not-started': ({ tool }) => `${tools[tool]} could not be started`,
  'tool-timed-out': ({ tool, timeoutMs }) => `${tools[tool]} took longer than ${seconds(timeoutMs)}`,
  'tool-not-text': ({ tool }) => `${tools[tool]} printed no text`,
  'tool-failed': ({ tool, reason, codes, ending }) => {
    if (reason === 'not-logged-in' && codes.length === 0) return `nobody is signed in to ${tools[tool]}`
    return codes[0] === undefined ? `${tools[tool]}: ${ending}` : `${tools[tool]}: ${codes[0]}`
  },
  'tool-output': ({ tool }) => `${tools[tool]} printed no token`,
  'tool-token-malformed': ({ tool }) => `${tools[tool]} printed a strange token`,
  'tool-claims': ({ tool }) => `${tools[tool]} cannot answer a claims challenge`,
  'tool-scopes': () => 'one scope at a time',
  'powershell-module-missing': () => 'the Az.Accounts module is missing',
  'shared-cache-accounts': ({ reason }) =>
    reason === 'none' ? 'no account in the cache' : reason === 'several' ? 'several accounts' : 'no account fits',
  'shared-cache-closed': ({ protection }) => `sealed with ${protection}`,
  'shared-cache-unreadable': () => 'the cache cannot be read',
  'shared-cache-ended': ({ username }) => `the token of ${username} has ended`,
  'vscode-unavailable': ({ record }) =>
    record.state === 'missing' ? 'no sign-in of VS Code' : 'its tokens are sealed',
  'broker-unavailable': ({ hasBroker }) => (hasBroker ? 'azid cannot ask the broker' : 'no broker on this system'),
}

const networkWords = {
  dns: 'no address for',
  refused: 'refused by',
  unreachable: 'no way to',
  reset: 'cut off by',
  timeout: 'no answer from',
  tls: 'no trust in the certificate of',
  proxy: 'the proxy failed on the way to',
  'too-large': 'too much of an answer from',
  protocol: 'no HTTP answer from',
  aborted: 'given up:',
} as const

const addressWords = {
  'no-scheme': 'has neither http:// nor https://',
  'no-host': 'names no host',
  malformed: 'is no address that can be asked',
  'not-https': 'is not https',
} as const

function wordAnswer(facts: ProblemFacts['managed-identity-answer']): string {
  const { fault, status, error, contentType } = facts
  const host = hostOf(facts.endpoint)
  const answered = `${host} answered ${status}`
  if (status >= 300 && status < 400) return `${answered}, a redirect, which is not followed`
  const type = contentType?.split(';')[0]?.trim() ?? ''
  switch (fault) {
    case 'refused':
      if (error !== undefined) return `${answered} ${error}`
      return status === 200 ? `${answered} without a token` : answered
    case 'content-type':
    case 'not-json':
      return status !== 200 ? answered : `${answered} with ${type === '' || /json/i.test(type) ? 'no JSON' : type}`
    case 'not-object':
      return `${answered} with no JSON object`
    case 'too-large':
      return `${host} answered with more than a token can be`
    case 'bad-token':
      return `${answered} with a token that cannot be sent on`
    case 'bad-expiry':
      return `${answered} with a token of unknown life`
    case 'no-token-type':
      return `${answered} without token_type`
    case 'no-resource':
      return `${answered} without resource`
    case 'gateway':
      return `a gateway answered for ${host}`
    default:
      return fault satisfies never
  }
}

function seconds(ms: number): string {
  return `${ms / 1000} s`
}

function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).host : endpoint
}

/** One line; `message` gives the SDK's text, whose beginning is taken for what has no words here. */
export function wordReason(problem: Problem, message: () => string): string {
  const word = reasons[problem.code] as ((facts: Problem['facts']) => string) | undefined
  return word?.(problem.facts) ?? firstSentence(message())
}

function firstSentence(message: string): string {
  const line = message.trim().split('\n', 1)[0] ?? ''
  return /^.*?[.!](?=\s|$)/.exec(line)?.[0].replace(/\.$/, '') ?? line
}
