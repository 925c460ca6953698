// How the sources become dist/, and why so: docs/adr/0003-bundling.md. Shared by build.mjs, notices.mjs and the benchmark.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')

/** Native, and chosen by platform when it is installed: the only package that is not in the bundle. */
const external = ['@napi-rs/keyring']

/**
 * What nearly every run needs, and then what a token needs, each with all that these import: a file each, because every
 * further file costs half a millisecond.
 */
const coreEntries = ['src/bin.ts', 'src/cli/parse.ts', 'src/cli/help.ts', 'src/cli/draw-help.ts', 'src/output/style.ts']
const tokenEntries = ['src/commands/get-token.ts']

/**
 * The command: CommonJS, which Node starts faster than ES modules; what a run may not need is in chunks of its own. And
 * what is tried before it: one file each, which shares none with the others.
 */
export async function bundleCommand(changes = {}) {
  const core = new Set()
  const token = new Set()
  const groups = [
    { name: 'core', test: (id) => core.has(id) },
    { name: 'token', test: (id) => token.has(id) && !core.has(id) },
  ]
  const command = generate(
    { input: { bin: 'src/bin.ts' }, plugins: [collectImports(coreEntries, core), collectImports(tokenEntries, token)] },
    {
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: 'command/[name]-[hash].cjs',
      codeSplitting: { groups },
      ...changes,
    },
  )
  // Small, so that there is less to read and to parse: 0.8 ms of 31. A warm run has a file for each place of the key, because
  // a keyring takes as much code as all the rest; and chalk stays apart: it would bring node:tty along, which costs 2 ms.
  const chunkFileNames = 'command/[name]-[hash].cjs'
  const small = { format: 'cjs', minify: true, entryFileNames: '[name].cjs', chunkFileNames, ...changes }
  const first = ['warm-file', 'warm-keyring', 'code'].map((name) =>
    generate({ input: { [name]: `src/${name}.ts` } }, small),
  )
  return (await Promise.all([command, ...first])).flat().map((file) => ({ ...file, code: escapeToAscii(file.code) }))
}

/**
 * One character beyond Latin-1 makes V8 keep the whole of a file at two bytes a character, and Node decode it the slow way:
 * 1.5 ms of a run that loads all that a token needs. In a string, a template and a pattern an escape means the same.
 */
function escapeToAscii(code) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII begins with them.
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The library: ES modules, which is all that package.json exports. */
export function bundleLibrary(changes = {}) {
  return generate(
    { input: { index: 'src/index.ts' } },
    { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'library/[name]-[hash].js', ...changes },
  )
}

/** The files of a bundle: `{ fileName, code, moduleIds, isEntry }`. */
async function generate(input, output) {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    tsconfig: false,
    external,
    transform: { target: 'node20.19' },
    onLog: failOnWarning,
    ...input,
  })
  try {
    return (await build.generate({ dir: 'dist', comments: { legal: false, jsdoc: false }, ...output })).output
  } finally {
    await build.close()
  }
}

/** Once all modules are known, fills `found` with those that `entries` import, and these import, other than on first use. */
function collectImports(entries, found) {
  return {
    name: 'collect-imports',
    buildEnd() {
      const open = entries.map((entry) => path.join(root, entry))
      for (let id = open.pop(); id !== undefined; id = open.pop()) {
        if (found.has(id)) continue
        found.add(id)
        open.push(...(this.getModuleInfo(id)?.importedIds ?? []))
      }
    },
  }
}

/** A module that is in the core anyway may be imported on first use elsewhere; every other warning is a mistake. */
function failOnWarning(level, { code, message }) {
  if (level === 'warn' && code !== 'INEFFECTIVE_DYNAMIC_IMPORT') throw new Error(message)
}
