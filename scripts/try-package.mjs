// Packs azid and installs it as a person would, under every supported Node: an empty prefix, nothing from the network
// that is not in npm's cache already. Then the command, its man pages, its completions and the keyring have to be there.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const { version, man } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const folder = mkdtempSync(path.join(os.tmpdir(), 'azid-package-'))
const cache = process.env.npm_config_cache ?? path.join(os.homedir(), '.npm')
const fromSandbox = ['sandbox', 'run', '--quiet', '--', 'azid', 'get-token', 'arm']
const failures = []
chmodSync(folder, 0o755)

try {
  const [{ filename, size, unpackedSize, files }] = JSON.parse(
    run(['npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }),
  )
  console.log(`${filename}: ${files.length} files, ${mega(size)} MB packed, ${mega(unpackedSize)} MB unpacked`)
  const tarball = path.join(folder, filename)
  // What npm ci left in the cache are packages, but not the lists of their versions: one installation fills those in.
  install(tarball, path.join(folder, 'first'), [])
  for (const major of [20, 22, 24]) tryOn(major, tarball)
} finally {
  run(['chmod', '-R', 'u+w', folder])
  rmSync(folder, { recursive: true, force: true })
}
for (const failure of failures) console.error(`failed: ${failure}`)
if (failures.length > 0) process.exitCode = 1

function tryOn(major, tarball) {
  const started = Date.now()
  // A blank and a letter outside ASCII: home folders have both.
  const prefix = path.join(folder, `größe ${major}`)
  const nodes = path.join(folder, `node${major}`)
  mkdirSync(nodes)
  // A copy, because another user has to reach it, too.
  cpSync(realpathSync(nodeOf(major)), path.join(nodes, 'node'))
  const PATH = [path.join(prefix, 'bin'), nodes, process.env.PATH].join(path.delimiter)
  install(tarball, prefix, ['--offline'], PATH)
  const installed = path.join(prefix, 'lib', 'node_modules', 'azid')
  const env = { ...isolated(prefix), PATH }
  const azid = (args) => run(['azid', ...args], { env })

  check(major, 'azid --version', azid(['--version']) === `azid ${version}\n`)
  check(major, 'a token', isToken(azid(fromSandbox)))
  const pages = man.map((file) => path.basename(file))
  check(
    major,
    'man pages',
    pages.every((page) => existsSync(path.join(prefix, 'share', 'man', `man${page.at(-1)}`, page))),
  )
  if (spawnSync('man', ['--version']).error === undefined) {
    const page = run(['man', '-M', path.join(prefix, 'share', 'man'), 'azid-get-token'], {
      env: { PATH, MANPAGER: 'cat' },
    })
    check(major, 'man azid-get-token', page.includes('DefaultAzureCredential'))
  }
  for (const [shell, file] of [
    ['bash', 'bash'],
    ['zsh', 'zsh'],
    ['fish', 'fish'],
    ['powershell', 'ps1'],
  ]) {
    const script = readFileSync(path.join(installed, 'completions', `azid.${file}`), 'utf8')
    check(major, `azid completion ${shell}`, script === azid(['completion', shell]))
  }
  const load = ['node', '-e', "console.log(typeof require('@napi-rs/keyring').Entry)"]
  check(major, 'the keyring', run(load, { cwd: installed, env: { PATH } }).trim() === 'function')

  // Installed by an administrator, used by somebody who can write neither there nor at home.
  run(['chmod', '-R', 'a-w,a+rX', prefix])
  const other = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}
  const token = run(['azid', ...fromSandbox], { env: { ...env, HOME: path.join(prefix, 'lib') }, ...other })
  check(major, 'a token where nothing can be written', isToken(token))

  console.log(`Node ${run(['node', '--version'], { env: { PATH } }).trim()}: ${Date.now() - started} ms`)
}

/** Global, as `npm install -g` does it, in a prefix of its own. */
function install(tarball, prefix, options, PATH = process.env.PATH) {
  mkdirSync(prefix)
  const npm = ['npm', 'install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', ...options, tarball]
  run(npm, { env: { ...process.env, PATH, npm_config_cache: cache } })
}

function nodeOf(major) {
  if (major === Number(process.versions.node.split('.')[0])) return process.execPath
  return run(['npx', '-y', '-p', `node@${major}`, '--', 'node', '-p', 'process.execPath'], { cwd: folder }).trim()
}

/** Of this process only what Windows and Node cannot do without; a home of its own and no cloud. */
function isolated(home) {
  return {
    HOME: home,
    AZID_CACHE: 'memory',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9',
  }
}

function run([program, ...args], { cwd = folder, env = process.env, ...user } = {}) {
  const options = { cwd, env, ...user, encoding: 'utf8', timeout: 100_000 }
  const { status, stdout, stderr, error } = spawnSync(program, args, options)
  if (status === 0) return stdout
  throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${error ?? ''}${stderr}`)
}

function isToken(text) {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/.test(text)
}

function check(major, what, isGood) {
  if (!isGood) failures.push(`Node ${major}: ${what}`)
}

function mega(bytes) {
  return (bytes / 1e6).toFixed(1)
}
