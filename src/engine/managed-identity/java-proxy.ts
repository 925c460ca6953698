/**
 * Which proxy azure-core for Java sends a request to. It reads HTTPS_PROXY and HTTP_PROXY only where the virtual machine is
 * told to, and else the virtual machine's own properties; both come from a variable where the command line is not ours.
 */
import type { Env } from '../../runtime.ts'
import { exempt, type FindProxy, readAsked, showProxy } from './proxy-in-the-way.ts'

/** Read by every virtual machine, and by the `java` launcher. */
const optionVariables = ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS']

/** com.azure.core.http.ProxyOptions: the variables, then `https.proxyHost`, then `http.proxyHost`, whatever the scheme. */
export const findJavaProxy: FindProxy = (url, env) => {
  const { host } = readAsked(url)
  if (readProperty('java.net.useSystemProxies', env)?.value.toLowerCase() === 'true') {
    const list = env.get('NO_PROXY') ?? ''
    for (const variable of ['HTTPS_PROXY', 'HTTP_PROXY']) {
      const value = env.get(variable) ?? ''
      // A value that is no URL is passed over.
      if (!/^https?:\/\//i.test(value)) continue
      if (list.split(',').some((entry) => isLike(entry, host))) return null
      return { variable, proxy: showProxy(value), command: exempt('NO_PROXY', list, ',', host) }
    }
  }
  const found = readProperty('https.proxyHost', env) ?? readProperty('http.proxyHost', env)
  if (found === null || found.value === '') return null
  const spared = readProperty('http.nonProxyHosts', env)?.value ?? ''
  if (spared.split('|').some((entry) => isLike(entry, host))) return null
  const { variable, name, value } = found
  const scheme = name.startsWith('https') ? 'https' : 'http'
  const port = readProperty(`${scheme}.proxyPort`, env)?.value ?? (scheme === 'https' ? '443' : '80')
  // It is to be pasted into a shell: what is no list of hosts is not repeated.
  const hosts = /^[\w.:*|[\]-]+$/.test(spared) ? `${spared}|${host}` : host
  return {
    variable,
    proxy: showProxy(`http://${value}:${port}`),
    command: exempt(variable, name, ' ', `-Dhttp.nonProxyHosts=${hosts}`),
  }
}

interface Property {
  readonly variable: string
  readonly name: string
  readonly value: string
}

/** The last one counts, and what the launcher adds comes after. */
function readProperty(name: string, env: Env): Property | null {
  const found = optionVariables.flatMap((variable) =>
    (env.get(variable) ?? '')
      .split(/\s+/)
      .map((word) => word.replace(/^["']|["']$/g, ''))
      .filter((word) => word.startsWith(`-D${name}=`))
      .map((word) => ({ variable, name, value: word.slice(name.length + 3) })),
  )
  return found.at(-1) ?? null
}

/** `*` stands for anything, and so does a leading dot. */
function isLike(entry: string, host: string): boolean {
  const parts = entry.replace(/^\./, '*').split('*')
  const form = parts.map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&')).join('.*')
  return entry !== '' && new RegExp(`^${form}$`, 'i').test(host)
}
