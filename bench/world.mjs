// What figures are measured in: the built command, an empty home, a running sandbox.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const azid = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'azid.js')

/** Bare Node: the floor under every figure. */
export function bareNode(env) {
  return { command: [process.execPath, '-e', '0'], env }
}

export function azidCommand(args, env) {
  return { command: [process.execPath, azid, ...args], env }
}

/** Folders and processes that go when the figure is done. */
export function createWorld() {
  const home = mkdtempSync(path.join(os.tmpdir(), 'azid-bench-'))
  mkdirSync(path.join(home, 'run'), { mode: 0o700 })
  const ends = [() => rmSync(home, { recursive: true, force: true })]
  return {
    home,
    /** Nothing of this machine's settings: no proxy, no roots of its own, no variable of an SDK, no session bus. */
    env: {
      PATH: process.env.PATH,
      LANG: 'C.UTF-8',
      HOME: home,
      XDG_RUNTIME_DIR: path.join(home, 'run'),
      AZID_CACHE: 'off',
      AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
    },
    /** Starts a sandbox; resolves to what `azid sandbox start --json` says. */
    startSandbox: async (args = []) => {
      const child = spawn(process.execPath, [azid, 'sandbox', 'start', '--json', ...args], {
        env: { PATH: process.env.PATH, HOME: home },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      ends.push(
        () =>
          new Promise((resolve) => {
            child.on('exit', resolve)
            child.kill('SIGTERM')
          }),
      )
      return firstObject(child)
    },
    /** Something else that ends with it, last one first. */
    atEnd: (end) => void ends.push(end),
    end: async () => {
      for (const end of ends.reverse()) await end()
    },
  }
}

function firstObject(child) {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      try {
        resolve(JSON.parse(text))
      } catch {
        // Not all of it yet.
      }
    })
    child.on('exit', (code) => reject(new Error(`the sandbox ended with ${code}`)))
  })
}
