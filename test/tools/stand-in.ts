/** A tool that is not there, played by a shell script; for tests that start the command itself. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface StandInFolder {
  /** To put on PATH. */
  readonly folder: string
  /** Writes the tool; `body` is what /bin/sh runs, with `$here` for this folder. Each start is a line in `starts`. */
  put(tool: string, body: string): void
  /** The command lines with which it was started, since it was put. */
  starts(tool: string): readonly string[]
  remove(): void
}

export function makeStandIns(): StandInFolder {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-tools-'))
  return {
    folder,
    put: (tool, body) => {
      const file = path.join(folder, tool)
      writeFileSync(`${file}.starts`, '')
      writeFileSync(file, `#!/bin/sh\nhere='${folder}'\nprintf '%s\\n' "$*" >> "$here/${tool}.starts"\n${body}\n`)
      chmodSync(file, 0o755)
    },
    starts: (tool) =>
      readFileSync(path.join(folder, `${tool}.starts`), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
