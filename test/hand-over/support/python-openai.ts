/** Python with azure-identity and openai beside it, installed once. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pythonSdk } from '../../conformance/sdks.ts'
import { oneAtATime } from './one-at-a-time.ts'

const version = '3.52.0'

export type PythonOpenAi =
  | { readonly program: string; readonly env: Readonly<Record<string, string>> }
  | { readonly missing: string }

/** Takes some ten seconds the first time. */
export function pythonOpenAi(): PythonOpenAi {
  return oneAtATime(install)
}

function install(): PythonOpenAi {
  const python = pythonSdk()
  if ('missing' in python) return python
  const folder = path.join(python.cwd, `openai-${version}`)
  const marker = path.join(folder, 'installed')
  if (!existsSync(marker)) {
    const pip = ['-m', 'pip', '--python', python.program, 'install', '--quiet', '--disable-pip-version-check']
    const ran = spawnSync('python3', [...pip, '--target', folder, '--upgrade', `openai==${version}`], {
      encoding: 'utf8',
    })
    if (ran.status !== 0) {
      return {
        missing: `openai for Python cannot be installed: ${ran.error?.message ?? ran.stderr.trim().split('\n').at(-1)}`,
      }
    }
    writeFileSync(marker, '')
  }
  return { program: python.program, env: { PYTHONPATH: folder } }
}
