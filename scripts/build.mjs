// Builds dist/: the command and the library, and with --types (as for a package) the library's declarations.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { bundleCommand, bundleLibrary, root } from './bundle.mjs'

const dist = path.join(root, 'dist')

const files = (await Promise.all([bundleCommand(), bundleLibrary()])).flat()
// Commands may start while this runs: entries last, so that none names a chunk that is not there yet, and each file whole.
for (const { fileName, code } of files.sort((one, other) => Number(one.isEntry) - Number(other.isEntry))) {
  const file = path.join(dist, fileName)
  if (existsSync(file) && readFileSync(file, 'utf8') === code) {
    utimesSync(file, new Date(), new Date())
    continue
  }
  mkdirSync(path.dirname(file), { recursive: true })
  writeFileSync(`${file}.${process.pid}`, code)
  renameSync(`${file}.${process.pid}`, file)
}
removeAllBut(new Set(files.map(({ fileName }) => path.join(dist, fileName))))

if (process.argv.includes('--types')) {
  const declarations = path.join(dist, 'types')
  rmSync(declarations, { recursive: true, force: true })
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.types.json'], { cwd: root, stdio: 'inherit' })
  if (status === 0) {
    for (const file of filesIn(declarations)) nameJavaScript(file)
    const wanted = reachableFrom(path.join(declarations, 'index.d.ts'))
    for (const file of filesIn(declarations)) if (!wanted.has(file)) rmSync(file)
  } else process.exitCode = 1
}

/** Declarations name `./x.ts`, as the sources do; what compilers of every age resolve is `./x.js`. */
function nameJavaScript(file) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/((?:from|import\() ?['"]\.[^'"]*)\.ts(?=['"])/g, '$1.js'))
}

/** Declarations that users can come to: the compiler writes one for every module, also where none of its types is public. */
function reachableFrom(file, found = new Set()) {
  if (found.has(file)) return found
  found.add(file)
  for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?['"](\.[^'"]*)\.js['"]/g)) {
    reachableFrom(path.resolve(path.dirname(file), `${name}.d.ts`), found)
  }
  return found
}

function removeAllBut(kept) {
  for (const file of filesIn(dist)) {
    const isDeclaration = file.startsWith(path.join(dist, 'types') + path.sep)
    if (!isDeclaration && !kept.has(file)) rmSync(file, { force: true })
  }
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
}
