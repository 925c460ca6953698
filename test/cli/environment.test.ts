import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { listOwnVariables } from '../../src/cli/environment.ts'
import { sdkVariables, systemVariables } from '../../src/cli/sdk-variables.ts'
import { options } from '../../src/options.ts'

const source = fileURLToPath(new URL('../../src/', import.meta.url))

/** Set for others, or looked at only as a sign of where we are; nothing that a person would set for azid. */
const unmentioned = new Set([
  'AZURE_ACCESS_TOKEN',
  'AZURE_DEVOPS_EXT_PAT',
  'AZURE_OPENAI_AD_TOKEN',
  'DEFAULT_IDENTITY_CLIENT_ID',
  'ALL_PROXY',
  'AZURE_CONFIG_DIR',
  'XDG_DATA_HOME',
])

describe('variables', () => {
  test('none is listed twice, and each has a meaning of one line', () => {
    const all = [...sdkVariables, ...systemVariables]
    const names = [...all, ...listOwnVariables()].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { meaning } of all) {
      expect(meaning).not.toMatch(/[.\n]$/)
      expect(meaning.length).toBeLessThanOrEqual(90)
    }
  })

  test('every variable that an option names is listed', () => {
    const listed = new Set([...sdkVariables, ...systemVariables].map(({ name }) => name))
    for (const row of Object.values(options)) {
      if ('sdkVariables' in row) for (const name of row.sdkVariables) expect([...listed]).toContain(name)
    }
  })

  test('every variable that the engine, the cache and the ports read is listed', () => {
    const listed = new Set([...sdkVariables, ...systemVariables, ...listOwnVariables()].map(({ name }) => name))
    const missing = new Set<string>()
    for (const folder of ['engine', 'cache', 'commands', 'output', 'runtime-node']) {
      for (const entry of readdirSync(source + folder, { recursive: true, encoding: 'utf8' })) {
        if (!entry.endsWith('.ts')) continue
        const text = readFileSync(`${source}${folder}/${entry}`, 'utf8')
        for (const [, name = ''] of text.matchAll(
          /'((?:AZURE|IDENTITY|IMDS|MSI|MSAL|AZID|XDG|HTTPS?|NO|ALL|NODE|FORCE|DEFAULT)_[A-Z_]+)'/g,
        )) {
          if (!listed.has(name) && !unmentioned.has(name)) missing.add(`${name} in ${folder}/${entry}`)
        }
      }
    }
    expect([...missing]).toEqual([])
  })
})
