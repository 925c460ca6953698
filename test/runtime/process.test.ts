/** What only a process of its own shows: signals, streams, exits, the variables that Node itself reads. */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeAuthority } from '../support/certificates.ts'
import { type BuiltScript, buildScript, endOf } from '../support/run-script.ts'

const prelude = `import { createNodeRuntime } from './src/runtime-node/runtime-node.ts'
const runtime = createNodeRuntime()
const { stdin, stdout, stderr } = runtime.terminal
`

const scripts: BuiltScript[] = []
async function script(body: string): Promise<BuiltScript> {
  const built = await buildScript(prelude + body)
  scripts.push(built)
  return built
}
afterAll(() => Promise.all(scripts.map((built) => built.remove())))

/** Waits until the child has printed this. */
function printed(child: ReturnType<BuiltScript['start']>, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = ''
    child.stdout?.on('data', (chunk) => {
      seen += chunk
      if (seen.includes(text)) resolve()
    })
  })
}

describe('interruption', () => {
  const waiting = `
    runtime.interrupted.addEventListener('abort', () => stdout.write('aborted by ' + runtime.interrupted.reason + '\\n'))
    await stdout.write('ready\\n')
    await runtime.clock.sleep(60_000)`

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s: the first aborts, the second ends the process with %i', async (signal, code) => {
    const child = (await script(waiting)).start()
    const end = endOf(child)
    await printed(child, 'ready')
    child.kill(signal)
    await printed(child, `aborted by ${signal}`)
    child.kill(signal)
    expect(await end).toMatchObject({ code, signal: null })
  })

  it('a run that obeys ends by itself with the code that it chose', async () => {
    const child = (
      await script(`
        void runtime.interrupted
        await stdout.write('ready\\n')
        await runtime.clock.sleep(60_000, runtime.interrupted).catch((reason) => { process.exitCode = reason === 'SIGINT' ? 7 : 8 })`)
    ).start()
    const end = endOf(child)
    await printed(child, 'ready')
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: 7 })
  })

  it('nobody who never asks about interruptions keeps a signal from ending the process', async () => {
    const child = (await script(`await stdout.write('ready\\n'); await runtime.clock.sleep(60_000)`)).start()
    const end = endOf(child)
    await printed(child, 'ready')
    child.kill('SIGINT')
    expect(await end).toMatchObject({ code: null, signal: 'SIGINT' })
  })

  it('the second signal takes running children along', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-child-'))
    const child = (
      await script(`
        void runtime.interrupted
        const run = runtime.processes.run({ file: '/bin/sh', args: ['-c', 'trap "" TERM INT; echo $$ > child; while :; do sleep 0.1; done'], cwd: ${JSON.stringify(folder)} })
        while ((await runtime.files.stat(${JSON.stringify(`${folder}/child`)})).value?.size === undefined) await runtime.clock.sleep(10)
        await stdout.write('ready\\n')
        await run`)
    ).start()
    const end = endOf(child)
    await printed(child, 'ready')
    await new Promise((resolve) => setTimeout(resolve, 50))
    const processId = Number(fs.readFileSync(path.join(folder, 'child'), 'utf8'))
    child.kill('SIGINT')
    child.kill('SIGTERM')
    expect((await end).code).not.toBe(0)
    const isRunning = (): boolean => {
      try {
        return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${processId}/status`, 'utf8'))
      } catch {
        return false
      }
    }
    for (let turn = 0; isRunning() && turn < 300; turn++) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(isRunning()).toBe(false)
    fs.rmSync(folder, { recursive: true })
  })

  it('attach passes signals on to the child, which decides', async () => {
    const child = (
      await script(`
        const inner = 'trap "echo got INT" INT; trap "echo got TERM; exit 9" TERM; echo ready; while :; do sleep 0.05; done'
        const result = await runtime.processes.attach({ file: '/bin/sh', args: ['-c', inner] })
        await stdout.write(JSON.stringify({ ...result, isInterrupted: runtime.interrupted.aborted }) + '\\n')`)
    ).start()
    const end = endOf(child)
    await printed(child, 'ready')
    child.kill('SIGINT')
    await printed(child, 'got INT')
    child.kill('SIGTERM')
    const { code, stdout } = await end
    expect(stdout.split('\n').slice(1, 3)).toEqual(['got INT', 'got TERM'])
    expect(JSON.parse(stdout.split('\n')[3] ?? '')).toEqual({ kind: 'exited', code: 9, isInterrupted: false })
    expect(code).toBe(0)
  })

  it('waiting for stdin ends with the first signal', async () => {
    const child = (
      await script(`
        const read = stdin.read(100)
        await stdout.write('ready\\n')
        await stdout.write(JSON.stringify(await read))`)
    ).start()
    const end = endOf(child)
    await printed(child, 'ready')
    child.kill('SIGTERM')
    expect((await end).stdout).toContain('{"ok":false,"error":{"code":"other","path":"stdin","detail":"SIGTERM"}}')
  })
})

describe('streams', () => {
  const echo = `
    const read = await stdin.read(10)
    await stdout.write(read.ok ? new TextDecoder().decode(read.value) : JSON.stringify(read.error))`

  it('stdin is read to its end, up to the limit', async () => {
    const built = await script(echo)
    const feed = async (input: string) => {
      const child = built.start()
      child.stdin?.on('error', () => {})
      child.stdin?.end(input)
      return (await endOf(child)).stdout
    }
    expect(await feed('0123456789')).toBe('0123456789')
    expect(await feed('')).toBe('')
    expect(await feed('x'.repeat(200_000))).toBe('{"code":"too-large","path":"stdin","detail":"larger than 10 bytes"}')
  })

  it('a closed stdin reads as empty, and so does a folder', async () => {
    const built = await script(echo)
    const closed = spawn('/bin/sh', ['-c', `exec "$0" "$1" <&-`, process.execPath, built.file])
    expect((await endOf(closed)).stdout).toBe('')
    const root = fs.openSync('/', 'r')
    expect((await endOf(built.start({ stdio: [root, 'pipe', 'pipe'] }))).stdout).toBe('')
    fs.closeSync(root)
  })

  it('a closed pipe is no error, and later writes do nothing', async () => {
    const child = (
      await script(`
        for (let turn = 0; turn < 50; turn++) await stdout.write('x'.repeat(65_536))
        await stderr.write('done')`)
    ).start()
    child.stdout?.once('data', () => child.stdout?.destroy())
    const end = await endOf(child)
    expect(end).toMatchObject({ code: 0, stderr: 'done' })
  })

  it('everything that was written is out, in order, when the process is ended', async () => {
    const child = (
      await script(`
        await Promise.all(Array.from({ length: 100 }, (_, at) => stdout.write(at + ':' + 'y'.repeat(20_000) + '\\n')))
        process.exit(0)`)
    ).start()
    child.stdout?.pause()
    setTimeout(() => child.stdout?.resume(), 200)
    const lines = (await endOf(child)).stdout.trimEnd().split('\n')
    expect(lines.map((line) => Number(line.split(':')[0]))).toEqual(Array.from({ length: 100 }, (_, at) => at))
    expect(lines.every((line) => line.length === (line.split(':')[0] ?? '').length + 20_001)).toBe(true)
  })

  it('is no terminal, 80 columns wide, and asks nobody', async () => {
    const child = (
      await script(
        `await stdout.write(JSON.stringify([stdin, stdout, stderr].map((one) => one.isTerminal).concat(stdout.columns, await stdin.question('? '))))`,
      )
    ).start({ stdio: ['pipe', 'pipe', 'pipe'] })
    child.stdin?.end('answer\n')
    const { stdout, stderr } = await endOf(child)
    expect([stdout, stderr]).toEqual(['[false,false,false,80,null]', ''])
  })

  it('in a terminal: its width, and a question that a person answers', async () => {
    const built = await script(`
      const answer = await stdin.question('sure? ')
      await stdout.write(JSON.stringify([stdout.isTerminal, stdout.columns, answer]) + '\\n')`)
    // util-linux's script(1) gives the command a terminal of its own.
    const command = `stty cols 101; exec ${process.execPath} ${built.file}`
    const child = spawn('script', ['-qec', command, '/dev/null'])
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('sure?')) child.stdin.write('yes\n')
    })
    expect((await endOf(child)).stdout).toContain('[true,101,"yes"]')
  })
})

describe('http in a process', () => {
  const authority = makeAuthority()
  const second = makeAuthority('second root')
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-roots-'))
  const servers: https.Server[] = []
  const ports: number[] = []
  beforeAll(async () => {
    for (const { issue } of [authority, second]) {
      const leaf = issue({ names: ['127.0.0.1'] })
      const server = https.createServer({ cert: leaf.certificate, key: leaf.key, keepAlive: true }, (_, response) =>
        response.end('ok'),
      )
      server.keepAliveTimeout = 120_000
      servers.push(server)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      ports.push((server.address() as AddressInfo).port)
    }
    fs.writeFileSync(path.join(folder, 'one.pem'), authority.certificate)
    fs.writeFileSync(path.join(folder, 'two.pem'), second.certificate)
  })
  afterAll(() => {
    for (const server of servers) server.close()
    fs.rmSync(folder, { recursive: true })
  })

  it('NODE_EXTRA_CA_CERTS still counts beside extra roots, and the process ends at once', async () => {
    const built = await script(`
      import fs from 'node:fs'
      const began = performance.now()
      const codes = []
      for (const extraRoots of [undefined, fs.readFileSync(process.env.SECOND, 'utf8')])
        for (const port of process.env.PORTS.split(',')) {
          const request = { method: 'GET', url: 'https://127.0.0.1:' + port + '/', ...(extraRoots ? { extraRoots } : {}) }
          const result = await runtime.http.send(request)
          codes.push(result.ok ? result.response.body : result.error.code)
        }
      await stdout.write(codes.join(' '))
      process.on('exit', () => fs.writeSync(2, String(performance.now() - began)))`)
    const env = { ...process.env, PORTS: ports.join(','), SECOND: path.join(folder, 'two.pem') }
    const first = await endOf(built.start({ env: { ...env, NODE_EXTRA_CA_CERTS: path.join(folder, 'one.pem') } }))
    expect(first.stdout).toBe('ok tls ok ok')
    // A connection that is kept alive would hold the process for two minutes.
    expect(Number(first.stderr)).toBeLessThan(100_000)
  })
})

describe('host', () => {
  it('says what the process is, also where the home and the folder are gone', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-gone-'))
    const built = await script(`
      const { platform, homeFolder, currentFolder, processId, nodeVersion, userId, release } = runtime.host
      await stdout.write(JSON.stringify({ platform, homeFolder, currentFolder, isSame: processId === process.pid, nodeVersion, userId, release }))`)
    const child = spawn('/bin/sh', ['-c', `rmdir "$PWD"; exec "$0" "$1"`, process.execPath, built.file], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: '/home/nobody' },
    })
    const { stdout } = await endOf(child)
    expect(JSON.parse(stdout)).toEqual({
      platform: 'linux',
      homeFolder: '/home/nobody',
      currentFolder: '/home/nobody',
      isSame: true,
      nodeVersion: process.versions.node,
      userId: os.userInfo().uid,
      release: os.release(),
    })
  })

  it('draws random bytes and version 4 ids', async () => {
    const { stdout } = await endOf(
      (
        await script(
          `await stdout.write(JSON.stringify([runtime.random.bytes(5).length, runtime.random.uuid(), runtime.random.uuid()]))`,
        )
      ).start(),
    )
    const [length, one, other] = JSON.parse(stdout)
    expect(length).toBe(5)
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(one).not.toBe(other)
  })
})
