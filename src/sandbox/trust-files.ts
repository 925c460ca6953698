/** What makes a child trust the sandbox: its CA for Node, and a bundle of the roots in use here and its CA for everybody else. */
import type { Runtime } from '../runtime.ts'
import { trustBundle } from './ca.ts'
import type { PrivateFolder } from './private-folder.ts'

/** Where Linux distributions and macOS keep their roots as one file. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]
const bundleVariables = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const
const largestBundle = 16 * 1024 * 1024

/** @returns Variables that name the files, for Node, OpenSSL and Go, Python's requests, and curl. */
export async function writeTrustFiles(
  caPem: string,
  folder: PrivateFolder,
  ports: Pick<Runtime, 'env' | 'files'>,
): Promise<Readonly<Record<string, string>>> {
  const extra = await readFirst([ports.env.get('NODE_EXTRA_CA_CERTS')], ports)
  const caFile = await folder.write('ca.pem', extra === undefined ? caPem : trustBundle(caPem, extra))
  const bundleFile = await folder.write('ca-bundle.pem', trustBundle(caPem, await readRoots(ports)))
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    ...Object.fromEntries(bundleVariables.map((name) => [name, bundleFile])),
  }
}

/** What the person's own variables name, else the system's; undefined where there is neither. */
async function readRoots(ports: Pick<Runtime, 'env' | 'files'>): Promise<string | undefined> {
  const named = [...new Set(bundleVariables.map((name) => ports.env.get(name)))]
  const contents = await Promise.all(named.map((file) => readFirst([file], ports)))
  const own = contents.filter((content) => content !== undefined)
  return own.length > 0 ? own.join('\n') : readFirst(systemBundles, ports)
}

async function readFirst(
  candidates: readonly (string | undefined)[],
  ports: Pick<Runtime, 'files'>,
): Promise<string | undefined> {
  for (const file of candidates) {
    if (file === undefined || file === '') continue
    const read = await ports.files.read(file, { maxBytes: largestBundle })
    if (read.ok) return new TextDecoder().decode(read.value)
  }
  return undefined
}
