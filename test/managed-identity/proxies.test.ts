/** Which proxy each SDK would ask: what the real HTTP clients chose is recorded, a line a URL and an environment. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { managedIdentityProfile } from '../../src/engine/managed-identity/profile.ts'
import type { ProxyInTheWay } from '../../src/engine/managed-identity/proxy-in-the-way.ts'
import type { SdkName } from '../../src/engine/types.ts'

type Variables = Readonly<Record<string, string>>
type RecordedSdk = 'python' | 'js' | 'go' | 'java'
type Choice = { readonly url: string; readonly env: Variables } & Readonly<Record<RecordedSdk, string | null>>

const [, ...lines] = readFileSync(new URL('./proxies-recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const choices = lines.map((line) => JSON.parse(line) as Choice)
/** It looks at the variables only when it is told to. */
const javaOptions = { JAVA_TOOL_OPTIONS: '-Xmx1g "-Djava.net.useSystemProxies=true"' }
const imds = 'http://169.254.169.254/metadata/identity/oauth2/token'

function find(url: string, variables: Variables, sdk: SdkName): ProxyInTheWay | null {
  const env = { get: (name: string) => variables[name], names: () => Object.keys(variables) }
  return managedIdentityProfile(sdk).findProxy(url, env)
}

/** The variables after a shell has run `export NAME=value`. */
function run(command: string, variables: Variables): Variables {
  const [, name = '', quoted, plain] = /^export (\w+)=(?:"\$\w+([^"]*)"|(.+))$/.exec(command) ?? []
  return { ...variables, [name]: quoted === undefined ? (plain ?? '') : `${variables[name] ?? ''}${quoted}` }
}

describe.each(['python', 'js', 'go', 'java'] as const)('%s', (sdk) => {
  const own = choices
    // In a CGI program Go asks nobody.
    .filter((choice) => choice[sdk] !== 'error')
    .map((choice) => ({ ...choice, env: sdk === 'java' ? { ...choice.env, ...javaOptions } : choice.env }))

  test('the same proxy, or the host itself, as the real client', () => {
    expect(own.length).toBeGreaterThan(450)
    const ours = own.map(({ url, env }) => ({ url, env, proxy: find(url, env, sdk)?.proxy ?? null }))
    expect(ours).toEqual(own.map((choice) => ({ url: choice.url, env: choice.env, proxy: choice[sdk] })))
  })

  test('the command takes the proxy out of the way, and only for that host', () => {
    const proxied = own.filter((choice) => choice[sdk] !== null)
    expect(proxied.length).toBeGreaterThan(50)
    for (const { url, env } of proxied) {
      const repaired = run(find(url, env, sdk)?.command ?? '', env)
      expect({ url, env, left: find(url, repaired, sdk) }).toEqual({ url, env, left: null })
      expect(find('http://elsewhere.test/', repaired, sdk)?.proxy).toBe(find('http://elsewhere.test/', env, sdk)?.proxy)
    }
  })
})

/** Read off the sources: HttpEnvironmentProxy.cs of Azure.Core and of .NET 10. */
describe('.NET', () => {
  test.each<[Variables, string | null]>([
    [{}, null],
    [{ HTTP_PROXY: 'http://p:1' }, 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'http://p:1', http_proxy: 'http://q:2' }, 'http_proxy'],
    [{ HTTP_PROXY: 'http://p:1', http_proxy: '' }, 'HTTP_PROXY'],
    [{ HTTPS_PROXY: 'http://p:1' }, null],
    [{ ALL_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, 'ALL_PROXY'],
    [{ HTTP_PROXY: 'http://p:1', GATEWAY_INTERFACE: 'CGI/1.1' }, null],
    [{ http_proxy: 'http://p:1', GATEWAY_INTERFACE: 'CGI/1.1' }, 'http_proxy'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: 'x, 169.254.169.254 ' }, null],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '.254' }, null],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '*' }, 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '169.254.0.0/16' }, 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '169.254.169.254:80' }, 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'http://p:1', NO_PROXY: '169.254.169.254', no_proxy: 'x' }, 'HTTP_PROXY'],
  ])('%j: %s', (env, variable) => {
    const found = find(imds, env, 'dotnet')
    expect(found?.variable ?? null).toBe(variable)
    if (found !== null) expect(find(imds, run(found.command, env), 'dotnet')).toBe(null)
  })

  test('names without case', () => {
    expect(find('http://msi.test/x', { HTTP_PROXY: 'http://p:1', NO_PROXY: 'MSI.Test' }, 'dotnet')).toBe(null)
    expect(find('http://a.msi.test/x', { HTTP_PROXY: 'http://p:1', NO_PROXY: '.MSI.Test' }, 'dotnet')).toBe(null)
  })
})

/** Read off com.azure.core.http.ProxyOptions of azure-core 1.61.0, as far as no variable of its own names the proxy. */
describe('Java’s own properties', () => {
  test.each<[Variables, string | null]>([
    [{ HTTP_PROXY: 'http://p:1' }, null],
    [{ ...javaOptions, HTTP_PROXY: 'p:1' }, null],
    [{ JAVA_TOOL_OPTIONS: '-Dhttps.proxyHost=p -Dhttps.proxyPort=8080' }, 'http://p:8080'],
    [{ JDK_JAVA_OPTIONS: '-Dhttp.proxyHost=p' }, 'http://p'],
    [{ JAVA_TOOL_OPTIONS: '-Dhttp.proxyHost=' }, null],
    [{ JAVA_TOOL_OPTIONS: '-Dhttp.proxyHost=p -Dhttp.nonProxyHosts=localhost|169.254.*' }, null],
    [{ JAVA_TOOL_OPTIONS: '-Dhttp.proxyHost=p -Dhttp.nonProxyHosts=localhost|127.*' }, 'http://p'],
    [{ JAVA_TOOL_OPTIONS: '-Dhttp.proxyHost=p', JDK_JAVA_OPTIONS: '-Dhttp.proxyHost=q' }, 'http://q'],
  ])('%j: %s', (env, proxy) => {
    const found = find(imds, env, 'java')
    expect(found?.proxy ?? null).toBe(proxy)
    if (found !== null) expect(find(imds, run(found.command, env), 'java')).toBe(null)
  })
})

test('what a shell would run is not repeated in a command for it', () => {
  const found = find(imds, { JAVA_TOOL_OPTIONS: '-Dhttp.proxyHost=p -Dhttp.nonProxyHosts=x|$(reboot)' }, 'java')
  expect(found?.command).toBe('export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Dhttp.nonProxyHosts=169.254.169.254"')
})

test.each(['http://user:secret@p:1', 'http://:', 'user:secret@p', 'socks5://user:secret@p:1'])(
  'of %s nothing secret is told',
  (value) => {
    for (const sdk of ['python', 'js', 'dotnet', 'go'] as const) {
      const found = find(imds, { HTTP_PROXY: value }, sdk)
      expect(found).not.toBe(null)
      expect(JSON.stringify(found)).not.toMatch(/secret|user/)
    }
  },
)
