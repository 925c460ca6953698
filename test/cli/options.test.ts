import { describe, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { authorityHosts } from '../../src/engine/authority.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { type OptionName, type OptionRow, optionGroups, options, settingName } from '../../src/options.ts'
import { shells } from '../../src/output/shells.ts'
import { tokenFormats } from '../../src/output/token-formats.ts'
import { personas } from '../../src/sandbox/personas.ts'

const rows: readonly (readonly [string, OptionRow])[] = Object.entries(options)
const commandRows = Object.entries(commands)

describe('the table of options', () => {
  test('no long name, alias or variable stands twice', () => {
    const names = rows.flatMap(([name, row]) => [name, ...(row.aliases ?? [])])
    expect(names).toEqual([...new Set(names)])
    const variables = rows.flatMap(([, row]) => row.variables ?? [])
    expect(variables).toEqual([...new Set(variables)])
  })

  test.each(rows)('--%s is spelled in lower case with hyphens', (name, row) => {
    for (const spelling of [name, ...(row.aliases ?? [])]) expect(spelling).toMatch(/^[a-z]+(-[a-z]+)*$/)
    if (row.short !== undefined) expect(row.short).toMatch(/^[a-zA-Z]$/)
  })

  test.each(rows)('--%s says in one short line what it is', (_, row) => {
    expect(row.summary.length).toBeGreaterThan(8)
    expect(row.summary.length).toBeLessThanOrEqual(72)
    expect(row.summary).toMatch(/^(?:[a-z-]|PEM|Azure)/)
    expect(row.summary).not.toMatch(/[.\n]$/)
  })

  test.each(rows.filter(([, row]) => row.details !== undefined))('--%s explains itself in sentences', (_, row) => {
    expect(row.details).toMatch(/\.$/)
    expect(row.details).not.toMatch(/\n| {2}/)
    expect(row.details?.length).toBeLessThan(400)
  })

  test.each(rows)('--%s names its value exactly when it takes one', (_, row) => {
    if (row.kind === 'switch') expect(row).not.toHaveProperty('valueName')
    else expect(row.valueName).toMatch(/^[A-Z-][A-Z0-9|[\],.=-]*$/)
    expect(Object.keys(optionGroups)).toContain(row.group)
  })

  test.each(rows)('--%s: choices are well formed and the default is one the option takes', (_, row) => {
    if (row.kind === 'choice') {
      expect(row.choices.length).toBeGreaterThan(0)
      for (const choice of row.choices) expect(choice).toMatch(/^[a-z0-9]+([-:][a-z0-9]+)*$/)
      expect(new Set(row.choices).size).toBe(row.choices.length)
      if (row.default !== undefined) expect(row.choices).toContain(row.default)
    } else if (row.kind !== 'switch' && row.default !== undefined) expect(row.parse(row.default).ok).toBe(true)
  })

  test.each(rows.filter(([, row]) => row.variables !== undefined))(
    '--%s has variables that say whose they are',
    (name, row) => {
      const [first] = row.variables ?? []
      expect(first).toBe(`AZID_${name.toUpperCase().replaceAll('-', '_')}`)
      for (const variable of row.sdkVariables ?? []) expect(variable).not.toMatch(/^AZID_/)
    },
  )

  test('settings have names of their own', () => {
    const names = rows.map(([name]) => settingName(name))
    expect(new Set(names).size).toBe(names.length)
    expect(settingName('additionally-allowed-tenants')).toBe('additionallyAllowedTenants')
  })

  test('every option is taken by a command or by azid alone', () => {
    const used = new Set<OptionName>(commandRows.flatMap(([, row]) => [...row.options]))
    const unused = rows.map(([name]) => name).filter((name) => !used.has(name as OptionName))
    expect(unused).toEqual(['version'])
  })

  test('a variable without an option has one name and a choice', () => {
    const alone = rows.filter(([, row]) => row.isVariableOnly === true)
    for (const [, row] of alone) {
      expect(row.variables).toHaveLength(1)
      expect(row.short).toBeUndefined()
    }
    expect(alone.map(([name]) => name)).toEqual(['cache'])
  })
})

describe('choices that are also written elsewhere', () => {
  test('--as offers the personas of the sandbox', () => {
    expect([...options.as.choices].sort()).toEqual(Object.keys(personas).sort())
  })

  test('--output offers the formats of tokens', () => {
    expect([...options.output.choices].sort()).toEqual(Object.keys(tokenFormats).sort())
  })

  test('--shell offers the shells that values can be quoted for', () => {
    expect([...options.shell.choices].sort()).toEqual(Object.keys(shells).sort())
  })

  test('--sdk offers the SDKs that have a profile', () => {
    const sdks = options.sdk.choices.filter((sdk) => sdk !== 'all')
    for (const sdk of sdks) expect(findProfile(sdk).sdk).toBe(sdk)
  })

  test('--cloud offers the clouds of the engine', () => {
    expect([...options.cloud.choices].sort()).toEqual(Object.keys(authorityHosts).sort())
  })
})
