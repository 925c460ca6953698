/** The real SDKs, installed once in a cache of this user's in the versions that the profiles are about. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import versions from './versions.json' with { type: 'json' }

/** A program to run scripts with, or why there is none. */
export type Sdk = { readonly program: string; readonly cwd: string } | { readonly missing: string }

/** XDG_CACHE_HOME where it is set; a folder of this user's alone otherwise, because a home may be an empty one of a test. */
const store = findStore()

function findStore(): string {
  const cache = process.env['XDG_CACHE_HOME']
  if (cache !== undefined && path.isAbsolute(cache)) return path.join(cache, 'azid-conformance')
  const own = process.getuid?.() ?? 0
  const folder = path.join(tmpdir(), `azid-conformance-cache-${own}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  if (uid !== own || (mode & 0o022) !== 0) throw new Error(`${folder} can be changed by others`)
  return folder
}

/** azure-identity for Python in a virtual environment; takes some ten seconds the first time. */
export function pythonSdk(): Sdk {
  const folder = path.join(store, `python-${versions.python['azure-identity']}-${versions.python.msal}`)
  const program = path.join(folder, 'bin', 'python')
  const packages = Object.entries(versions.python).map(([name, version]) => `${name}==${version}`)
  return install(folder, program, [
    ['python3', ['-m', 'venv', '--without-pip', folder]],
    ['python3', ['-m', 'pip', '--python', program, 'install', '--quiet', '--disable-pip-version-check', ...packages]],
  ])
}

/** @azure/identity for JavaScript, with a Node that it runs on. */
export function jsSdk(): Sdk {
  const folder = path.join(store, `js-${versions.js['@azure/identity']}`)
  const program = findNode()
  if (program === null) return { missing: `Node ${versions.js.node} cannot be had through npx` }
  const { node: _, ...packages } = versions.js
  const names = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  const installed = install(folder, path.join(folder, 'node_modules', '@azure', 'identity'), [
    ['npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, ...names]],
  ])
  return 'missing' in installed ? installed : { program, cwd: folder }
}

const goSource = fileURLToPath(new URL('./go/', import.meta.url))

/** azidentity for Go, compiled into the program that asks it; takes a minute the first time. */
export function goSdk(): Sdk {
  const files = ['main.go', 'proxies.go', 'go.mod', 'go.sum'].map((name) => readFileSync(path.join(goSource, name)))
  const digest = createHash('sha256').update(Buffer.concat(files)).digest('hex').slice(0, 12)
  const folder = path.join(store, `go-${versions.go.azidentity}-${digest}`)
  const program = path.join(folder, 'ask')
  // A home may be an empty one of a test, and the modules are worth keeping.
  const env = {
    ...process.env,
    GOMODCACHE: path.join(store, 'go-modules'),
    GOCACHE: path.join(store, 'go-build'),
    GOFLAGS: '-buildvcs=false -modcacherw',
  }
  return install(folder, program, [['go', ['build', '-trimpath', '-o', program, '.'], { cwd: goSource, env }]])
}

/** The Azure CLI of the system (Debian's package), which is years old, and the newest in a virtual environment (700 MB, once). */
export function azureCli(which: 'system' | 'newest'): Sdk {
  if (which === 'system') {
    const program = '/usr/bin/az'
    return existsSync(program) ? { program, cwd: '/' } : { missing: 'there is no /usr/bin/az (Debian: azure-cli)' }
  }
  const { 'azure-cli': version } = versions.az
  const folder = path.join(store, `az-${version}`)
  return install(folder, path.join(folder, 'bin', 'az'), [
    ['python3', ['-m', 'venv', folder]],
    [path.join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', `azure-cli==${version}`]],
  ])
}

function findNode(): string | null {
  if (Number(process.versions.node.split('.')[0]) >= Number(versions.js.node)) return process.execPath
  const found = spawnSync('npx', ['-y', '-p', `node@${versions.js.node}`, '-c', 'node -p process.execPath'], {
    encoding: 'utf8',
  })
  return found.status === 0 ? found.stdout.trim() : null
}

type Command = readonly [string, readonly string[], { readonly cwd: string; readonly env: NodeJS.ProcessEnv }?]

/** Runs the commands unless the marker says that they ran to their end before. */
function install(folder: string, product: string, commands: readonly Command[]): Sdk {
  const marker = path.join(folder, 'installed')
  if (!existsSync(marker)) {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const [command, args, options] of commands) {
      const ran = spawnSync(command, args, { ...options, encoding: 'utf8' })
      if (ran.status !== 0) {
        const words = (ran.error?.message ?? ran.stderr).trim().split('\n').at(-1)
        return { missing: `\`${command} ${args.slice(0, 3).join(' ')}…\` failed: ${words}` }
      }
    }
    writeFileSync(`${marker}.new`, '')
    renameSync(`${marker}.new`, marker)
  }
  return existsSync(product) ? { program: product, cwd: folder } : { missing: `${product} is not there` }
}
