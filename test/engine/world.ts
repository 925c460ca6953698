/** What the engine's tests start from: a configuration, and ports whose network is the sandbox and whose rest is made up. */

import type { Link } from '../../src/engine/chain.ts'
import { judge } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { Authority, CredentialConfig, CredentialName } from '../../src/engine/types.ts'
import { withExtraRoots } from '../../src/extra-roots.ts'
import type { Http, HttpRequest } from '../../src/runtime.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { FakeFile } from '../fakes/files.ts'
import { type FakeRuntime, fakeRuntime } from '../fakes/runtime.ts'
import { startTestSandbox } from '../support/sandbox.ts'

export const publicAuthority: Authority = {
  host: 'https://login.microsoftonline.com',
  cloud: 'public',
  isMicrosoft: true,
  isTrusted: false,
}

export function configure(changes: Partial<CredentialConfig> = {}): CredentialConfig {
  return {
    sdk: 'python',
    role: 'named',
    processTimeoutMs: 10_000,
    imdsTimeoutMs: 1000,
    authority: publicAuthority,
    additionallyAllowedTenants: [],
    ...changes,
  }
}

export interface SandboxWorld {
  readonly sandbox: Sandbox
  /** The sandbox's authority, named by the person. */
  readonly authority: Authority
  readonly ports: FakeRuntime
  /** What was really sent, with the proofs in it. */
  readonly sent: readonly HttpRequest[]
}

/** A sandbox, and ports that reach it over TLS; time is made up, so that waiting for a retry takes none. */
export async function startWorld(
  options: {
    readonly env?: Readonly<Record<string, string>>
    readonly files?: Readonly<Record<string, string | Uint8Array | FakeFile>>
    readonly sandbox?: Omit<SandboxOptions, 'ports'>
  } = {},
): Promise<SandboxWorld> {
  const sandbox = await startTestSandbox(options.sandbox)
  const sent: HttpRequest[] = []
  const trusting = withExtraRoots(createNodeRuntime(), sandbox.caPem).http
  const http: Http = {
    send: (request, signal) => {
      sent.push(request)
      return trusting.send(request, signal)
    },
  }
  const ports = fakeRuntime({
    now: Date.now(),
    http,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.files === undefined ? {} : { files: options.files }),
  })
  const authority = { host: sandbox.origin, cloud: 'public', isMicrosoft: false, isTrusted: true } as const
  return { sandbox, authority, ports, sent }
}

/** Never aborts. */
export function noLimit(): AbortSignal {
  return new AbortController().signal
}

/** What a failure of this link is to Python's DefaultAzureCredential. */
export function judgeInDefaultChain(name: CredentialName): NonNullable<Link['judge']> {
  return (outcome, found) => judge(findProfile('python'), 'DefaultAzureCredential', name, outcome, found)
}
