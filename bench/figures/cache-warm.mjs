// A token from the cache: what every call of a script pays after the first.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { azidCommand, bareNode } from '../world.mjs'

/** An App Service endpoint on loopback: what it gives is no sandbox's, so it may be kept. Prints its address. */
const endpoint = `
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
require('node:http').createServer((request, answer) => {
  const exp = Math.floor(Date.now() / 1000) + 86400
  const claims = { aud: 'https://management.azure.com', tid: '11111111-1111-4111-8111-111111111111', exp }
  const token = [part({ alg: 'RS256', typ: 'JWT' }), part(claims), 's'.repeat(342)].join('.')
  answer.setHeader('content-type', 'application/json')
  answer.end(JSON.stringify({ access_token: token, expires_on: String(exp), resource: claims.aud, token_type: 'Bearer' }))
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

export const figures = [
  {
    name: 'warm get-token, key in a file / bare node -e 0',
    goal: 1.35,
    prepare: async (world) => {
      const env = await warmWorld(world, { AZID_CACHE: 'file' })
      return { baseline: bareNode(env), subject: azidCommand(['get-token', 'arm'], env) }
    },
  },
  ...(hasCommands('dbus-daemon', 'gnome-keyring-daemon', 'dbus-send')
    ? [
        {
          name: 'warm get-token, key in the Secret Service / bare node -e 0',
          goal: 1.6,
          prepare: async (world) => {
            const bus = await startGnomeKeyring(world)
            const env = await warmWorld(world, { ...bus, AZID_CACHE: 'keyring' })
            return { baseline: bareNode(env), subject: azidCommand(['get-token', 'arm'], env) }
          },
        },
      ]
    : []),
  {
    name: 'warm get-token of a command line that is not remembered (-v), key in a file / bare node -e 0',
    goal: 2.75,
    prepare: async (world) => {
      const env = await warmWorld(world, { AZID_CACHE: 'file' })
      return { baseline: bareNode(env), subject: azidCommand(['get-token', 'arm', '-v'], env) }
    },
  },
  {
    name: 'warm get-token, key in a file / bare node -e 0: most memory',
    goal: 1.4,
    isMemory: true,
    prepare: async (world) => {
      const env = await warmWorld(world, { AZID_CACHE: 'file' })
      return { baseline: bareNode(env), subject: azidCommand(['get-token', 'arm'], env) }
    },
  },
  {
    name: 'warm get-token among 100,000 entries / among one',
    goal: 1.1,
    prepare: async (world) => {
      const few = await warmWorld(world, { AZID_CACHE: 'file' })
      const home = path.join(world.home, 'crowded')
      mkdirSync(home)
      const many = await warmWorld(world, { AZID_CACHE: 'file', HOME: home })
      crowd(path.join(home, '.cache/azid/file/entries'), 100_000)
      return {
        baseline: azidCommand(['get-token', 'arm'], few),
        subject: azidCommand(['get-token', 'arm'], many),
      }
    },
  },
]

/** An environment in which `azid get-token arm` has been asked often enough to be warm. */
async function warmWorld(world, changes) {
  const port = await startEndpoint(world)
  const env = {
    ...world.env,
    IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`,
    IDENTITY_HEADER: 'header',
    ...changes,
  }
  const tokens = new Set()
  for (let run = 0; run < 3; run++) {
    const { command, env: own } = azidCommand(['get-token', 'arm'], env)
    const { stdout, stderr, status } = spawnSync(command[0], command.slice(1), { env: own, encoding: 'utf8' })
    if (status !== 0 || stderr !== '') throw new Error(`get-token: exit ${status}: ${stderr}`)
    tokens.add(stdout)
  }
  if (tokens.size !== 1) throw new Error('the cache does not serve')
  return env
}

function startEndpoint(world) {
  const child = spawn(process.execPath, ['-e', endpoint], { stdio: ['ignore', 'pipe', 'inherit'], env: world.env })
  world.atEnd(() => child.kill('SIGKILL'))
  return new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())))
}

/** Stale entries, as many runs in many environments leave them. */
function crowd(folder, count) {
  const content = Buffer.alloc(1100, 1)
  for (let shard = 0; shard < 256; shard++) {
    const name = shard.toString(16).padStart(2, '0')
    mkdirSync(path.join(folder, name), { recursive: true, mode: 0o700 })
    for (let at = 0; at < count / 256; at++) {
      const entry = name + (shard * count + at).toString(16).padStart(62, '0')
      writeFileSync(path.join(folder, name, entry), content, { mode: 0o600 })
    }
  }
}

function hasCommands(...names) {
  return names.every((name) => spawnSync('which', [name]).status === 0)
}

/** A session bus with a real, unlocked GNOME keyring. */
async function startGnomeKeyring(world) {
  const address = `unix:path=${path.join(world.home, 'run', 'bus')}`
  const env = { ...world.env, DBUS_SESSION_BUS_ADDRESS: address }
  const bus = spawn(
    'dbus-daemon',
    ['--session', '--nofork', '--nopidfile', `--address=${address}`, '--print-address=1'],
    {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  world.atEnd(() => bus.kill('SIGTERM'))
  await new Promise((resolve) => bus.stdout.once('data', resolve))
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  world.atEnd(() => daemon.kill('SIGTERM'))
  daemon.stdin.end('password')
  const hasOwner = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/',
    'org.freedesktop.DBus.NameHasOwner',
  ]
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = spawnSync('dbus-send', [...hasOwner, 'string:org.freedesktop.secrets'], {
      env,
      encoding: 'utf8',
    })
    if (stdout.includes('true')) return { DBUS_SESSION_BUS_ADDRESS: address }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the GNOME keyring did not start')
}
