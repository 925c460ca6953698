/** What a job or a pod would present to Entra, said: who it would be, how an app comes to trust it, and what is not known here. */
import type { Hint } from '../diagnosis/diagnose.ts'
import { registrationCommand } from '../diagnosis/federation.ts'
import { type OtherSubject, previewFederation } from '../engine/federation-preview.ts'
import type { CredentialName } from '../engine/types.ts'
import type { PresentedLine } from '../output/chain-text.ts'
import type { Preparation } from './acquire.ts'
import { describeFileError } from './inputs.ts'

/** Empty where the credential presents nothing, or nothing here tells what. */
export async function previewLines(
  credential: CredentialName,
  at: number,
  { chain, runtime }: Preparation,
): Promise<readonly PresentedLine[]> {
  const config = chain.cacheLinks[at]?.config
  const found = config === undefined ? null : await previewFederation(credential, config, runtime)
  if (found === null) return []
  if ('error' in found) {
    const text = `has nothing to present: ${found.path}: ${describeFileError(found.error)}`
    return [{ label: 'job', hint: { text } }]
  }
  const { claims, clientId = 'CLIENT-ID', from, others, unknown } = found
  const { issuer, subject, audience } = claims
  const register = (presented: string | undefined): Pick<Hint, 'command'> =>
    issuer === undefined || presented === undefined || audience === undefined
      ? {}
      : { command: registrationCommand({ issuer, subject: presented, audience }, clientId) }
  const notKnown = '(not known here)'
  return [
    {
      label: 'job',
      hint: {
        text: `presents issuer ${issuer ?? notKnown}, subject ${subject ?? notKnown}, audience ${audience ?? notKnown} (${from}); the app has to trust exactly these${describeEnd(claims.expiresOn, runtime.clock.now())}`,
        ...register(subject),
      },
    },
    ...others.map((other): PresentedLine => ({ label: 'or', hint: otherHint(other, register) })),
    ...(unknown === undefined ? [] : [{ label: 'not known', hint: { text: unknown } } satisfies PresentedLine]),
  ]
}

function describeEnd(expiresOn: number | undefined, now: number): string {
  if (expiresOn === undefined) return ''
  const end = new Date(expiresOn).toISOString().replace(/\.\d+Z$/, 'Z')
  return expiresOn > now
    ? `; it is good until ${end}`
    : `; it ended ${end}, and Entra refuses it: see why nobody writes a new one`
}

function otherHint(
  { subject, isWhole, when }: OtherSubject,
  register: (subject: string) => Pick<Hint, 'command'>,
): Hint {
  return { text: `subject ${subject}, ${when}`, ...(isWhole ? register(subject) : {}) }
}
