/** Keyrings in a Map, one a backend, with faults on demand. */
import type { Clock, Keyring, KeyringBackend, KeyringErrorCode, KeyringResult } from '../../src/runtime.ts'

export interface FakeKeyringOptions {
  readonly backends?: readonly KeyringBackend[]
  /** `{ 'secret-service': { account: value } }` */
  readonly entries?: Partial<Record<KeyringBackend, Readonly<Record<string, string>>>>
  /**
   * Asked before every call: a code makes it fail, `hang` makes it run into its time limit, `forget` makes a `set`
   * claim success and keep nothing.
   */
  readonly fault?: (
    operation: 'get' | 'set' | 'remove',
    backend: KeyringBackend,
    account: string,
  ) => KeyringErrorCode | 'hang' | 'forget' | undefined
}

export interface FakeKeyring extends Keyring {
  /** The value kept, or undefined. */
  peek(backend: KeyringBackend, account: string): string | undefined
}

export function createFakeKeyring(options: FakeKeyringOptions, clock: Clock): FakeKeyring {
  const backends = options.backends ?? ['secret-service', 'keyutils']
  const stores = new Map(
    backends.map((backend) => [backend, new Map(Object.entries(options.entries?.[backend] ?? {}))]),
  )

  const call = async <T>(
    operation: 'get' | 'set' | 'remove',
    backend: KeyringBackend,
    account: string,
    timeoutMs: number,
    act: (store: Map<string, string>) => T,
  ): Promise<KeyringResult<T>> => {
    const store = stores.get(backend)
    if (store === undefined) return { ok: false, error: { code: 'unavailable', detail: `no ${backend} here` } }
    const fault = options.fault?.(operation, backend, account)
    if (fault === 'hang') {
      await clock.sleep(timeoutMs)
      return { ok: false, error: { code: 'timeout', detail: `no answer within ${timeoutMs} ms` } }
    }
    if (fault === 'forget') return { ok: true, value: act(new Map(store)) }
    if (fault !== undefined) return { ok: false, error: { code: fault, detail: `the fake ${backend} says ${fault}` } }
    return { ok: true, value: act(store) }
  }

  return {
    backends,
    get: (backend, account, timeoutMs) =>
      call('get', backend, account, timeoutMs, (store) => store.get(account) ?? null),
    set: (backend, account, value, timeoutMs) =>
      call('set', backend, account, timeoutMs, (store) => {
        store.set(account, value)
      }),
    remove: (backend, account, timeoutMs) =>
      call('remove', backend, account, timeoutMs, (store) => {
        store.delete(account)
      }),
    peek: (backend, account) => stores.get(backend)?.get(account),
  }
}
