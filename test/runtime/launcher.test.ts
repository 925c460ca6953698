/** The launcher and the build: what starts, on which Node, and what it leaves behind. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'

const { version } = JSON.parse(fs.readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('launcher', () => {
  it('starts the command', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `azid ${version}\n`, stderr: '' })
  })

  it('an old Node is told what is needed, before anything is loaded', () => {
    const pretend = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' }); require(${JSON.stringify(cliFile)})`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', pretend], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([1, ''])
    expect(stderr).toBe(`azid needs Node 20.19 or newer; this is 18.20.4, ${process.execPath}\n`)
  })

  it('a run that waits for what never comes is no success', async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-home-'))
    const mute = `process.stdin.on = process.stdin.once = () => process.stdin; process.argv.splice(1, 0, ${JSON.stringify(cliFile)}); require(${JSON.stringify(cliFile)})`
    const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', mute, '--', 'whoami', '--token', '-'], {
      env: await isolatedEnvironment(home),
      encoding: 'utf8',
      input: '',
    })
    expect([status, stdout]).toEqual([70, ''])
    expect(stderr).toBe('error: the run ended before it was done; this is a bug in azid\n')
    fs.rmSync(home, { recursive: true })
  })

  it('keeps compiled code in the cache folder of the person, and nowhere when there is none that is theirs alone', async () => {
    const home = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-home-'))
    const env = await isolatedEnvironment(home, { TMPDIR: path.join(home, 'tmp') })
    const run = (changes: Record<string, string | undefined>) =>
      spawnSync(process.execPath, [cliFile, '--version'], {
        env: { ...env, ...changes },
        encoding: 'utf8',
        timeout: 120_000,
      })
    const found = () => fs.readdirSync(home).filter((name) => name !== 'run')
    expect(run({ HOME: undefined, XDG_CACHE_HOME: undefined }).status).toBe(0)
    expect(run({ HOME: 'relative', XDG_CACHE_HOME: '' }).status).toBe(0)
    expect(run({ XDG_CACHE_HOME: '/proc/none' }).status).toBe(0)
    expect(run({ NODE_DISABLE_COMPILE_CACHE: '1' }).status).toBe(0)
    expect(found()).toEqual([])
    fs.mkdirSync(path.join(home, 'open/azid/compiled'), { recursive: true })
    fs.chmodSync(path.join(home, 'open/azid/compiled'), 0o777)
    expect(run({ XDG_CACHE_HOME: path.join(home, 'open') }).status).toBe(0)
    expect(fs.readdirSync(path.join(home, 'open/azid/compiled'))).toEqual([])
    fs.rmSync(path.join(home, 'open'), { recursive: true })
    expect(run({}).status).toBe(0)
    const isSupported = 'enableCompileCache' in process.getBuiltinModule('node:module')
    expect(found()).toEqual(isSupported ? ['cache'] : [])
    fs.rmSync(home, { recursive: true })
  })
})

describe('build', () => {
  const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

  it('--version and --help load the core, at most the runtime of the bundler with it, and nothing else', () => {
    const list = `process.argv.splice(1, 0, ${JSON.stringify(cliFile)}); require(${JSON.stringify(cliFile)}); process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))))`
    for (const option of ['--version', '--help']) {
      const { stderr } = spawnSync(process.execPath, ['-e', list, '--', option], { encoding: 'utf8' })
      const loaded: string[] = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
      const besides = loaded.filter((file) => !path.basename(file).startsWith('rolldown-runtime-'))
      expect(besides.sort()).toEqual([cliFile, path.join(dist, 'bin.cjs')])
    }
  })

  it('every package but the keyring is in the bundle', () => {
    const outside = fs
      .readdirSync(dist, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.c?js$/.test(name))
      .flatMap((name) => {
        const text = fs.readFileSync(path.join(dist, name), 'utf8')
        return [
          ...text.matchAll(/(?:require|import)\(["']([^."'][^"']*)["']\)|^import[^'"\n]*from ["']([^."'][^"']*)["']/gm),
        ]
      })
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((name) => !process.getBuiltinModule(name))
    expect([...new Set(outside)].sort()).toEqual(['@napi-rs/keyring'])
  })
})
