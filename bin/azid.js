#!/usr/bin/env node
// Starts azid. CommonJS (bin/package.json), because Node starts it faster, and because an old Node can read it and say what is wrong.
'use strict'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`azid needs Node 20.19 or newer; this is ${process.versions.node}, ${process.execPath}`)
  process.exit(1)
}

keepCompiledCode()
start()

// A token that this very command line got before may be in the cache: that is tried first, with next to nothing loaded.
function start() {
  const goOn = () => require('../dist/bin.cjs')
  const [, , command] = process.argv
  if (command !== 'get-token' && command !== 'token') goOn()
  else
    require('../dist/warm.cjs')
      .answer(process.argv.slice(2))
      .then((isAnswered) => isAnswered || goOn(), goOn)
}

// Node 22 and newer can keep what V8 compiled. Whoever can write there can make this process run code of theirs, so the
// folder is the person's own, never the shared temporary one that Node would take. It is made here, step by step: Node's
// own way of making it loops for ever where a file system refuses a folder with ENOENT, as /proc does.
function keepCompiledCode() {
  const { enableCompileCache } = require('node:module')
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE } = process.env
  if (enableCompileCache === undefined || NODE_COMPILE_CACHE || NODE_DISABLE_COMPILE_CACHE) return
  const folder = cacheFolder()
  if (folder !== undefined && isOwn(folder)) enableCompileCache(folder)
}

function cacheFolder() {
  const path = require('node:path')
  const { env, platform } = process
  const below = platform === 'darwin' ? 'Library/Caches' : '.cache'
  const named = platform === 'win32' ? env.LOCALAPPDATA : platform === 'darwin' ? undefined : env.XDG_CACHE_HOME
  const base = named || (env.HOME && path.join(env.HOME, below))
  return base && path.isAbsolute(base) ? path.join(base, 'azid', 'compiled') : undefined
}

function isOwn(folder) {
  const fs = require('node:fs')
  const { dirname } = require('node:path')
  try {
    if (!fs.existsSync(folder)) {
      for (const part of [dirname(dirname(folder)), dirname(folder), folder]) {
        if (!fs.existsSync(part)) fs.mkdirSync(part, { mode: 0o700 })
      }
    }
    const { uid, mode } = fs.statSync(folder)
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
  } catch {
    return false
  }
}
