#!/usr/bin/env node
// Starts azid. CommonJS (bin/package.json), because Node starts it faster, and because an old Node can read it and say what is wrong.
'use strict'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`azid needs Node 20.19 or newer; this is ${process.versions.node}, ${process.execPath}`)
  process.exit(1)
}

// From 22.1 on Node keeps what it compiled by itself. Asking node:module whether it can takes a tenth of a millisecond.
const canKeep = major > 22 || (major === 22 && minor >= 1)
const dist = `${__dirname}/../dist/`
let kept
let keepFirst = () => {}
if (canKeep) keepCompiledCode()
start()

// A token that this very command line got before may be in the cache, and what a code means is in one file: those are tried
// first, with next to nothing else loaded.
function start() {
  const [, , command = '', ...args] = process.argv
  const first = nameOfFirst(command, args)
  if (first === undefined) goOn()
  else
    load(first)
      .answer([command, ...args])
      .then((isAnswered) => (isAnswered ? finish() : goOn()), goOn)
}

function nameOfFirst(command, args) {
  if (command === 'get-token' || command === 'token') {
    // By where the key is: a keyring takes as much code as all the rest.
    const place = process.env.AZID_CACHE || 'keyring'
    return place === 'file' || place === 'keyring' ? `warm-${place}` : undefined
  }
  const isCode = command === 'explain' && args.length === 1 && /^(?:AADSTS|AADB2C)?\d{4,8}$/i.test(args[0])
  return isCode ? 'code' : undefined
}

// All is printed, and nothing is left to wait for: Node need not take itself apart. Newer ones keep compiled code as they do so.
function finish() {
  if (canKeep) return
  // Not after a run that gave up early: what that one compiled is of no use to the next that does not.
  keepFirst()
  process.exit()
}

function goOn() {
  // `--help` and `--version` are done before it would pay.
  if (!canKeep && /^\w/.test(process.argv[2] ?? '')) keepModules()
  require('../dist/bin.cjs')
}

// One file that requires only what Node has, and its own chunks on first use. On Node 20 past the module loader, which takes
// longer to find it than V8 to have it ready.
function load(name) {
  if (canKeep) return require(`../dist/${name}.cjs`)
  const file = `${dist}${name}.cjs`
  const own = { exports: {} }
  const requireFrom = (id) => require(id[0] === '.' ? dist + id : id)
  const { wrapped, keep } = compile(require('node:fs').readFileSync(file, 'utf8'), file)
  keepFirst = keep
  wrapped.call(own.exports, own.exports, requireFrom, own, file, dist)
  return own.exports
}

// Node 22 and newer can keep what V8 compiled. Whoever can write there can make this process run code of theirs, so the
// folder is the person's own, never the shared temporary one that Node would take. It is made here, step by step: Node's
// own way of making it loops for ever where a file system refuses a folder with ENOENT, as /proc does.
function keepCompiledCode() {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env
  if (NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return
  const folder = cacheFolder()
  if (folder !== undefined && makeFolder(folder) && isOwn(folder)) require('node:module').enableCompileCache(folder)
}

// The same on Node 20, for the modules of this package.
function keepModules() {
  const path = require('node:path')
  const Module = require('node:module')
  const own = path.resolve(dist) + path.sep
  const { _compile: compileAnew } = Module.prototype
  Module.prototype._compile = function (source, filename, ...rest) {
    if (!filename.startsWith(own)) return compileAnew.call(this, source, filename, ...rest)
    const { wrapped, keep } = compile(source, filename)
    keep()
    return wrapped.call(
      this.exports,
      this.exports,
      Module.createRequire(filename),
      this,
      filename,
      path.dirname(filename),
    )
  }
}

// The function that Node would make of a module, from what V8 compiled in an earlier run where that is there. V8 knows its own
// version and flags again, but neither the source nor damage: so a hash stands before what was kept, under the file's size
// and time. What a run compiled is kept when it ends, where `keep` was called, unless it was kept before.
function compile(source, filename) {
  const { Script, constants } = require('node:vm')
  kept ??= openKept()
  const place = kept?.find(filename)
  const importModuleDynamically = constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const options = {
    filename,
    importModuleDynamically,
    ...(place?.code === undefined ? {} : { cachedData: place.code }),
  }
  // As node:module wraps one.
  const wrapped = `(function (exports, require, module, __filename, __dirname) { ${source}\n});`
  const script = new Script(wrapped, options)
  const isNew = place !== undefined && (place.code === undefined || script.cachedDataRejected)
  return { wrapped: script.runInThisContext(), keep: () => isNew && kept.keepAtEnd(place, script) }
}

function openKept() {
  const fs = require('node:fs')
  const { createHmac } = require('node:crypto')
  const folder = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : cacheFolder()
  if (folder === undefined) return undefined
  const isReadable = isOwn(folder)
  const fresh = []

  function find(filename) {
    const { size, mtimeMs } = fs.statSync(filename)
    // Without the hash that a chunk's name ends with, so that a new version takes the place of the old.
    const name = /([^/\\]+?)(?:-[\w-]{8})?\.cjs$/.exec(filename)[1]
    // An HMAC, which a run needs anyway: the first of a kind costs a third of a millisecond.
    const stamp = (code) => createHmac('sha256', `${size} ${mtimeMs}`).update(code).digest()
    const place = { file: `${folder}/${name}-${process.arch}.bin`, stamp, code: undefined }
    if (isReadable) {
      try {
        const content = readWhole(place.file)
        const code = content.subarray(32)
        if (stamp(code).equals(content.subarray(0, 32))) place.code = code
      } catch {
        // Not kept yet, or not to be had.
      }
    }
    return place
  }

  // With the calls that a warm run makes anyway: the first of each kind is the dear one.
  function readWhole(file) {
    const descriptor = fs.openSync(file, 'r')
    try {
      const content = Buffer.allocUnsafe(fs.fstatSync(descriptor).size)
      return content.subarray(0, fs.readSync(descriptor, content, 0, content.length, 0))
    } finally {
      fs.closeSync(descriptor)
    }
  }

  function keepAtEnd(place, script) {
    if (fresh.length === 0) process.once('exit', keep)
    fresh.push({ ...place, script })
  }

  function keep() {
    if (!makeFolder(folder) || !isOwn(folder)) return
    for (const { script, file, stamp } of fresh) {
      const temporary = `${file}.${process.pid}`
      try {
        const code = script.createCachedData()
        fs.writeFileSync(temporary, Buffer.concat([stamp(code), code]), { flag: 'wx', mode: 0o600 })
        fs.renameSync(temporary, file)
      } catch {
        fs.rmSync(temporary, { force: true })
      }
    }
  }

  return { find, keepAtEnd }
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
