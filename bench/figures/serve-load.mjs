// azid serve under load, against the sandbox's own App Service endpoint, which a test double without checks would be: every answer must come.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { azidCommand } from '../world.mjs'

const load = fileURLToPath(new URL('../load.mjs', import.meta.url))
const count = 2000
const concurrency = 32

export const figures = [
  {
    name: `serve: ${count} tokens for ${concurrency} clients at once / from the sandbox's own endpoint`,
    goal: 1,
    runs: 1,
    prepare: async (world) => {
      const host = await world.startSandbox(['--as', 'managed-identity'])
      const upstream = await world.startSandbox()
      const served = await startServe(world, { ...world.env, ...upstream.environment, AZID_CACHE: 'memory' })
      const [ofHost, ofServe] = ['host', 'serve'].map((name) => path.join(world.home, `${name}.jsonl`))
      const command = (variables, file) => ({
        command: [process.execPath, load, String(count), String(concurrency), file],
        env: { ...world.env, ...variables },
      })
      world.atEnd(() => {
        tell("  the sandbox's endpoint", ofHost)
        tell('  azid serve', ofServe)
      })
      return { baseline: command(host.environment, ofHost), subject: command(served, ofServe) }
    },
  },
]

/** Resolves to the variables that `azid serve` prints. */
function startServe(world, env) {
  const { command } = azidCommand(['serve', '--allow', 'vault', '--quiet', '--shell', 'nu'], env)
  const [program, ...args] = command
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  world.atEnd(
    () =>
      new Promise((resolve) => {
        child.on('exit', resolve)
        child.kill('SIGTERM')
      }),
  )
  return new Promise((resolve, reject) => {
    child.stdout.once('data', (chunk) => resolve(JSON.parse(String(chunk))))
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}`)))
  })
}

/** To stderr, because --json has stdout for itself. A run that lost an answer has failed the figure already. */
function tell(who, file) {
  if (!existsSync(file)) return
  const runs = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const middle = (name) => runs.map((run) => run[name]).sort((one, other) => one - other)[Math.floor(runs.length / 2)]
  console.error(
    `${who}: ${middle('perSecond')} requests/s, p50 ${middle('p50')} ms, p99 ${middle('p99')} ms, none lost`,
  )
}
