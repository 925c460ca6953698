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
start()

// A token that this very command line got before may be in the cache: that is tried first, with next to nothing loaded.
function start() {
  const goOn = () => require('../dist/bin.cjs')
  const [, , command, ...args] = process.argv
  if (command !== 'get-token' && command !== 'token') goOn()
  else if (enableCompileCache !== undefined) answer(require('../dist/warm.cjs'), () => {})
  else {
    const { exported, keep } = loadKept(`${__dirname}/../dist/warm.cjs`)
    answer(exported, keep)
  }

  function answer(warm, keep) {
    warm.answer([command, ...args]).then((isAnswered) => (isAnswered ? keep() : goOn()), goOn)
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

// The same for one file on Node 20, with what node:vm offers. V8 knows its own version and flags again, but neither the
// source nor damage: so the file's size and time, and a hash, stand before what was kept. `keep` is called when all of the
// run is compiled.
function loadKept(file) {
  const fs = require('node:fs')
  const path = require('node:path')
  const { createRequire, wrap } = require('node:module')
  const requireFrom = (name) => (name.startsWith('.') ? createRequire(file)(name) : require(name))
  const { Script } = require('node:vm')
  const folder = process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : cacheFolder()
  const kept = folder === undefined ? undefined : path.join(folder, `warm-${process.arch}.bin`)
  const { size, mtimeMs } = fs.statSync(file)
  // As an HMAC, which the run needs anyway: the first of a kind costs a third of a millisecond.
  const { createHmac } = require('node:crypto')
  const stamp = (code) => createHmac('sha256', `${size} ${mtimeMs}`).update(code).digest()
  const cachedData = folder !== undefined && isOwn(folder) ? readKept() : undefined
  const options = { filename: file, ...(cachedData === undefined ? {} : { cachedData }) }
  const script = new Script(wrap(fs.readFileSync(file, 'utf8')), options)
  const module = { exports: {} }
  script.runInThisContext()(module.exports, requireFrom, module, file, path.dirname(file))
  return { exported: module.exports, keep }

  function readKept() {
    try {
      const content = fs.readFileSync(kept)
      const code = content.subarray(32)
      return stamp(code).equals(content.subarray(0, 32)) ? code : undefined
    } catch {
      return undefined
    }
  }

  function keep() {
    if (folder === undefined || (cachedData !== undefined && !script.cachedDataRejected)) return
    const temporary = `${kept}.${process.pid}`
    try {
      if (!makeFolder(folder) || !isOwn(folder)) return
      const code = script.createCachedData()
      fs.writeFileSync(temporary, Buffer.concat([stamp(code), code]), { flag: 'wx', mode: 0o600 })
      fs.renameSync(temporary, kept)
    } catch {
      fs.rmSync(temporary, { force: true })
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
