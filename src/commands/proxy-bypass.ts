/** Keeps what is meant for this machine from going through a proxy, which would see the header of an endpoint. */
import type { Env, Runtime } from '../runtime.ts'

const proxyVariables = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'] as const

export function hasProxy(env: Pick<Env, 'get'>): boolean {
  return proxyVariables.some((name) => (env.get(name) ?? '') !== '')
}

/** NO_PROXY and no_proxy as they are here, with loopback and `hosts` in both; where one is not set, as the other. */
export function bypassProxy(
  hosts: readonly string[],
  { env, host }: Pick<Runtime, 'env' | 'host'>,
): Readonly<Record<string, string>> {
  // Names of variables have no case on Windows: there is one.
  const names = host.platform === 'win32' ? ['NO_PROXY'] : ['NO_PROXY', 'no_proxy']
  const known = names.map((name) => env.get(name)).find((value) => value !== undefined && value !== '') ?? ''
  return Object.fromEntries(
    names.map((name) => {
      const value = env.get(name) ?? known
      const listed = (value === '' ? known : value).split(/[\s,]+/).filter((part) => part !== '')
      const all = listed.includes('*') ? listed : [...new Set([...listed, '127.0.0.1', 'localhost', ...hosts])]
      return [name, all.join(',')]
    }),
  )
}
