/** The authority's certificates, judged by the clients that people use. */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createAuthorityCertificates, trustBundle } from '../../src/sandbox/ca.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { send } from './client.ts'

const runFile = promisify(execFile)
const ports = createNodeRuntime()
const names = ['localhost', '127.0.0.1', '::1']

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-ca-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function hasTool(name: string): Promise<boolean> {
  return runFile(name, ['--version']).then(
    () => true,
    () =>
      runFile(name, ['version']).then(
        () => true,
        () => false,
      ),
  )
}

/** Runs a program and gives its exit code and output, whatever they are. */
async function attempt(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const clean = { PATH: process.env['PATH'] ?? '', HOME: '/dev/null/nobody', ...env }
  return runFile(file, [...args], { env: clean }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code?: number; stdout?: string; stderr?: string }) => ({
      code: error.code ?? -1,
      stdout: error.stdout ?? '',
      stderr: error.stderr ?? '',
    }),
  )
}

test('the authority is a CA for leaves only, lasts a day, and signs for its names only', async () => {
  const { caPem, server } = await createAuthorityCertificates(names, ports)
  const ca = new X509Certificate(caPem)
  const leaf = new X509Certificate(server.certificatePem)
  expect(ca.ca).toBe(true)
  expect(leaf.ca).toBe(false)
  expect(leaf.verify(ca.publicKey)).toBe(true)
  expect(leaf.checkIssued(ca)).toBe(true)
  expect(leaf.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1')
  const day = 24 * 3_600_000
  expect(Date.parse(ca.validTo) - ports.clock.now()).toBeGreaterThan(day - 60_000)
  expect(Date.parse(ca.validTo) - ports.clock.now()).toBeLessThanOrEqual(day)
  expect(ca.validTo).toBe(leaf.validTo)
  expect(ca.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
})

test('two authorities share neither key nor name', async () => {
  const [one, other] = await Promise.all([
    createAuthorityCertificates(names, ports),
    createAuthorityCertificates(names, ports),
  ])
  expect(new X509Certificate(one.caPem).subject).not.toBe(new X509Certificate(other.caPem).subject)
  expect(new X509Certificate(one.server.certificatePem).checkIssued(new X509Certificate(other.caPem))).toBe(false)
})

test.skipIf(!(await hasTool('openssl')))(
  'openssl accepts the chain and shows the constraints as critical',
  async () => {
    const { caPem, server } = await createAuthorityCertificates([...names, 'login.microsoftonline.com'], ports)
    const folder = await makeFolder()
    const [ca, leaf] = [path.join(folder, 'ca.pem'), path.join(folder, 'leaf.pem')]
    await Promise.all([writeFile(ca, caPem), writeFile(leaf, server.certificatePem)])
    const verified = await attempt('openssl', [
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      'localhost',
      '-CAfile',
      ca,
      leaf,
    ])
    expect(verified.stderr + verified.stdout).toContain('OK')
    expect(verified.code).toBe(0)
    const { stdout } = await attempt('openssl', ['x509', '-in', ca, '-noout', '-text'])
    expect(stdout).toMatch(/Name Constraints: critical\s+Permitted:/)
    expect(stdout).toContain('DNS:login.microsoftonline.com')
    expect(stdout).toContain('IP:127.0.0.1/255.255.255.255')
    expect(stdout).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0/)
    expect(stdout).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign/)
  },
)

test('a server certificate for another host is refused by the name constraint, by Node and by openssl', async () => {
  const { caPem, server } = await createAuthorityCertificates(names, ports, ['graph.microsoft.com', 'localhost'])
  const rogue = https.createServer(
    { key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: server.certificatePem },
    (_, response) => response.end('hello'),
  )
  await new Promise<void>((resolve) => rogue.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void rogue.close())
  const { port } = rogue.address() as AddressInfo
  await expect(send({ caPem, port }, 'https://localhost/')).rejects.toThrow(/permitted subtree violation/)
  if (!(await hasTool('openssl'))) return
  const folder = await makeFolder()
  const [ca, leaf] = [path.join(folder, 'ca.pem'), path.join(folder, 'leaf.pem')]
  await Promise.all([writeFile(ca, caPem), writeFile(leaf, server.certificatePem)])
  const verified = await attempt('openssl', ['verify', '-CAfile', ca, leaf])
  expect(verified.code).not.toBe(0)
  expect(verified.stderr).toContain('permitted subtree violation')
})

test('without the CA nobody accepts the sandbox', async () => {
  const sandbox = await startTestSandbox()
  const { caPem } = await createAuthorityCertificates(names, ports)
  await expect(send({ caPem, port: sandbox.port }, `${sandbox.origin}/`)).rejects.toThrow(/certificate|signature/)
})

test.skipIf(!(await hasTool('curl')))(
  'curl accepts the sandbox by name and by address, with the bundle that children get',
  async () => {
    const sandbox = await startTestSandbox()
    const environment = await sandbox.environment()
    const path = `/${sandbox.tenantId}/v2.0/.well-known/openid-configuration`
    const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
    for (const host of ['localhost', '127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])]) {
      const url = `https://${host}:${sandbox.port}${path}`
      const reply = await attempt('curl', ['-sS', '--max-time', '20', url], {
        CURL_CA_BUNDLE: environment['CURL_CA_BUNDLE'] ?? '',
      })
      expect(reply.stderr).toBe('')
      expect(JSON.parse(reply.stdout)).toMatchObject({
        issuer: `https://${host}:${sandbox.port}/${sandbox.tenantId}/v2.0`,
      })
    }
    const refused = await attempt('curl', ['-sS', '--max-time', '20', `${sandbox.origin}${path}`])
    expect(refused.code).toBe(60)
  },
)

test.skipIf(!(await hasTool('python3')))("Python's ssl accepts the sandbox through SSL_CERT_FILE", async () => {
  const sandbox = await startTestSandbox()
  const environment = await sandbox.environment()
  const script = `import urllib.request, json, sys
print(json.load(urllib.request.urlopen(sys.argv[1], timeout=20))["keys"][0]["kty"])`
  const url = `${sandbox.origin}/common/discovery/v2.0/keys`
  const reply = await attempt('python3', ['-c', script, url], { SSL_CERT_FILE: environment['SSL_CERT_FILE'] ?? '' })
  expect(reply).toMatchObject({ code: 0, stdout: 'RSA\n' })
  const refused = await attempt('python3', ['-c', script, url])
  expect(refused.stderr).toContain('CERTIFICATE_VERIFY_FAILED')
})

test.skipIf(!(await hasTool('go')))("Go's TLS accepts the sandbox through SSL_CERT_FILE", async () => {
  const sandbox = await startTestSandbox()
  const environment = await sandbox.environment()
  const folder = await makeFolder()
  // The go command itself is a Go program that can be sent to any server: a proxy of modules that has none.
  const ask = (env: Record<string, string>) =>
    attempt('go', ['list', '-m', 'module.example/none@v1.0.0'], {
      ...env,
      HOME: folder,
      GOPROXY: sandbox.origin,
      GONOSUMDB: '*',
      GONOSUMCHECK: '1',
      GOFLAGS: '-mod=mod -modcacherw',
      GOTOOLCHAIN: 'local',
    })
  const accepted = await ask({ SSL_CERT_FILE: environment['SSL_CERT_FILE'] ?? '' })
  expect(accepted.stderr).toContain('404 Not Found')
  expect(sandbox.requests.at(-1)).toMatchObject({ path: '/module.example/none/@v/v1.0.0.info', status: 404 })
  const refused = await ask({})
  expect(refused.stderr).toContain('certificate signed by unknown authority')
})

test("Node's fetch in a child accepts the sandbox through NODE_EXTRA_CA_CERTS", async () => {
  const sandbox = await startTestSandbox()
  const environment = await sandbox.environment()
  const script = 'fetch(process.argv[1]).then(async (r) => console.log(r.status), (e) => console.log(e.cause.code))'
  const url = `${sandbox.origin}/common/discovery/v2.0/keys`
  const reply = await attempt(process.execPath, ['-e', script, url], {
    NODE_EXTRA_CA_CERTS: environment['NODE_EXTRA_CA_CERTS'] ?? '',
  })
  expect(reply.stdout).toBe('200\n')
  const refused = await attempt(process.execPath, ['-e', script, url])
  expect(refused.stdout).toMatch(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/)
})

test('the bundle holds the roots that are given, then the CA', () => {
  expect(trustBundle('CA\n', 'ROOT')).toBe('ROOT\nCA\n')
  expect(trustBundle('CA\n').match(/BEGIN CERTIFICATE/g)?.length).toBeGreaterThan(100)
  expect(trustBundle('CA\n').endsWith('CERTIFICATE-----\nCA\n')).toBe(true)
})
