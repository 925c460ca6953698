/** People for tests without a browser: they approve device codes, decline them, and lose their sign-ins, by a call. */
import { type App, findUser, type User } from '../directory.ts'
import type { SandboxState } from '../state.ts'
import type { TenantTarget } from '../token-request.ts'
import { findByUserCode } from './device-codes.ts'
import { tenantOf } from './policies.ts'
import type { DeviceCode, SignIn } from './store.ts'

export interface Person {
  /** The directory's first user by default. */
  readonly userPrincipalName?: string
  /** Without the second factor that they have. */
  readonly passwordOnly?: boolean
}

export function approveDeviceCode(userCode: string, person: Person, state: SandboxState): void {
  const code = expectPending(userCode, state)
  code.outcome = { kind: 'approved', signIn: signInAs(person, code, state) }
}

export function declineDeviceCode(userCode: string, state: SandboxState): void {
  expectPending(userCode, state).outcome = { kind: 'declined' }
}

export function revokeSignIns(name: string, state: SandboxState): void {
  const user = expectUser(name, state)
  const { revocations } = state.signIns
  const count = revocations.get(user.objectId)?.count ?? 0
  revocations.set(user.objectId, { count: count + 1, at: state.clock.now() })
}

/** How often the user's sign-ins were revoked: an older sign-in counts no more. */
export function countRevocations(user: User, { signIns }: Pick<SandboxState, 'signIns'>): number {
  return signIns.revocations.get(user.objectId)?.count ?? 0
}

function signInAs(
  person: Person,
  { app, target }: { readonly app: App; readonly target: TenantTarget },
  state: SandboxState,
): SignIn {
  const user = expectUser(person.userPrincipalName ?? state.directory.users[0]?.userPrincipalName ?? '', state)
  const tenant = tenantOf(user, target, app, state)
  if (!tenant.ok) throw new Error(tenant.error.text)
  const hasSecondFactor = user.mfaCode !== undefined && person.passwordOnly !== true
  return {
    user,
    tenant: tenant.value,
    at: state.clock.now(),
    methods: hasSecondFactor ? ['pwd', 'mfa'] : ['pwd'],
    revocations: countRevocations(user, state),
  }
}

function expectUser(name: string, { directory }: SandboxState): User {
  const user = findUser(directory, name)
  if (user === undefined) throw new Error(`the sandbox has no user '${name}'`)
  return user
}

function expectPending(userCode: string, state: SandboxState): DeviceCode {
  const code = findByUserCode(userCode, state)
  if (code === undefined) throw new Error('no client waits for this code')
  if (code.outcome.kind !== 'pending') throw new Error(`the code is ${code.outcome.kind} already`)
  return code
}
