#!/usr/bin/env node
// Starts azid. CommonJS (bin/package.json), because Node starts it faster, and because an old Node can read it and say what is wrong.
'use strict'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`azid needs Node 20.19 or newer; this is ${process.versions.node}, ${process.execPath}`)
  process.exit(1)
}

const { enableCompileCache } = require('node:module')
if (enableCompileCache !== undefined) keepCompiledCode()
// `--help` and `--version` are done before it would pay.
else if (/^\w/.test(process.argv[2] ?? '')) keepScripts(`${__dirname}/../dist`)
start()

// A token that this very command line got before may be in the cache, and what a code means is in one file: those are tried
// first, with next to nothing else loaded.
function start() {
  const goOn = () => require('../dist/bin.cjs')
  const [, , command, ...args] = process.argv
  const isCode = command === 'explain' && args.length === 1 && /^(?:AADSTS|AADB2C)?\d{4,8}$/i.test(args[0])
  if (!isCode && command !== 'get-token' && command !== 'token') goOn()
  else {
    const first = isCode ? require('../dist/code.cjs') : require('../dist/warm.cjs')
    first.answer([command, ...args]).then((isAnswered) => isAnswered || goOn(), goOn)
  }
}

// Node 22 and newer can keep what V8 compiled. Whoever can write there can make this process run code of theirs, so the
// folder is the person's own, never the shared temporary one that Node would take. It is made here, step by step: Node's
// own way of making it loops for ever where a file system refuses a folder with ENOENT, as /proc does.
function keepCompiledCode() {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env
  if (NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return
  const folder = cacheFolder()
  if (folder !== undefined && makeFolder(folder) && isOwn(folder)) enableCompileCache(folder)
}

// The same on Node 20, for the files of this package, with what node:vm offers. V8 knows its own version and flags again,
// but neither the source nor damage: so a hash stands before what was kept, under the file's size and time. What a run
// compiled is kept when it ends, unless it was kept before.
function keepScripts(dist) {
  const fs = require('node:fs')
  const path = require('node:path')
  const Module = require('node:module')
  const { createHmac } = require('node:crypto')
  const { Script, constants } = require('node:vm')
  const own = path.resolve(dist) + path.sep
  const folder = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : cacheFolder()
  if (folder === undefined) return
  const isReadable = isOwn(folder)
  const fresh = []
  const compile = Module.prototype._compile
  Module.prototype._compile = function (source, filename, ...rest) {
    if (!filename.startsWith(own)) return compile.call(this, source, filename, ...rest)
    const { size, mtimeMs } = fs.statSync(filename)
    // Without the hash that a chunk's name ends with, so that a new version takes the place of the old.
    const name = path.basename(filename, '.cjs').replace(/-[\w-]{8}$/, '')
    const kept = path.join(folder, `${name}-${process.arch}.bin`)
    // An HMAC, which a run needs anyway: the first of a kind costs a third of a millisecond.
    const stamp = (code) => createHmac('sha256', `${size} ${mtimeMs}`).update(code).digest()
    const cachedData = isReadable ? readKept(kept, stamp) : undefined
    const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
    const options = { filename, importModuleDynamically, ...(cachedData === undefined ? {} : { cachedData }) }
    const script = new Script(Module.wrap(source), options)
    if (cachedData === undefined || script.cachedDataRejected) {
      if (fresh.length === 0) process.once('exit', keep)
      fresh.push({ script, kept, stamp })
    }
    return script
      .runInThisContext()
      .call(this.exports, this.exports, Module.createRequire(filename), this, filename, path.dirname(filename))
  }

  function readKept(kept, stamp) {
    try {
      const content = fs.readFileSync(kept)
      const code = content.subarray(32)
      return stamp(code).equals(content.subarray(0, 32)) ? code : undefined
    } catch {
      return undefined
    }
  }

  function keep() {
    if (!makeFolder(folder) || !isOwn(folder)) return
    for (const { script, kept, stamp } of fresh) {
      const temporary = `${kept}.${process.pid}`
      try {
        const code = script.createCachedData()
        fs.writeFileSync(temporary, Buffer.concat([stamp(code), code]), { flag: 'wx', mode: 0o600 })
        fs.renameSync(temporary, kept)
      } catch {
        fs.rmSync(temporary, { force: true })
      }
    }
  }
}

function cacheFolder() {
  const path = require('node:path')
  const { env, platform } = process
  const below = platform === 'darwin' ? 'Library/Caches' : '.cache'
  const named = platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? undefined : env.XDG_CACHE_HOME
  const base = named || (env.HOME && path.join(env.HOME, below))
  return base && path.isAbsolute(base) ? path.join(base, 'azid', 'compiled') : undefined
}

function makeFolder(folder) {
  const fs = require('node:fs')
  const { dirname } = require('node:path')
  try {
    if (!fs.existsSync(folder)) {
      for (const part of [dirname(dirname(folder)), dirname(folder), folder]) {
        if (!fs.existsSync(part)) fs.mkdirSync(part, { mode: 0o700 })
      }
    }
    return true
  } catch {
    return false
  }
}

function isOwn(folder) {
  try {
    const { uid, mode } = require('node:fs').statSync(folder)
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
  } catch {
    return false
  }
}
