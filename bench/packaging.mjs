// What each way of shipping costs at start, the numbers of docs/adr/0003-bundling.md: node bench/packaging.mjs [--pairs N]
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { bundleCommand, root } from '../scripts/bundle.mjs'
import { compare } from './measure.mjs'
import { bareNode, createWorld } from './world.mjs'

const { values } = parseArgs({ options: { pairs: { type: 'string', default: '25' } } })
const folder = mkdtempSync(path.join(os.tmpdir(), 'azid-packaging-'))
const world = createWorld()

/** ES modules start without the launcher: their own way in. */
const modules = { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'command/[name]-[hash].js' }
const shipped = 'CommonJS, a core and chunks (shipped)'
const variants = {
  'plain files of tsc, ES modules': await emitPlain(),
  'one bundle, ES module': await emit('one', { ...modules, codeSplitting: false }),
  'split by command, ES modules': await emit('split', { ...modules, codeSplitting: true }),
  'split by command, CommonJS': await emit('chunks', { codeSplitting: true }),
  [shipped]: await emit('shipped', {}),
  [`${shipped}, minified`]: await emit('minified', { minify: true }),
}

const withoutCache = { ...world.env, NODE_DISABLE_COMPILE_CACHE: '1' }
const sandbox = await world.startSandbox()
const token = ['get-token', 'arm', '--credential', 'environment']
const hasCompileCache = 'enableCompileCache' in process.getBuiltinModule('node:module')

console.log(`Node ${process.versions.node}; wall and CPU time in units of bare node -e 0; ${values.pairs} pairs\n`)
console.log(`| | --version | --help | cold get-token |\n| --- | --- | --- | --- |`)
try {
  for (const [name, file] of Object.entries(variants)) await row(name, file, withoutCache)
  if (hasCompileCache) await row(`${shipped}, compile cache`, variants[shipped], world.env)
} finally {
  await world.end()
  rmSync(folder, { recursive: true })
}

async function row(name, file, env) {
  const cells = []
  for (const [args, runs] of [
    [['--version'], 3],
    [['--help'], 3],
    [token, 1],
  ]) {
    const all = args === token ? { ...env, ...sandbox.environment, AZID_CACHE: 'off' } : env
    const subject = { command: [process.execPath, file, ...args], env: all }
    const { wall, cpu } = await compare(bareNode(all), subject, { pairs: Number(values.pairs), runs })
    cells.push(`${wall.median.toFixed(2)} (CPU ${cpu.median.toFixed(2)})`)
  }
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}

/** Writes one bundle; returns the file to start. */
async function emit(name, changes) {
  const target = path.join(folder, name)
  const chunks = await bundleCommand(changes)
  for (const { fileName, code } of chunks) {
    const file = path.join(target, 'dist', fileName)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, code)
  }
  writeFileSync(path.join(target, 'package.json'), '{ "type": "module" }')
  symlinkSync(path.join(root, 'node_modules'), path.join(target, 'node_modules'))
  if (changes.format === 'esm') return path.join(target, 'dist/bin.js')
  cpSync(path.join(root, 'bin'), path.join(target, 'bin'), { recursive: true })
  return path.join(target, 'bin/azid.js')
}

/** What `tsc` alone makes of the sources, with the packages beside it. */
async function emitPlain() {
  const target = path.join(folder, 'plain')
  mkdirSync(target)
  const options = { noEmit: false, outDir: path.join(target, 'dist'), rootDir: path.join(root, 'src') }
  const config = path.join(root, `tsconfig.packaging-${process.pid}.json`)
  writeFileSync(config, JSON.stringify({ extends: './tsconfig.json', compilerOptions: options, include: ['src'] }))
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
    // Whether the types are right is another check's business.
    spawnSync(process.execPath, [tsc, '-p', config], { cwd: root })
  } finally {
    rmSync(config)
  }
  writeFileSync(path.join(target, 'package.json'), '{ "type": "module" }')
  symlinkSync(path.join(root, 'node_modules'), path.join(target, 'node_modules'))
  return path.join(target, 'dist/bin.js')
}
