/** Developer tools: what the SDK for Python does today with stand-ins for az, azd and pwsh is what was recorded. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type RecordedTool, recordedTools, recordedToolsFile } from '../tools/recorded.ts'
import { toolScenarios } from '../tools/scenarios.ts'
import { pythonSdk } from './sdks.ts'

const python = pythonSdk()
const recorder = fileURLToPath(new URL('./python/record_tools.py', import.meta.url))

describe.skipIf('missing' in python)(
  `developer tools${'missing' in python ? ` (skipped: ${python.missing})` : ''}`,
  () => {
    test('the recording is what azure-identity for Python does today', () => {
      if ('missing' in python) throw new Error(python.missing)
      const run = spawnSync(python.program, [recorder], {
        input: JSON.stringify(toolScenarios),
        encoding: 'utf8',
        timeout: 120_000,
      })
      if (run.status !== 0) throw new Error(run.stderr.slice(-4000))
      const fresh = JSON.parse(run.stdout) as readonly RecordedTool[]
      if (process.env['AZID_RECORD'] === '1') {
        writeFileSync(recordedToolsFile, `${fresh.map((line) => JSON.stringify(line)).join('\n')}\n`)
        return
      }
      for (const result of fresh) expect(result, result.name).toEqual(recordedTools.get(result.name))
      expect(fresh.length).toBe(recordedTools.size)
    })
  },
)
