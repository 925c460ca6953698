/** Runs a piece of TypeScript in a Node process of its own, for what only a whole process shows: signals, exits, streams. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

export interface BuiltScript {
  readonly file: string
  /** Starts it under this Node. */
  start(options?: SpawnOptions): ChildProcess
  remove(): Promise<void>
}

/** Bundles `source`, whose imports are relative to the root of the repository, so that every supported Node runs it. */
export async function buildScript(source: string): Promise<BuiltScript> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'azid-script-'))
  const file = path.join(folder, 'script.mjs')
  await build({
    stdin: { contents: source, resolveDir: root, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['@napi-rs/keyring'],
    logLevel: 'silent',
  })
  return {
    file,
    start: (options = {}) => spawn(process.execPath, [file], options),
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

export interface ScriptRun {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Waits for the end of a process and all it wrote. */
export async function endOf(child: ChildProcess): Promise<ScriptRun> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() })
    })
  })
}
