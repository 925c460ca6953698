/**
 * The Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC), asked over the session bus
 * (https://specifications.freedesktop.org/secret-service/). Not through the native keyring package: that one calls the
 * service on this thread, without a limit of ours, shows an unlock prompt, and a process with such a call under way cannot
 * even exit (docs/adr/0006-cache.md has the figures).
 */
import type { KeyringErrorCode, KeyringItem, KeyringResult } from '../runtime.ts'
import {
  type BusCall,
  type BusConnection,
  BusError,
  type BusValue,
  type Variant,
  withSessionBus,
} from './session-bus.ts'

/** As a `KeyringItem`, but for the secret: the caller wraps it at once. */
export interface BareItem extends Omit<KeyringItem, 'secret'> {
  readonly secret: string | null
}

export interface SecretService {
  get(account: string, timeoutMs: number): Promise<KeyringResult<string | null>>
  set(account: string, value: string, timeoutMs: number): Promise<KeyringResult<void>>
  remove(account: string, timeoutMs: number): Promise<KeyringResult<void>>
  find(attributes: Readonly<Record<string, string>>, timeoutMs: number): Promise<KeyringResult<readonly BareItem[]>>
}

const destination = 'org.freedesktop.secrets'
const servicePath = '/org/freedesktop/secrets'
const defaultCollection = '/org/freedesktop/secrets/aliases/default'
/** The path that stands for "none", of a collection as of a prompt. */
const none = '/'

/** A refusal of our own among the errors of the bus. */
class Refusal extends Error {
  readonly code: KeyringErrorCode

  constructor(code: KeyringErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * `address`: where the session bus is; undefined: there is none. No call prompts or unlocks: what would is `locked`. A
 * service that could keep nothing is `unavailable`, also to `get`.
 */
export function createSecretService(address: string | undefined, userId: number): SecretService {
  const run = <T>(timeoutMs: number, use: (bus: BusConnection) => Promise<T>): Promise<KeyringResult<T>> =>
    attempt(() => {
      if (address === undefined) throw new Refusal('unavailable', 'no session bus')
      return withSessionBus(address, userId, timeoutMs, use)
    })

  return {
    get: (account, timeoutMs) =>
      run(timeoutMs, async (bus) => {
        const [session, found] = await Promise.all([openSession(bus), search(bus, ourAttributes(account))])
        const item = found.unlocked[0]
        if (item !== undefined) return readSecret(bus, item, session)
        if (found.locked.length > 0 || (await isDefaultLocked(bus)))
          throw new Refusal('locked', 'the keyring is locked')
        return null
      }),
    set: (account, value, timeoutMs) =>
      run(timeoutMs, async (bus) => {
        const session = await openSession(bus)
        const [, prompt] = await bus.call({
          destination,
          path: defaultCollection,
          interface: 'org.freedesktop.Secret.Collection',
          member: 'CreateItem',
          signature: 'a{sv}(oayays)b',
          body: [
            ourProperties(account),
            [session, new Uint8Array(), Buffer.from(value, 'utf8'), 'text/plain; charset=utf8'],
            true,
          ],
        })
        refusePrompt(prompt)
      }),
    remove: (account, timeoutMs) =>
      run(timeoutMs, async (bus) => {
        const { unlocked, locked } = await search(bus, ourAttributes(account))
        for (const item of [...unlocked, ...locked]) {
          const [prompt] = await bus.call({
            destination,
            path: item,
            interface: 'org.freedesktop.Secret.Item',
            member: 'Delete',
          })
          refusePrompt(prompt)
        }
      }),
    find: (attributes, timeoutMs) =>
      run(timeoutMs, async (bus) => {
        const [session, { unlocked, locked }] = await Promise.all([openSession(bus), search(bus, attributes)])
        const read = (path: string, isLocked: boolean): Promise<BareItem> => readItem(bus, path, session, isLocked)
        return Promise.all([...unlocked.map((path) => read(path, false)), ...locked.map((path) => read(path, true))])
      }),
  }
}

/** `service` and `username` as the common libraries have them, so that the entry is found in the desktop's own tools. */
function ourAttributes(account: string): Readonly<Record<string, string>> {
  return { service: 'azid', username: account }
}

function ourProperties(account: string): BusValue {
  const attributes = { 'xdg:schema': 'org.freedesktop.Secret.Generic', ...ourAttributes(account) }
  return [
    ['org.freedesktop.Secret.Item.Label', { signature: 's', value: `azid ${account}` }],
    ['org.freedesktop.Secret.Item.Attributes', { signature: 'a{ss}', value: Object.entries(attributes) }],
  ]
}

/** In the clear: the bus is local, and whoever may read it may ask the service as well. */
async function openSession(bus: BusConnection): Promise<string> {
  const [, session] = await bus.call({
    ...service('OpenSession'),
    signature: 'sv',
    body: ['plain', { signature: 's', value: '' }],
  })
  return asPath(session)
}

async function search(
  bus: BusConnection,
  attributes: Readonly<Record<string, string>>,
): Promise<{ unlocked: readonly string[]; locked: readonly string[] }> {
  const [unlocked, locked] = await bus.call({
    ...service('SearchItems'),
    signature: 'a{ss}',
    body: [Object.entries(attributes)],
  })
  return { unlocked: asPaths(unlocked), locked: asPaths(locked) }
}

/** Where there is no default collection nothing can be kept: the error of the bus says so. */
async function isDefaultLocked(bus: BusConnection): Promise<boolean> {
  return (await readProperty(bus, defaultCollection, 'org.freedesktop.Secret.Collection', 'Locked')) === true
}

async function readSecret(bus: BusConnection, item: string, session: string): Promise<string> {
  const [secret] = await bus.call({
    destination,
    path: item,
    interface: 'org.freedesktop.Secret.Item',
    member: 'GetSecret',
    signature: 'o',
    body: [session],
  })
  const value = Array.isArray(secret) ? (secret as readonly BusValue[])[2] : undefined
  if (!(value instanceof Uint8Array)) throw new Refusal('other', 'the keyring answered with what is no secret')
  return Buffer.from(value).toString('utf8')
}

async function readItem(bus: BusConnection, path: string, session: string, isLocked: boolean): Promise<BareItem> {
  const property = (name: string): Promise<BusValue> => readProperty(bus, path, 'org.freedesktop.Secret.Item', name)
  const [label, attributes, secret] = await Promise.all([
    property('Label'),
    property('Attributes'),
    isLocked ? null : readSecret(bus, path, session),
  ])
  return {
    label: String(label),
    attributes: Object.fromEntries(attributes as [string, string][]),
    secret,
  }
}

async function readProperty(bus: BusConnection, path: string, owner: string, name: string): Promise<BusValue> {
  const [variant] = await bus.call({
    destination,
    path,
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: [owner, name],
  })
  return (variant as Variant).value
}

function service(member: string): BusCall {
  return { destination, path: servicePath, interface: 'org.freedesktop.Secret.Service', member }
}

/** Where the service would ask a person, it names a prompt and has done nothing yet. */
function refusePrompt(prompt: BusValue | undefined): void {
  if (prompt !== none) throw new Refusal('locked', 'the keyring is locked')
}

function asPath(value: BusValue | undefined): string {
  if (typeof value !== 'string') throw new Refusal('other', 'the keyring answered with what is no path')
  return value
}

function asPaths(value: BusValue | undefined): readonly string[] {
  if (!Array.isArray(value)) throw new Refusal('other', 'the keyring answered with what is no list')
  return value.map((path: BusValue) => asPath(path))
}

async function attempt<T>(act: () => Promise<T>): Promise<KeyringResult<T>> {
  try {
    return { ok: true, value: await act() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { code: error.code, detail: error.message } }
    if (!(error instanceof BusError)) throw error
    return { ok: false, error: { code: errorCode(error.code), detail: error.message } }
  }
}

function errorCode(name: string): KeyringErrorCode {
  if (name === 'timeout') return 'timeout'
  if (name === 'connect' || name === 'closed') return 'unavailable'
  if (name === 'rejected') return 'denied'
  return errorNames[name] ?? 'other'
}

const errorNames: Readonly<Record<string, KeyringErrorCode>> = {
  'org.freedesktop.DBus.Error.ServiceUnknown': 'unavailable',
  'org.freedesktop.DBus.Error.NameHasNoOwner': 'unavailable',
  // No default collection: nobody has ever logged in at a desktop here.
  'org.freedesktop.DBus.Error.UnknownObject': 'unavailable',
  'org.freedesktop.DBus.Error.UnknownMethod': 'unavailable',
  'org.freedesktop.Secret.Error.NoSuchObject': 'unavailable',
  'org.freedesktop.DBus.Error.NoReply': 'unavailable',
  'org.freedesktop.DBus.Error.AccessDenied': 'denied',
  'org.freedesktop.Secret.Error.IsLocked': 'locked',
}
