/** The entry: makes the real runtime, awaits `main`, sets the exit code. */
import { main } from './main.ts'
import { createNodeRuntime } from './runtime-node/runtime-node.ts'

void main(process.argv.slice(2), createNodeRuntime()).then((code) => {
  process.exitCode = code
})
