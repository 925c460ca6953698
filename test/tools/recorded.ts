/** What azure-identity for Python did with each of the scenarios; made by the conformance suite with AZID_RECORD=1. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface RecordedTool {
  readonly name: string
  readonly kind: 'token' | 'unavailable' | 'failed'
  readonly message?: string
  readonly token?: string
  /** Seconds since the epoch, in a world whose local time is UTC. */
  readonly expiresOn?: number
  /** What the tool was given; not of PowerShell, whose script is each one's own. */
  readonly args?: readonly string[]
}

export const recordedToolsFile = fileURLToPath(new URL('./recorded.jsonl', import.meta.url))

export const recordedTools: ReadonlyMap<string, RecordedTool> = new Map(
  readFileSync(recordedToolsFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedTool)
    .map((recorded) => [recorded.name, recorded]),
)
