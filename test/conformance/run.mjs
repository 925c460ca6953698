// `npm run test:conformance`: every suite that asks the real SDKs. With `--record` what they answer is kept instead, and
// docs/conformance.md is made anew; other arguments are vitest's.
import { spawnSync } from 'node:child_process'

const args = process.argv.slice(2)
const isRecording = args.includes('--record')
const env = { ...process.env, ...(isRecording ? { AZID_RECORD: '1' } : {}) }

const vitest = (...words) =>
  spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...words], { stdio: 'inherit', env }).status ??
  1

const rest = args.filter((word) => word !== '--record')
const status = vitest('--config', 'vitest.conformance.config.ts', ...rest)
process.exitCode = status === 0 && isRecording ? vitest('test/conformance/page.test.ts') : status
