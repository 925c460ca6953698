import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { sweepStale, withWorld, worldTrouble } from './world.ts'

const trouble = worldTrouble()

describe.skipIf(trouble !== null)(`the world${trouble === null ? '' : ` (skipped: ${trouble})`}`, () => {
  test('azid gets a token from IMDS at its real address, and the world remembers the request', async () => {
    await withWorld({}, async (world) => {
      const run = await world.run('azid', ['get-token', 'vault', '-c', 'managed-identity'])
      expect(run.stderr).toBe('')
      expect(run.code).toBe(0)
      expect(run.stdout).toMatch(/^eyJ/)
      expect(world.requests().map(({ method, path, headers, status }) => ({ method, path, headers, status }))).toEqual([
        { method: 'GET', path: '/metadata/identity/oauth2/token', headers: { metadata: 'true' }, status: 200 },
      ])
      world.forget()
      expect(world.requests()).toEqual([])
    })
  })

  test('the sandbox answers at the real name of Entra ID, trusted by its CA', async () => {
    await withWorld({}, async (world) => {
      const script = `fetch('https://login.microsoftonline.com/${world.tenantId}/v2.0/.well-known/openid-configuration').then((r) => r.json()).then((j) => console.log(j.issuer))`
      const run = await world.run('node', ['-e', script])
      expect(run.stdout.trim()).toBe(`https://login.microsoftonline.com/${world.tenantId}/v2.0`)
    })
  })

  test('nothing of the outside can be reached', async () => {
    await withWorld({ imds: 'refused' }, async (world) => {
      const script = `require('node:net').connect(443, '1.1.1.1').on('error', (e) => console.log(e.code))`
      expect((await world.run('node', ['-e', script])).stdout.trim()).toBe('ENETUNREACH')
      const names = `require('node:dns').lookup('example.com', (e) => console.log(e.code))`
      expect((await world.run('node', ['-e', names])).stdout.trim()).toMatch(/^EAI_AGAIN|ENOTFOUND$/)
    })
  })

  test('faults can be set and unset while it runs', async () => {
    await withWorld({ faults: ['500'] }, async (world) => {
      const ask = ['get-token', 'vault', '-c', 'managed-identity', '--timeout', '1s']
      expect((await world.run('azid', ask)).code).not.toBe(0)
      await world.setFaults()
      expect((await world.run('azid', ask)).code).toBe(0)
    })
  })

  test('nothing is left when it ends, also when the work in it fails', async () => {
    let folder = ''
    const failing = withWorld({}, async (world) => {
      folder = world.folder
      throw new Error('on purpose')
    })
    await expect(failing).rejects.toThrow('on purpose')
    expect(existsSync(folder)).toBe(false)
    expect(ownTraces()).toEqual([])
  })

  test('a program that runs on in it ends with it', async () => {
    await withWorld({ imds: 'refused' }, async (world) => {
      await world.run('sh', ['-c', 'sleep 600 >/dev/null 2>&1 &'])
    })
    const sleeping = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.split('\n')
    expect(sleeping.filter((line) => line.trim() === 'sleep 600')).toEqual([])
  })

  test('what a killed process left is swept up, and nothing else', () => {
    // No process has this id: it is above the largest that Linux gives.
    const stale = 'azid-world-99999999-1'
    mkdirSync(`/etc/netns/${stale}`, { recursive: true })
    spawnSync('ip', ['netns', 'add', stale])
    const foreign = 'not-azid-world-99999999-1'
    mkdirSync(`/etc/netns/${foreign}`, { recursive: true })
    try {
      expect(sweepStale()).toEqual([stale])
      expect(existsSync(`/etc/netns/${stale}`)).toBe(false)
      expect(existsSync(`/run/netns/${stale}`)).toBe(false)
      expect(existsSync(`/etc/netns/${foreign}`)).toBe(true)
    } finally {
      spawnSync('rmdir', [`/etc/netns/${foreign}`])
    }
  })
})

/** Namespaces and folders of this process. */
function ownTraces(): readonly string[] {
  const pattern = new RegExp(`^azid-world-${process.pid}-`)
  const places = ['/run/netns', '/etc/netns', tmpdir()].filter((place) => existsSync(place))
  return places.flatMap((place) => readdirSync(place).filter((name) => pattern.test(name)))
}
