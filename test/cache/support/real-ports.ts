/** The cache on the real file system, in a home of its own that is removed when the test ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { CachePorts } from '../../../src/cache/token-cache.ts'
import type { Env } from '../../../src/runtime.ts'
import { createNodeClock } from '../../../src/runtime-node/clock.ts'
import { createNodeFileSystem } from '../../../src/runtime-node/files.ts'
import { createNodeHost } from '../../../src/runtime-node/host.ts'
import { createNodeRandom } from '../../../src/runtime-node/random.ts'
import { createFakeKeyring } from '../../fakes/keyring.ts'

export async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), 'azid-cache-test-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return home
}

export function realPorts(home: string, changes: Partial<CachePorts> = {}): CachePorts {
  const clock = createNodeClock()
  const random = createNodeRandom()
  return {
    env: fixedEnv({}),
    clock,
    random,
    files: createNodeFileSystem(random),
    keyring: createFakeKeyring({}, clock),
    host: { ...createNodeHost(), homeFolder: home },
    ...changes,
  }
}

function fixedEnv(variables: Readonly<Record<string, string>>): Env {
  return { get: (name) => variables[name], names: () => Object.keys(variables) }
}
