/** What all servers of one sandbox share. */
import type { Clock, Random } from '../runtime.ts'
import type { KeyAndCertificate } from './ca.ts'
import type { App, RegisteredCertificate, SandboxDirectory } from './directory.ts'
import type { FaultBoard } from './faults.ts'
import type { HostNames } from './host-names.ts'
import type { RequestLog } from './request-log.ts'
import type { SignInStore } from './sign-in/store.ts'
import type { SigningKey } from './signing-keys.ts'

export interface SandboxState {
  readonly directory: SandboxDirectory
  readonly hosts: HostNames
  /** The clock that the service lives by; a test may set it. */
  readonly clock: Pick<Clock, 'now'>
  readonly random: Random
  readonly log: RequestLog
  readonly faults: FaultBoard
  /** Who signed in, and what came of it. */
  readonly signIns: SignInStore
  /** What a job of Azure Pipelines or GitHub Actions shows to get its token; made at start. */
  readonly jobToken: string
  /** Signs access tokens. */
  signingKey(): Promise<SigningKey>
  /** Signs the tokens of outside issuers that the sandbox plays. */
  federationKey(): Promise<SigningKey>
  /** The certificate and key made for an app that registered a `generate` one. */
  madeCertificate(app: App): Promise<KeyAndCertificate & { readonly registered: RegisteredCertificate }>
  /** `jti` of accepted client assertions, by app: what was presented with it, and until when it counts. */
  readonly seenAssertions: Map<string, { readonly assertion: string; readonly until: number }>
}
