/**
 * The keyrings of the operating systems. The one importer of @napi-rs/keyring, loaded on first use; the store is pinned,
 * because on Linux the package otherwise falls back from one to the other without a word.
 */
import { createRequire } from 'node:module'
import type { AsyncEntry, Entry } from '@napi-rs/keyring'
import type { Keyring, KeyringBackend, KeyringErrorCode, KeyringItem, KeyringResult } from '../runtime.ts'
import { Secret } from '../secret.ts'
import type { BareItem, createSecretService, SecretService } from './secret-service.ts'

const service = 'azid'

type Binding = typeof import('@napi-rs/keyring')

type LoadSecretService = () => Promise<{ readonly createSecretService: typeof createSecretService }>

/**
 * A backend that has not answered in time is not asked again in this process: it has had its share of the run.
 * `loadSecretService` is for who has its module at hand.
 */
export function createNodeKeyring(loadSecretService: LoadSecretService = () => import('./secret-service.ts')): Keyring {
  const silent = new Set<KeyringBackend>()
  let secretService: Promise<SecretService> | undefined
  const openSecretService = (): Promise<SecretService> => {
    secretService ??= loadSecretService().then(({ createSecretService: create }) =>
      create(sessionBusAddress(), process.getuid?.() ?? 0),
    )
    return secretService
  }

  const ask = async <T>(
    backend: KeyringBackend,
    account: string,
    timeoutMs: number,
    viaBus: (service: SecretService) => Promise<KeyringResult<T>>,
    viaPackage: (entry: Entry | AsyncEntry) => Promise<T>,
  ): Promise<KeyringResult<T>> => {
    if (silent.has(backend)) return timedOut(timeoutMs)
    const result =
      backend === 'secret-service'
        ? await viaBus(await openSecretService())
        : await callNative(backend, account, timeoutMs, viaPackage)
    if (!result.ok && result.error.code === 'timeout') silent.add(backend)
    return result
  }

  return {
    backends: backendsOf(process.platform),
    get: (backend, account, timeoutMs) =>
      ask(
        backend,
        account,
        timeoutMs,
        (bus) => bus.get(account, timeoutMs),
        // In a process without a session keyring the first look at the kernel's links the persistent one, too late to find
        // anything in it; the second look does.
        async (entry) => (await entry.getPassword()) ?? (await entry.getPassword()) ?? null,
      ),
    set: (backend, account, value, timeoutMs) =>
      ask(
        backend,
        account,
        timeoutMs,
        (bus) => bus.set(account, value, timeoutMs),
        async (entry) => entry.setPassword(value),
      ),
    remove: (backend, account, timeoutMs) =>
      ask(
        backend,
        account,
        timeoutMs,
        (bus) => bus.remove(account, timeoutMs),
        async (entry) => {
          await entry.deletePassword()
        },
      ),
    find: async (backend, attributes, timeoutMs) => {
      if (backend !== 'secret-service') {
        return { ok: false, error: { code: 'unavailable', detail: `${backend} cannot be searched` } }
      }
      const found = await (await openSecretService()).find(attributes, timeoutMs)
      return found.ok ? { ok: true, value: found.value.map(hideSecret) } : found
    },
  }
}

function hideSecret(item: BareItem): KeyringItem {
  return { ...item, secret: item.secret === null ? null : new Secret(item.secret) }
}

function timedOut(timeoutMs: number): KeyringResult<never> {
  return { ok: false, error: { code: 'timeout', detail: `no answer within ${timeoutMs} ms` } }
}

function backendsOf(platform: NodeJS.Platform): readonly KeyringBackend[] {
  switch (platform) {
    case 'linux':
      return ['secret-service', 'keyutils']
    case 'darwin':
      return ['keychain']
    case 'win32':
      return ['credential-manager']
    default:
      return []
  }
}

/** As libdbus and systemd find it: the variable, else the socket of the user's own bus. */
function sessionBusAddress(): string | undefined {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder } = process.env
  if (address !== undefined && address !== '') return address
  return folder === undefined || folder === '' ? undefined : `unix:path=${folder}/bus`
}

/**
 * keyutils is a system call and answers at once, so it is called on this thread. Keychain and Credential Manager are
 * called on another, because they may ask a person; when they take too long their answer is not waited for.
 */
async function callNative<T>(
  backend: Exclude<KeyringBackend, 'secret-service'>,
  account: string,
  timeoutMs: number,
  act: (entry: Entry | AsyncEntry) => Promise<T>,
): Promise<KeyringResult<T>> {
  try {
    const binding = loadBinding()
    const entry =
      backend === 'keyutils'
        ? new binding.Entry(service, account, { linux: { store: 'keyutils' } })
        : new binding.AsyncEntry(service, account)
    return await within(timeoutMs, act(entry))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { ok: false, error: { code: errorCode(detail), detail } }
  }
}

function within<T>(timeoutMs: number, work: Promise<T>): Promise<KeyringResult<T>> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      resolve(timedOut(timeoutMs))
    }, timeoutMs)
    work.then((value) => resolve({ ok: true, value }), reject).finally(() => clearTimeout(limit))
  })
}

/** The package has no codes, only the words of the store below it. */
function errorCode(detail: string): KeyringErrorCode {
  if (/locked|dismissed/i.test(detail)) return 'locked'
  if (
    /no storage access|couldn't access platform storage|no default store|cannot find (?:native|module)/i.test(detail)
  ) {
    return 'unavailable'
  }
  return /denied|not permitted/i.test(detail) ? 'denied' : 'other'
}

/**
 * The binding of this platform without the package's own search for it, which reads files and may start `ldd`: 1.6 ms in
 * place of 4. Where it is another one (musl, a system without a prebuilt one), the package finds it or says why not.
 */
function loadBinding(): Binding {
  const require = createRequire(import.meta.url)
  const name = bindingName(process.platform, process.arch)
  if (name !== undefined) {
    try {
      return createRequire(require.resolve('@napi-rs/keyring'))(name) as Binding
    } catch {
      // The package's own search tells more.
    }
  }
  return require('@napi-rs/keyring') as Binding
}

function bindingName(platform: NodeJS.Platform, architecture: string): string | undefined {
  switch (platform) {
    case 'linux':
      return `@napi-rs/keyring-linux-${architecture}-${architecture === 'arm' ? 'gnueabihf' : 'gnu'}`
    case 'darwin':
      return `@napi-rs/keyring-darwin-${architecture}`
    case 'win32':
      return `@napi-rs/keyring-win32-${architecture}-msvc`
    default:
      return undefined
  }
}
