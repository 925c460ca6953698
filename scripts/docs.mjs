// Writes man/ and completions/ from the tables; with --check writes nothing and fails where they are stale.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const isCheck = process.argv.includes('--check')

const files = await generate()
const stale = []
for (const { path: name, text } of files) {
  if ((await read(name)) === text) continue
  stale.push(name)
  if (isCheck) continue
  await mkdir(path.dirname(path.join(root, name)), { recursive: true })
  await writeFile(path.join(root, name), text)
}
const known = new Set(files.map((file) => file.path))
for (const folder of ['man', 'completions']) {
  for (const name of await readdir(path.join(root, folder))) {
    if (known.has(`${folder}/${name}`)) continue
    stale.push(`${folder}/${name}`)
    if (!isCheck) await rm(path.join(root, folder, name))
  }
}
if (isCheck && stale.length > 0) {
  console.error(`stale, run \`npm run docs\`:\n${stale.map((name) => `  ${name}`).join('\n')}`)
  process.exitCode = 1
} else console.log(stale.length === 0 ? 'generated files are fresh' : `written: ${stale.join(', ')}`)

/** The generators are TypeScript, so they are bundled first; the commands, which they only name, are left out. */
async function generate() {
  const file = path.join(root, '.tmp', `docs-${process.pid}.mjs`)
  const build = await rolldown({
    cwd: root,
    input: 'src/cli/docs.ts',
    platform: 'node',
    tsconfig: false,
    external: [/^\.\.\/commands\//, 'commander'],
  })
  try {
    await build.write({ file, format: 'esm', codeSplitting: false })
    const { generateDocs } = await import(pathToFileURL(file).href)
    return generateDocs()
  } finally {
    await build.close()
    await rm(file, { force: true })
  }
}

async function read(name) {
  try {
    return await readFile(path.join(root, name), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}
