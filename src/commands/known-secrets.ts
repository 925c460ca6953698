/** Every secret that a run could come across, so that nothing which is said of it holds one. */
import { createRedactor } from '../engine/redaction.ts'
import type { Attempt, CredentialConfig } from '../engine/types.ts'
import type { Env } from '../runtime.ts'
import { Secret } from '../secret.ts'
import type { Preparation } from './acquire.ts'

/** Shorter ones are words. */
const shortestSecret = 8

/** Names are enough: the table of variables is not loaded for this. A test holds that every secret one in it is known. */
const secretName =
  /secret|password|passwd|token|key$|connection_?string|credential|identity_header$|_pat$|_jwt|assertion$|^(?:AZD_INITIAL_ENVIRONMENT_CONFIG|OPENAI_CUSTOM_HEADERS|VSS_NUGET_EXTERNAL_FEED_ENDPOINTS)$/i
const noSecretName = /_FILE$|_PATH$|_URL$|_URI$|^AZURE_TOKEN_CREDENTIALS$|_ENDPOINT$|_ID$/i

export function isSecretVariable(name: string): boolean {
  return secretName.test(name) && !noSecretName.test(name)
}

/** Configured secrets and those in variables, and the tokens that came. */
export function knownSecrets(
  { chain, runtime }: Pick<Preparation, 'chain' | 'runtime'>,
  attempts: readonly Attempt[] = [],
): readonly string[] {
  const secrets = [
    ...attempts.flatMap(({ token }) => (token === undefined ? [] : [token.token.reveal()])),
    ...chain.cacheLinks.flatMap(({ config }) => secretsIn(config)),
    ...secretVariables(runtime.env),
  ]
  return [...new Set(secrets)].filter(({ length }) => length >= shortestSecret)
}

/** For what others say: a tool that prints the variable it was given, a server that echoes what it was sent. */
export function redactorOf(preparation: Pick<Preparation, 'chain' | 'runtime'>): (text: string) => string {
  return createRedactor(knownSecrets(preparation))
}

function secretsIn(config: CredentialConfig): readonly string[] {
  const assertion = config.clientAssertion?.kind === 'value' ? config.clientAssertion.token : undefined
  const given = [...Object.values(config), config.certificate?.password, assertion]
  return given.flatMap((value) => (value instanceof Secret ? [value.reveal()] : []))
}

function secretVariables(env: Env): readonly string[] {
  return env
    .names()
    .filter(isSecretVariable)
    .flatMap((name) => env.get(name) ?? [])
}
