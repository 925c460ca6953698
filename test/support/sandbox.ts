/** A sandbox for one test: on a free loopback port, closed when the test ends. */
import { onTestFinished } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts'

/** Promise: closed by itself when the test that called it ends; closing it earlier does no harm. */
export async function startTestSandbox(options: Omit<SandboxOptions, 'ports'> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ ports: createNodeRuntime(), ...options })
  onTestFinished(() => sandbox.close())
  return sandbox
}
