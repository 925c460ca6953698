// The main job on a fresh machine: tokens from the embedded sandbox, decoded, and one failure as a user meets it.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'azid.js')

const steps = [
  {
    title: 'A token for a service principal, by secret (the sandbox is a local Entra ID on loopback)',
    sandbox: [],
    command: ['get-token', 'arm'],
    exit: 0,
    shorten: true,
  },
  {
    title: 'The same by certificate, as JSON, for Key Vault',
    sandbox: ['--as', 'service-principal-certificate'],
    command: ['get-token', 'vault', '--json'],
    exit: 0,
    shorten: true,
  },
  {
    title: 'Whose token is it? And does the signature hold?',
    sandbox: [],
    command: ['whoami', 'arm', '--verify'],
    exit: 0,
  },
  {
    title: 'A wrong secret: what failed, why, and what to do',
    sandbox: ['--as', 'wrong-secret'],
    command: ['get-token', 'arm'],
    exit: 1,
  },
]

let isGood = true
for (const { title, sandbox, command, exit, shorten } of steps) {
  console.log(`\n# ${title}`)
  console.log(`$ azid sandbox run ${[...sandbox, '--'].join(' ')} azid ${command.join(' ')}`)
  const args = [bin, 'sandbox', 'run', '-q', ...sandbox, '--', process.execPath, bin, ...command]
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  process.stdout.write(shorten ? run.stdout.replace(/(eyJ[\w-]{20})[\w.-]+/g, '$1…') : run.stdout)
  console.log(`(exit ${run.status})`)
  if (run.status !== exit) {
    console.error(`expected exit ${exit}`)
    isGood = false
  }
}
process.exitCode = isGood ? 0 : 1
