/**
 * One run of the cache in a process of its own: bundled by `processes.ts`. Gets its token from the URL in AZID_TEST_URL,
 * prints `{kind, token, notes}` as one line, and dies on the spot where AZID_TEST_DIE says.
 */
import { appendFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { createTokenCache, withCache, wordNote } from '../../../src/cache/token-cache.ts'
import type { FileSystem, Keyring, KeyringBackend } from '../../../src/runtime.ts'
import { createNodeRuntime } from '../../../src/runtime-node/runtime-node.ts'
import { accessToken, request } from './requests.ts'

const runtime = createNodeRuntime()
const die = (): never => {
  process.kill(process.pid, 'SIGKILL')
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}

/** As an NFS server far away: what is renamed arrives late. */
const slowMs = Number(process.env['AZID_TEST_SLOW_RENAME'] ?? 0)

function deadly(files: FileSystem): FileSystem {
  const where = process.env['AZID_TEST_DIE']
  return {
    ...files,
    writeAtomic: async (name, content, options) => {
      const isEntry = name.includes('/entries/')
      if (where === 'writing' && isEntry) {
        appendFileSync(path.join(path.dirname(name), '.azid-feedfacefeedface.tmp'), content.subarray(0, 20))
        die()
      }
      if (slowMs > 0) await runtime.clock.sleep(slowMs)
      const written = await files.writeAtomic(name, content, options)
      if (where === 'written' && isEntry) die()
      return written
    },
  }
}

function getToken(): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(process.env['AZID_TEST_URL'] ?? '', (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('end', () => resolve(text))
      })
      .on('error', reject)
  })
}

const place = process.env['AZID_CACHE'] as 'file' | 'keyring'
/** Only these, whatever else this machine has: what is kept in the kernel for this user is none of a test's business. */
const backends = (process.env['AZID_TEST_BACKENDS'] ?? '').split(',') as KeyringBackend[]
/** A keyring that has a hundred to serve on a busy machine may take its time; AZID_TEST_HASTY keeps the limits as they are. */
const patience = process.env['AZID_TEST_HASTY'] === undefined ? 100 : 1
const keyring: Keyring = {
  backends,
  get: (backend, account, timeoutMs) => runtime.keyring.get(backend, account, timeoutMs * patience),
  set: (backend, account, value, timeoutMs) => runtime.keyring.set(backend, account, value, timeoutMs * patience),
  remove: (backend, account, timeoutMs) => runtime.keyring.remove(backend, account, timeoutMs * patience),
}
const cache = createTokenCache({ ...runtime, keyring, files: deadly(runtime.files) }, { place })
const waitMs = Number(process.env['AZID_TEST_WAIT'] ?? 120_000)
const began = performance.now()
const answer = await withCache(request({ waitMs }), cache, async () => {
  const text = await getToken()
  if (text === '') return { result: '', token: null, credential: null }
  const token = accessToken({ token: text, expiresOn: Date.now() + 60 * 60_000 })
  return { result: text, token, credential: 'AzureCliCredential' }
})
process.stdout.write(
  `${JSON.stringify({
    kind: answer.kind,
    token: answer.kind === 'cached' ? answer.token.token.reveal() : answer.result,
    notes: answer.notes.map(wordNote),
    ms: Math.round(performance.now() - began),
  })}\n`,
)
