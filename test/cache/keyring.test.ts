/** The real keyrings, and buses that misbehave. */
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createSecretService, type SecretService } from '../../src/runtime-node/secret-service.ts'
import {
  buildChild,
  hasCommand,
  lockGnomeKeyring,
  runInKernelSession,
  startChild,
  startGnomeKeyring,
  startTokenServer,
} from './support/processes.ts'
import { temporaryHome } from './support/real-ports.ts'

const userId = process.getuid?.() ?? 0
const hasGnomeKeyring = hasCommand('dbus-daemon', 'gnome-keyring-daemon', 'dbus-send')

describe.skipIf(!hasGnomeKeyring)('the GNOME keyring', () => {
  async function unlocked(): Promise<Awaited<ReturnType<typeof startGnomeKeyring>> & { service: SecretService }> {
    const keyring = await startGnomeKeyring(await temporaryHome())
    return { ...keyring, service: createSecretService(keyring.env['DBUS_SESSION_BUS_ADDRESS'], userId) }
  }

  test('keeps, replaces, gives back and forgets', async () => {
    const { service } = await unlocked()
    expect(await service.get('one', 60_000)).toEqual({ ok: true, value: null })
    expect(await service.set('one', 'first', 60_000)).toEqual({ ok: true, value: undefined })
    expect(await service.set('two', 'ünïcödé \u{1f511}', 60_000)).toEqual({ ok: true, value: undefined })
    expect(await service.set('one', 'second', 60_000)).toEqual({ ok: true, value: undefined })
    expect(await service.get('one', 60_000)).toEqual({ ok: true, value: 'second' })
    expect(await service.get('two', 60_000)).toEqual({ ok: true, value: 'ünïcödé \u{1f511}' })
    expect(await service.remove('one', 60_000)).toEqual({ ok: true, value: undefined })
    expect(await service.get('one', 60_000)).toEqual({ ok: true, value: null })
    expect(await service.remove('one', 60_000)).toEqual({ ok: true, value: undefined })
  })

  test('finds by attributes', async () => {
    const { service } = await unlocked()
    await service.set('one', 'a secret', 60_000)
    const found = await service.find({ service: 'azid' }, 60_000)
    expect(found).toMatchObject({
      ok: true,
      value: [{ label: 'azid one', attributes: { service: 'azid', username: 'one' } }],
    })
    expect(found.ok && found.value[0]?.secret).toBe('a secret')
    expect(await service.find({ service: 'nobody' }, 60_000)).toEqual({ ok: true, value: [] })
  })

  test('locked: says so at once, and never asks a person', async () => {
    const { env, service } = await unlocked()
    await service.set('one', 'a secret', 60_000)
    lockGnomeKeyring(env)
    for (const call of [service.get('one', 60_000), service.set('two', 'x', 60_000), service.remove('one', 60_000)]) {
      expect(await call).toMatchObject({ ok: false, error: { code: 'locked' } })
    }
    expect(await service.find({ service: 'azid' }, 60_000)).toMatchObject({ ok: true, value: [{ secret: null }] })
  })

  test('without a collection, as where nobody ever logged in: there is none', async () => {
    const { env } = await startGnomeKeyring(await temporaryHome(), { isUnlocked: false })
    const service = createSecretService(env['DBUS_SESSION_BUS_ADDRESS'], userId)
    expect(await service.get('one', 60_000)).toMatchObject({ ok: false, error: { code: 'unavailable' } })
    expect(await service.set('one', 'x', 60_000)).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })

  test('locked, and nothing of ours in it: locked all the same', async () => {
    const { env, service } = await unlocked()
    lockGnomeKeyring(env)
    expect(await service.get('one', 60_000)).toMatchObject({ ok: false, error: { code: 'locked' } })
  })

  test('stopped: every call ends in its time', async () => {
    const { daemon, service } = await unlocked()
    await service.set('one', 'a secret', 60_000)
    daemon.kill('SIGSTOP')
    for (const call of [
      () => service.get('one', 300),
      () => service.set('one', 'x', 300),
      () => service.remove('one', 300),
      () => service.find({ service: 'azid' }, 300),
    ]) {
      const began = performance.now()
      expect(await call()).toMatchObject({ ok: false, error: { code: 'timeout' } })
      expect(performance.now() - began).toBeGreaterThan(290)
    }
  })

  test('gone: there is none', async () => {
    const { daemon, service } = await unlocked()
    const ended = new Promise((resolve) => daemon.once('exit', resolve))
    daemon.kill('SIGKILL')
    await ended
    expect(await service.get('one', 60_000)).toMatchObject({ ok: false, error: { code: 'unavailable' } })
  })
})

describe('a run of the cache where the keyring', () => {
  let child: Awaited<ReturnType<typeof buildChild>>
  beforeAll(async () => {
    child = await buildChild()
  })
  afterAll(() => child.remove())

  async function run(
    home: string,
    env: Readonly<Record<string, string>>,
  ): Promise<{ token: string | undefined; kind: string | undefined; notes: readonly string[] | undefined }> {
    const server = await startTokenServer()
    const { code, stderr, answer } = await startChild(child.file, home, {
      AZID_CACHE: 'keyring',
      AZID_TEST_URL: server.url,
      ...env,
    }).ended
    expect([code, stderr]).toEqual([0, ''])
    return { token: answer?.token, kind: answer?.kind, notes: answer?.notes }
  }

  test.skipIf(!hasGnomeKeyring)('works: the second run is served', async () => {
    const home = await temporaryHome()
    const { env } = await startGnomeKeyring(home)
    expect(await run(home, env)).toEqual({ kind: 'acquired', token: 'token-1', notes: [] })
    expect(await run(home, env)).toEqual({ kind: 'cached', token: 'token-1', notes: [] })
  })

  test.skipIf(!hasGnomeKeyring)('is locked: uncached, said once, and the process ends', async () => {
    const home = await temporaryHome()
    const { env } = await startGnomeKeyring(home)
    await run(home, env)
    lockGnomeKeyring(env)
    const notes = ['this run is not cached: the keyring (secret-service) is locked']
    expect(await run(home, env)).toEqual({ kind: 'acquired', token: 'token-1', notes })
  })

  test.skipIf(!hasGnomeKeyring)('hangs: uncached, said once, and the process ends', async () => {
    const home = await temporaryHome()
    const { env, daemon } = await startGnomeKeyring(home)
    await run(home, env)
    daemon.kill('SIGSTOP')
    const notes = ['this run is not cached: the keyring (secret-service) did not answer within 500 ms']
    const answer = await run(home, { ...env, AZID_TEST_HASTY: '1' })
    expect(answer).toEqual({ kind: 'acquired', token: 'token-1', notes })
  })

  test.skipIf(!hasCommand('keyctl'))('is the one of the kernel: the second run is served', async () => {
    const home = await temporaryHome()
    const server = await startTokenServer()
    const script = '"$0" "$1"; "$0" "$1"'
    const { stdout } = await runInKernelSession(script, child.file, home, server.url)
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers).toMatchObject([
      { kind: 'acquired', token: 'token-1', notes: [] },
      { kind: 'cached', token: 'token-1', notes: [] },
    ])
  })
})

describe('a session bus that', () => {
  /** `serve` gets the connection, and what has arrived each time something does. */
  async function bus(serve: (socket: Socket, received: Buffer) => void): Promise<SecretService> {
    const address = path.join(await temporaryHome(), 'bus')
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      let received = Buffer.alloc(0)
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        received = Buffer.concat([received, chunk])
        serve(socket, received)
      })
    })
    await new Promise<void>((resolve) => server.listen(address, resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return createSecretService(`unix:path=${address},guid=0123`, userId)
  }

  test.each<[string, (socket: Socket) => void, string]>([
    ['never answers', () => {}, 'timeout'],
    ['accepts us and then never answers', (socket) => socket.write('OK 0123\r\n'), 'timeout'],
    ['drips', (socket) => socket.write('O'), 'timeout'],
    ['does not know this user', (socket) => socket.write('REJECTED EXTERNAL\r\n'), 'denied'],
    ['hangs up', (socket) => socket.destroy(), 'unavailable'],
    ['hangs up after accepting us', (socket) => socket.end('OK 0123\r\n'), 'unavailable'],
    ['sends nonsense', (socket) => socket.write(`OK 0123\r\n${'nonsense '.repeat(20)}`), 'unavailable'],
    ['announces a message of 4 GB', (socket) => socket.write(endless()), 'unavailable'],
    ['sends a message whose parts lie about their size', (socket) => socket.write(lying()), 'unavailable'],
  ])('%s is %s', async (_, serve, code) => {
    let hasServed = false
    const service = await bus((socket) => {
      if (!hasServed) serve(socket)
      hasServed = true
    })
    expect(await service.get('one', 300)).toMatchObject({ ok: false, error: { code } })
  })

  test('answers each call within the limit is waited for, although all of them together take longer', async () => {
    const limitMs = 1500
    const session = '/org/freedesktop/secrets/session/s1'
    const item = '/org/freedesktop/secrets/collection/login/1'
    const answers = [
      Buffer.from('OK 0123\r\n'),
      reply(1, 's', text(':1.1')),
      reply(2, 'vo', `\x01s\0\0${text('').padEnd(8, '\0')}${text(session)}`),
      reply(3, 'aoao', `${list(text(item)).padEnd(52, '\0')}${list('')}`),
      reply(4, '(oayays)', `${text(session)}${list('')}${list('kept')}${text('text/plain')}`),
    ]
    const service = await bus((socket) => {
      // All but the last answer to what comes first; the last to the question that follows from them.
      const due = answers.splice(0, Math.max(1, answers.length - 1))
      due.forEach((answer, index) => {
        setTimeout(() => socket.write(answer), limitMs * 0.4 * (index + 1))
      })
    })
    expect(await service.get('one', limitMs)).toEqual({ ok: true, value: 'kept' })
  }, 60_000)

  test.each([
    ['no address', undefined],
    ['an address of another kind', 'tcp:host=localhost,port=1'],
    ['a socket that is not there', 'unix:path=/nowhere/bus'],
    ['an abstract socket that is not there', 'unix:abstract=azid-nowhere-%2f'],
    ['nonsense', '%%%;;;,,,==='],
  ])('has %s is unavailable', async (_, address) => {
    expect(await createSecretService(address, userId).get('one', 300)).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    })
  })
})

function header(bodyLength: number, fieldsLength: number): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.write('l')
  bytes[1] = 2
  bytes[3] = 1
  bytes.writeUInt32LE(bodyLength, 4)
  bytes.writeUInt32LE(1, 8)
  bytes.writeUInt32LE(fieldsLength, 12)
  return bytes
}

/** A method's reply with these bytes, which begin at a multiple of eight. */
function reply(serial: number, signature: string, body: string): Buffer {
  const signed = `\x08\x01g\0${String.fromCharCode(signature.length)}${signature}\0`
  const fields = `\x05\x01u\0${uint32(serial)}${signed}`
  const padded = fields.padEnd(Math.ceil(fields.length / 8) * 8, '\0')
  return Buffer.concat([header(body.length, fields.length), Buffer.from(padded + body, 'latin1')])
}

function uint32(value: number): string {
  return String.fromCharCode(value, 0, 0, 0)
}

/** A string or an object path, and after it up to where the next value may begin. */
function text(value: string): string {
  const bytes = `${uint32(value.length)}${value}\0`
  return bytes.padEnd(Math.ceil(bytes.length / 4) * 4, '\0')
}

function list(members: string): string {
  return uint32(members.length) + members
}

function endless(): Buffer {
  return Buffer.concat([Buffer.from('OK 0123\r\n'), header(0xfffffff0, 0)])
}

/** A field that says it is a string of a gigabyte, in a message of 32 bytes. */
function lying(): Buffer {
  const fields = Buffer.alloc(16)
  fields[0] = 5
  fields[1] = 1
  fields.write('s', 2)
  fields.writeUInt32LE(1024 ** 3, 4)
  return Buffer.concat([Buffer.from('OK 0123\r\n'), header(0, 16), fields])
}
