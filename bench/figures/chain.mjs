// `azid chain` where nothing is signed in: at once as long as its slowest link, in turn little more than all of them.
// The tools are stand-ins that take a set time, so that what is measured is azid and not the tools.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { azidCommand } from '../world.mjs'

/** As long as the probe for a managed identity waits where nothing answers. */
const slowest = 1
const each = 0.3

export const figures = [
  {
    name: 'chain --all, nothing signed in / its slowest link',
    goal: 1.2,
    runs: 1,
    prepare: async (world) => {
      const { env, folder } = putTools(world, { az: slowest, azd: each, pwsh: each })
      return {
        baseline: unavailable([path.join(folder, 'az')], env),
        subject: unavailable(azidCommand(['chain', '--all'], env).command, env),
      }
    },
  },
  {
    // 60 ms of what a bare Node takes for the same three tools, one after the other.
    name: 'chain, nothing signed in / bare Node that runs its three tools in turn',
    goal: 1.06,
    runs: 1,
    prepare: async (world) => {
      const { env, folder } = putTools(world, { az: each, azd: each, pwsh: each })
      const script = `for (const tool of ['az', 'pwsh', 'azd']) require('node:child_process').spawnSync(${JSON.stringify(folder)} + '/' + tool)`
      return {
        baseline: { command: [process.execPath, '-e', script], env },
        subject: unavailable(azidCommand(['chain'], env).command, env),
      }
    },
  },
]

function putTools({ home, env }, seconds) {
  const folder = path.join(home, 'tools')
  mkdirSync(folder)
  for (const [tool, time] of Object.entries(seconds)) {
    const file = path.join(folder, tool)
    writeFileSync(
      file,
      `#!/bin/sh\n/bin/sleep ${time}\necho "ERROR: Please run 'az login' to setup account." >&2\nexit 3\n`,
    )
    chmodSync(file, 0o755)
  }
  return { folder, env: { ...env, PATH: `${folder}:/usr/bin:/bin` } }
}

/** Exit code 3 is what is expected: no credential is available. */
function unavailable(command, env) {
  return { command: ['/bin/sh', '-c', '"$@"; [ $? -eq 3 ]', 'sh', ...command], env }
}
