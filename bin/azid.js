#!/usr/bin/env node
// Starts azid. CommonJS (bin/package.json), because Node starts it faster, and because an old Node can read it and say what is wrong.
'use strict'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`azid needs Node 20.19 or newer; this is ${process.versions.node}, ${process.execPath}`)
  process.exit(1)
}

keepCompiledCode()
require('../dist/bin.cjs')

// Node 22 and newer can keep what V8 compiled. Their default folder is below the shared temporary folder, where another
// user could have put code into it first; so it is the person's own cache folder, or none.
function keepCompiledCode() {
  const { enableCompileCache } = require('node:module')
  const { env, platform } = process
  if (enableCompileCache === undefined || env.NODE_COMPILE_CACHE !== undefined) return
  const path = require('node:path')
  const own =
    platform === 'win32'
      ? env.LOCALAPPDATA
      : platform === 'darwin'
        ? env.HOME && path.join(env.HOME, 'Library/Caches')
        : env.XDG_CACHE_HOME
  const folder = own || (env.HOME && path.join(env.HOME, '.cache'))
  if (folder && path.isAbsolute(folder)) enableCompileCache(path.join(folder, 'azid', 'compiled'))
}
