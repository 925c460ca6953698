/** Builds the command before the tests when a source is newer than the build, so that spawned tests run what is written. */
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why there is no build; empty when there is one. Only tests that spawn the command fail for it. */
    buildFailure: string
  }
}

const root = fileURLToPath(new URL('../..', import.meta.url))

export function setup(project: TestProject): void {
  project.provide('buildFailure', isFresh() ? '' : build())
}

function isFresh(): boolean {
  const built = statSync(`${root}/dist/bin.cjs`, { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return false
  return [...sources('src'), 'package-lock.json', 'scripts/build.mjs', 'scripts/bundle.mjs'].every(
    (name) => statSync(`${root}/${name}`).mtimeMs < built,
  )
}

function sources(folder: string): string[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath.slice(root.length)}/${entry.name}`)
}

function build(): string {
  const run = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, encoding: 'utf8' })
  return run.status === 0
    ? ''
    : `${run.stdout}${run.stderr}${run.error?.message ?? ''}` || 'the build failed without a word'
}
