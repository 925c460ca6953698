/** Each host as a person meets it: which was chosen and why, whose token it gives, which ids it takes. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import type { PlayedHostName } from '../../src/sandbox/hosts/host.ts'
import { type StartedHost, startHost } from '../../src/sandbox/hosts/host-server.ts'
import { userAssigned } from '../../src/sandbox/hosts/identities.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

let sandbox: Sandbox
const started = new Map<PlayedHostName, StartedHost>()
const names: readonly PlayedHostName[] = ['imds', 'app-service', 'service-fabric', 'azure-ml', 'cloud-shell']

beforeAll(async () => {
  const ports = createNodeRuntime()
  sandbox = await startSandbox({ ports })
  for (const name of names) started.set(name, await startHost(name, { state: sandbox.state, ports }))
})
afterAll(async () => {
  for (const host of started.values()) await host.close()
  await sandbox.close()
})

const flat = (text: string): string => text.replace(/\s+/g, ' ')

async function azid(name: PlayedHostName, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runCli(args, { env: { ...started.get(name)?.variables, ...env } })
}

const managed = ['-c', 'managed-identity']
const chosen: readonly [PlayedHostName, string][] = [
  ['imds', 'managed identity host: IMDS, because nothing names another'],
  [
    'app-service',
    'managed identity host: App Service, because of IDENTITY_ENDPOINT and IDENTITY_HEADER; otherwise IMDS',
  ],
  [
    'service-fabric',
    'managed identity host: Service Fabric, because of IDENTITY_ENDPOINT, IDENTITY_HEADER and IDENTITY_SERVER_THUMBPRINT; otherwise IMDS',
  ],
  ['azure-ml', 'managed identity host: Azure ML, because of MSI_ENDPOINT and MSI_SECRET; otherwise IMDS'],
  ['cloud-shell', 'managed identity host: Cloud Shell, because of MSI_ENDPOINT; otherwise IMDS'],
]

describe('which host was chosen and why, and which would have been otherwise', () => {
  test.each(chosen)('%s', async (name, words) => {
    const [token, plain, verbose, json] = await Promise.all([
      azid(name, ['get-token', '-v', ...managed]),
      azid(name, ['chain', ...managed]),
      azid(name, ['chain', '-v', ...managed]),
      azid(name, ['chain', '--json', ...managed]),
    ])
    expect(token).toMatchObject({ code: 0 })
    expect(flat(token.stderr)).toContain(words)
    expect(flat(plain.stdout)).toContain(words)
    expect(flat(verbose.stdout).split(words).length).toBe(2)
    const value = JSON.parse(json.stdout) as { attempts: readonly { choice: unknown }[] }
    expectSchema('chain', value)
    const [, host = '', because, otherwise] =
      /host: ([\w ]+), because (?:of ([^;]+)|nothing.*)(?:; otherwise (.+))?/.exec(words) ?? []
    expect(value.attempts[0]?.choice).toEqual({
      what: `managed identity host: ${host}`,
      because: because === undefined ? [] : because.split(/, | and /),
      ...(otherwise === undefined ? {} : { otherwise }),
    })
  })

  test('also where no token comes, and where nobody is asked', async () => {
    const server = createServer((_, response) => response.writeHead(404).end())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const arc = await runCli(['chain', ...managed], {
        env: { IDENTITY_ENDPOINT: `${origin}/x`, IMDS_ENDPOINT: origin, MSI_ENDPOINT: origin },
      })
      expect(arc.code).not.toBe(0)
      expect(flat(arc.stdout)).toContain(
        'managed identity host: Azure Arc, because of IDENTITY_ENDPOINT and IMDS_ENDPOINT; otherwise Cloud Shell (MSI_ENDPOINT)',
      )
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
    const half = await runCli(['chain', ...managed], { env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/x' } })
    expect(flat(half.stdout)).toContain('managed identity host: none, because of IDENTITY_ENDPOINT; otherwise IMDS')
  })
})

test('the identity of Cloud Shell is that of a person', async () => {
  const { stdout } = await azid('cloud-shell', ['chain', ...managed])
  expect(stdout).toMatch(/ManagedIdentityCredential gives the token: user /)
})

describe('ids', () => {
  const [user] = userAssigned
  test.each(['python', 'js', 'go', 'dotnet'])('%s: Azure ML is asked for no id that it does not know', async (sdk) => {
    const { code, stdout, stderr } = await azid('azure-ml', [
      'get-token',
      ...managed,
      ...['--sdk', sdk],
      ...['--object-id', user?.objectId ?? ''],
    ])
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(flat(stderr)).toContain('this host takes no id but a client id')
    expect(flat(stderr)).toContain('name the identity by its client id in place of --object-id')
  })

  test.each(['python', 'js', 'go', 'dotnet'])('%s: Azure ML’s own identity, and one by client id', async (sdk) => {
    expect(await azid('azure-ml', ['get-token', ...managed, '--sdk', sdk])).toMatchObject({ code: 0 })
    const id = ['--client-id', user?.clientId ?? '']
    expect(await azid('azure-ml', ['get-token', ...managed, '--sdk', sdk, ...id])).toMatchObject({ code: 0 })
  })
})
