// Against the real `az`, signed in: as the tool a user would otherwise call, and as what AzureCliCredential calls.
// In a network namespace where the sandbox answers at Entra's names; where none can be made there is nothing to measure.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))
const azid = path.join(root, 'bin', 'azid.js')
const az = '/usr/bin/az'
const azToken = [az, 'account', 'get-access-token', '--output', 'json']

const canMeasure =
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync(az) && existsSync('/run/netns')

export const figures = canMeasure
  ? [
      {
        name: 'az account get-access-token, signed in / warm get-token, key in a file',
        goal: 6,
        atLeast: true,
        runs: 1,
        prepare: async (world) => {
          const inside = await signIn(world, { AZID_CACHE: 'file' })
          const warm = [process.execPath, azid, 'get-token', 'arm', '-c', 'azure-cli']
          for (let run = 0; run < 3; run++) await inside.run(warm)
          return { baseline: inside.command(warm), subject: inside.command(azToken) }
        },
      },
      {
        name: 'get-token -c azure-cli, nothing cached / the az call that it makes',
        goal: 1.15,
        runs: 1,
        prepare: async (world) => {
          const inside = await signIn(world, { AZID_CACHE: 'off' })
          const scope = 'https://management.core.windows.net//.default'
          return {
            baseline: inside.command([...azToken, '--scope', scope]),
            subject: inside.command([process.execPath, azid, 'get-token', '--scope', scope, '-c', 'azure-cli']),
          }
        },
      },
    ]
  : []

/** `az login` in a namespace of its own, which goes with the figure. */
async function signIn(world, extra) {
  const inside = await raise(world)
  // az alone talks to the sandbox. Node 20 reads the roots of this variable at every start, whether it needs them or not:
  // 15 ms that nobody pays who has no such variable.
  const { NODE_EXTRA_CA_CERTS: _, ...base } = inside.base
  const env = { ...base, AZURE_CORE_COLLECT_TELEMETRY: 'false', AZID_PROCESS_TIMEOUT: '60s', ...extra }
  const { AZURE_CLIENT_ID: app, AZURE_CLIENT_SECRET: secret } = inside.environment
  const run = async ([file, ...args]) => {
    const { code, stderr } = await inside.run(file, args, { env, timeoutMs: 120_000 })
    if (code !== 0) throw new Error(`${file} ${args[0]}: exit ${code}: ${stderr.slice(-2000)}`)
  }
  await run([az, 'login', '--service-principal', '-u', app, '-p', secret, '--tenant', inside.tenantId])
  return { run, command: (command) => ({ command: ['ip', 'netns', 'exec', inside.name, ...command], env }) }
}

/** The conformance suite's world, kept until the figure ends. Node 20 runs no TypeScript. */
async function raise(world) {
  const outfile = path.join(root, '.tmp', 'bench', 'world.mjs')
  mkdirSync(path.dirname(outfile), { recursive: true })
  await build({
    entryPoints: [path.join(root, 'test/conformance/world.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'silent',
    packages: 'external',
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(path.join(root, 'test/conformance/world.ts')).href) },
  })
  const { withWorld } = await import(pathToFileURL(outfile).href)
  return new Promise((resolve, reject) => {
    withWorld({ persona: 'service-principal', imds: 'refused' }, (inside) => {
      const name = readdirSync('/run/netns').find((each) => each.startsWith(`azid-world-${process.pid}-`))
      return new Promise((end) => {
        world.atEnd(end)
        resolve({ ...inside, name })
      })
    }).catch(reject)
  })
}
