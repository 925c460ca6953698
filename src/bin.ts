/** The entry: makes the real runtime, awaits `main`, sets the exit code. */
import { exitCodes } from './exit-codes.ts'
import { main } from './main.ts'
import { createNodeRuntime } from './runtime-node/runtime-node.ts'

// Node ends a process that waits for nothing more with 0, also where `main` never comes to its end.
process.exitCode = exitCodes.bug.code
let isDone = false
process.once('exit', (code) => {
  if (code === exitCodes.bug.code && !isDone) {
    process.stderr.write('error: the run ended before it was done; this is a bug in azid\n')
  }
})

void main(process.argv.slice(2), createNodeRuntime()).then((code) => {
  isDone = true
  process.exitCode = code
})
