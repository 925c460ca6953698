/** Starting and ending: what children get, and that nothing stays behind. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import type { Env } from '../../src/runtime.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { childEnvironment } from '../../src/sandbox/child-environment.ts'
import { defaultIds } from '../../src/sandbox/default-directory.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import { personaNames } from '../../src/sandbox/personas.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { UsageError } from '../../src/usage-error.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askByMsal, askToken, decodeToken, getToken, refusalByMsal, send, tokenUrl } from './client.ts'

const runFile = promisify(execFile)
const runtime = createNodeRuntime()

function envOf(variables: Readonly<Record<string, string>>): Env {
  return { get: (name) => variables[name], names: () => Object.keys(variables) }
}

test('it answers on loopback only, by name and by address', async () => {
  const sandbox = await startTestSandbox()
  expect(sandbox.origin).toBe(`https://localhost:${sandbox.port}`)
  expect(sandbox.tenantId).toBe(defaultIds.contoso)
  for (const host of ['localhost', '127.0.0.1']) {
    const url = `https://${host}:${sandbox.port}/${sandbox.tenantId}/oauth2/v2.0/token`
    expect((await getToken(sandbox, {}, { url })).claims['iss']).toBe(
      `https://${host}:${sandbox.port}/${sandbox.tenantId}/`,
    )
  }
})

test('a port that is taken is an error, a free one is used', async () => {
  const first = await startTestSandbox()
  await expect(startSandbox({ ports: runtime, port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await first.close()
  const second = await startTestSandbox({ port: first.port })
  expect(second.port).toBe(first.port)
})

test('two sandboxes share neither keys nor secrets', async () => {
  const [one, other] = await Promise.all([startTestSandbox(), startTestSandbox()])
  expect(one.defaultApp.secret).not.toBe(other.defaultApp.secret)
  expect(one.defaultApp.secret).toMatch(/^[\w-]{3}8Q~[\w-]{34}$/)
  const [mine, theirs] = await Promise.all([getToken(one), getToken(other)])
  expect(mine.header['kid']).not.toBe(theirs.header['kid'])
})

test('no secret begins with a dash: az would take it for an option', async () => {
  let drawn = 0
  const random = {
    ...runtime.random,
    bytes: (count: number) => {
      if (count !== 28) return runtime.random.bytes(count)
      drawn += 1
      return new Uint8Array(count).fill(0xfb)
    },
  }
  const sandbox = await startSandbox({ ports: { ...runtime, random } })
  onTestFinished(() => sandbox.close())
  expect(drawn).toBeGreaterThan(0)
  expect(sandbox.defaultApp.secret).toMatch(/^[\w]/)
})

test('after closing, the port is free, files are gone and connections are ended; closing twice does no harm', async () => {
  const sandbox = await startSandbox({ ports: runtime })
  const environment = await sandbox.environment('service-principal-certificate')
  const file = environment['AZURE_CLIENT_CERTIFICATE_PATH'] ?? ''
  const folder = path.dirname(file)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder)) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600)
  const open = net.connect(sandbox.port, '127.0.0.1')
  await new Promise((resolve) => open.once('connect', resolve))
  await sandbox.close()
  await sandbox.close()
  expect(existsSync(folder)).toBe(false)
  await expect(askToken(sandbox)).rejects.toThrow(/ECONNREFUSED/)
  open.destroy()
})

test('a process that starts and closes one ends by itself, even while keys are being made', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-handles-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const { build } = await import('esbuild')
  const root = fileURLToPath(new URL('../../', import.meta.url))
  await writeFile(
    path.join(folder, 'script.ts'),
    `import { startSandbox } from '${root}src/sandbox/sandbox.ts'
     import { createNodeRuntime } from '${root}src/runtime-node/runtime-node.ts'
     const sandbox = await startSandbox({ ports: createNodeRuntime() })
     void sandbox.state.signingKey()
     await sandbox.environment('workload-identity')
     await sandbox.close()
     // Handles go in the next turns of the loop; those that stay keep this loop, and so the test, from ending.
     const open = () => process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReqPromise|Immediate|Timeout/.test(name))
     while (open().length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
     console.log('ended')`,
  )
  const outfile = path.join(folder, 'script.mjs')
  const banner = {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
  }
  await build({
    entryPoints: [path.join(folder, 'script.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    external: ['@napi-rs/keyring'],
    nodePaths: [`${root}node_modules`],
  })
  const { stdout } = await runFile(process.execPath, [outfile], { timeout: 120_000 })
  expect(stdout).toBe('ended\n')
})

test('what a child gets makes it sign in here and trust the sandbox', async () => {
  const sandbox = await startSandbox({ ports: { ...runtime, env: envOf({}) } })
  onTestFinished(() => sandbox.close())
  const environment = await sandbox.environment()
  expect(environment).toEqual({
    AZURE_TENANT_ID: defaultIds.contoso,
    AZURE_CLIENT_ID: defaultIds.app,
    AZURE_CLIENT_SECRET: sandbox.defaultApp.secret,
    AZURE_AUTHORITY_HOST: sandbox.origin,
    AZID_DISABLE_INSTANCE_DISCOVERY: 'true',
    AZID_CACHE: 'memory',
    NODE_EXTRA_CA_CERTS: expect.stringMatching(/ca\.pem$/),
    SSL_CERT_FILE: expect.stringMatching(/ca-bundle\.pem$/),
    REQUESTS_CA_BUNDLE: environment['SSL_CERT_FILE'],
    CURL_CA_BUNDLE: environment['SSL_CERT_FILE'],
    NO_PROXY: 'localhost,127.0.0.1,::1',
    no_proxy: 'localhost,127.0.0.1,::1',
  })
  expect(await sandbox.environment()).toEqual(environment)
  expect(readFileSync(environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8')).toBe(sandbox.caPem)
  const bundle = readFileSync(environment['SSL_CERT_FILE'] ?? '', 'utf8')
  expect(bundle.endsWith(sandbox.caPem)).toBe(true)
  expect(bundle.match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(1)
})

test("the person's own roots and proxy exceptions stay", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-roots-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(path.join(folder, 'company.pem'), 'COMPANY')
  const own = path.join(folder, 'company.pem')
  const variables = { NODE_EXTRA_CA_CERTS: own, REQUESTS_CA_BUNDLE: own, NO_PROXY: '.corp.example, localhost' }
  const sandbox = await startSandbox({ ports: { ...runtime, env: envOf(variables) } })
  onTestFinished(() => sandbox.close())
  const environment = await sandbox.environment()
  expect(readFileSync(environment['NODE_EXTRA_CA_CERTS'] ?? '', 'utf8')).toBe(`COMPANY\n${sandbox.caPem}`)
  expect(readFileSync(environment['SSL_CERT_FILE'] ?? '', 'utf8')).toBe(`COMPANY\n${sandbox.caPem}`)
  expect(environment['NO_PROXY']).toBe('localhost,127.0.0.1,::1,.corp.example')
})

/** Those of managed identity sign in at endpoints of their own. */
const authorityPersonas = personaNames.filter((name) => !name.startsWith('managed-identity'))

test('every persona that should get a token gets one by MSAL, and every other the refusal it is named for', async () => {
  const sandbox = await startTestSandbox()
  const codes: Record<string, string> = {}
  for (const persona of authorityPersonas) {
    const variables = await sandbox.environment(persona)
    const { AZURE_TENANT_ID: tenant = '', AZURE_CLIENT_ID: clientId = '', AZURE_CLIENT_SECRET: secret } = variables
    const certificate = variables['AZURE_CLIENT_CERTIFICATE_PATH']
    const token = variables['AZURE_FEDERATED_TOKEN_FILE']
    const jobToken = await askJobToken(sandbox, variables)
    const ask = {
      tenant,
      clientId,
      withoutDiscovery: true,
      ...(secret === undefined ? {} : { secret }),
      ...(token === undefined ? {} : { assertion: readFileSync(token, 'utf8') }),
      ...(jobToken === null ? {} : { assertion: jobToken }),
      ...(certificate === undefined ? {} : { certificate: await readCertificate(certificate) }),
    }
    codes[persona] = await askByMsal(sandbox, ask).then(
      (text) => String(decodeToken(text).claims['appidacr']),
      async () => (await refusalByMsal(sandbox, ask)).code,
    )
  }
  expect(codes).toEqual({
    'service-principal': '1',
    'service-principal-certificate': '2',
    'workload-identity': '2',
    'azure-pipelines': '2',
    'github-actions': '2',
    'on-behalf-of': '1',
    'wrong-secret': 'AADSTS7000215',
    'expired-secret': 'AADSTS7000222',
    'disabled-app': 'AADSTS7000112',
    'unknown-app': 'AADSTS700016',
    'unknown-tenant': 'AADSTS90002',
  })
})

/** As a job does. Null: this persona is none. */
async function askJobToken(sandbox: Sandbox, env: Readonly<Record<string, string>>): Promise<string | null> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: github, SYSTEM_OIDCREQUESTURI: pipelines } = env
  const connection = env['AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'] ?? ''
  const url =
    github === undefined
      ? `${pipelines}?api-version=7.1&serviceConnectionId=${connection}`
      : `${github}&audience=api://AzureADTokenExchange`
  if (github === undefined && pipelines === undefined) return null
  const bearer = env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'] ?? env['SYSTEM_ACCESSTOKEN'] ?? ''
  const reply = await send(sandbox, url, {
    method: github === undefined ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${bearer}` },
  })
  const body: Record<string, unknown> = JSON.parse(reply.body)
  return String(body['oidcToken'] ?? body['value'])
}

async function readCertificate(file: string) {
  const { X509Certificate } = await import('node:crypto')
  const pem = readFileSync(file, 'utf8')
  const thumbprintSha256 = new X509Certificate(pem).fingerprint256.replaceAll(':', '')
  return { privateKey: pem.slice(pem.indexOf('-----BEGIN PRIVATE KEY')), thumbprintSha256 }
}

test('an unknown persona, or one that the directory cannot give, is a usage error', async () => {
  const sandbox = await startTestSandbox()
  await expect(sandbox.environment('root')).rejects.toThrow(UsageError)
  await expect(sandbox.environment('toString')).rejects.toThrow("the persona 'toString' is not known")
  const parsed = parseDirectory({ tenants: [{ id: defaultIds.contoso, name: 'Empty' }] })
  if (!parsed.ok) throw new Error(parsed.error.reason)
  const empty = await startTestSandbox({ directory: parsed.value })
  expect(empty.defaultApp).toEqual({ clientId: '', secret: '' })
  for (const persona of authorityPersonas.filter((name) => name !== 'unknown-app')) {
    await expect(empty.environment(persona)).rejects.toThrow(
      `the persona '${persona}' cannot be had: the directory has no app`,
    )
  }
})

test('a child sees none of the variables that could sign it in elsewhere, and all of its own', () => {
  const inherited = [
    'PATH',
    'AZURE_CLIENT_ID',
    'azure_tenant_id',
    'AZURE_OPENAI_ENDPOINT',
    'AZURE_SUBSCRIPTION_ID',
    'AZID_CREDENTIAL',
    'IDENTITY_ENDPOINT',
    'MSI_SECRET',
    'AZURE_CONFIG_DIR',
  ]
  expect(childEnvironment(inherited, { AZURE_CLIENT_ID: 'persona' })).toEqual({
    AZURE_CLIENT_ID: 'persona',
    azure_tenant_id: undefined,
    AZID_CREDENTIAL: undefined,
    IDENTITY_ENDPOINT: undefined,
    MSI_SECRET: undefined,
  })
})

test('a clock of its own decides what has expired, and what the time is', async () => {
  const sandbox = await startTestSandbox({ clock: { now: () => Date.UTC(2024, 0, 1) } })
  const expiring = sandbox.directory.apps[0]?.secrets[1]?.value ?? ''
  const { claims } = await getToken(sandbox, { client_secret: expiring }, { url: tokenUrl(sandbox) })
  expect(claims['iat']).toBe(Date.UTC(2024, 0, 1) / 1000 - 300)
})
