import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { causeOfCode } from '../../src/diagnosis/code-causes.ts'
import { explainFailure } from '../../src/diagnosis/explain/explain-failure.ts'
import { stepsFor } from '../../src/diagnosis/explain/remedies.ts'
import { classCauses, lastResorts, rules } from '../../src/diagnosis/explain/rules.ts'
import { allAadsts } from '../../src/knowledge/aadsts.ts'
import { type CauseId, causes } from '../../src/knowledge/causes.ts'
import { credentialEntries } from '../../src/knowledge/credentials.ts'
import { allEnvVars } from '../../src/knowledge/env-vars.ts'
import { environments } from '../../src/knowledge/environments.ts'
import { allOauthErrors } from '../../src/knowledge/oauth-errors.ts'
import { roles } from '../../src/knowledge/roles.ts'
import { allTroubleshooting } from '../../src/knowledge/troubleshooting.ts'

const causeIds = Object.keys(causes) as CauseId[]

describe('causes', () => {
  test.each(causeIds)('%s has steps, with and without ids', (id) => {
    const facts = { tenantId: '11111111-2222-4333-8444-555555555555', clientId: '99999999-2222-4333-8444-555555555555' }
    for (const told of [
      { facts: {}, flat: '' },
      { facts, flat: '' },
    ]) {
      const steps = stepsFor(id, told)
      expect(steps.length).toBeGreaterThan(0)
      for (const { text, command } of steps) {
        expect(text).not.toBe('')
        expect(command).not.toBe('')
        expect(`${text} ${command ?? ''}`).not.toMatch(/undefined|\[object/)
      }
    }
  })

  test('every cause is told by a rule, a code or a row', () => {
    const told = new Set<string | undefined | null>([
      ...rules.map(({ cause }) => cause),
      ...allAadsts().map(({ code }) => causeOfCode(code)?.id),
      ...allTroubleshooting().map(({ cause }) => cause),
    ])
    expect(causeIds.filter((id) => !told.has(id))).toEqual([])
  })
})

describe('rules', () => {
  test('each has an id of its own and a reason in one lower-case line', () => {
    const all = [...rules, ...lastResorts()]
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const { id, reason } of all) expect(reason, id).toMatch(/^[A-Za-z][^\n]{10,200}[^.\n]$/)
  })

  test('none quotes an id or an address of a single text', () => {
    for (const { id, when } of rules) {
      if (id === 'preauthorized-client-refused') continue
      expect(String(when), id).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}|contoso|fabrikam/i)
    }
  })

  test('every class that is known has a cause for each outcome', () => {
    for (const { unavailable, failed } of Object.values(classCauses)) {
      expect(causes[unavailable]).toBeDefined()
      expect(causes[failed]).toBeDefined()
    }
  })
})

describe('rows of the troubleshooting guides', () => {
  const samples = readFileSync(new URL('./data/written.jsonl', import.meta.url), 'utf8')

  test.each(allTroubleshooting())('$id is complete', (entry) => {
    expect(entry.meaning).not.toBe('')
    expect(entry.source).not.toBe('')
    expect(entry.mitigations.length).toBeGreaterThan(0)
    for (const pattern of entry.match) expect(() => new RegExp(pattern, 'im')).not.toThrow()
    for (const code of entry.codes) expect(allAadsts().some((row) => row.code === code)).toBe(true)
    if (entry.cause !== null) expect(causes[entry.cause]).toBeDefined()
    for (const [sdk, link] of Object.entries(entry.guide)) {
      expect(sdk).toMatch(/^(?:python|js|dotnet|java|go|cpp|rust)$/)
      expect(link).toMatch(/^https:\/\/(?:aka\.ms|github\.com|learn\.microsoft\.com)\/\S+$/)
    }
  })

  test('every row with fixed text is met by a written failure', () => {
    const texts = samples
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text)
    const unmet = allTroubleshooting().filter(
      ({ match }) =>
        match.length > 0 && !match.some((pattern) => texts.some((text) => new RegExp(pattern, 'im').test(text))),
    )
    expect(unmet.map(({ id }) => id)).toEqual([])
  })
})

describe('the other tables', () => {
  test('errors, variables and credentials each have a meaning and a source, once', () => {
    const tables = [
      allOauthErrors().map(({ id, meaning, source }) => ({ key: id, meaning, source })),
      allEnvVars().map(({ name, meaning, source }) => ({ key: name, meaning, source })),
      credentialEntries.map(({ name, meaning, source }) => ({ key: name, meaning, source })),
    ]
    for (const table of tables) {
      expect(new Set(table.map(({ key }) => key)).size).toBe(table.length)
      for (const { key, meaning, source } of table) {
        expect(meaning, key).not.toBe('')
        expect(source, key).not.toBe('')
      }
    }
  })

  test('roles have ids, once each', () => {
    const all = Object.values(roles).flat()
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    for (const { id, name } of all) expect(id, name).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })

  test('an environment names a credential that is known, by variables that are known', () => {
    const outside = ['GITHUB_ACTIONS', 'TF_BUILD', 'CI', 'SSH_CONNECTION', 'DISPLAY', 'CONTAINER_APP_NAME']
    for (const { credential, all } of environments) {
      expect(credentialEntries.map(({ name }) => name)).toContain(credential)
      for (const name of all) {
        expect(outside.includes(name) || /^[A-Z][A-Z0-9_]+$/.test(name)).toBe(true)
      }
    }
  })

  test('a failure of an SDK leads to a guide of that SDK', () => {
    const texts: Readonly<Record<string, string>> = {
      python: "azure.identity._exceptions.CredentialUnavailableError: Please run 'az login' to set up an account",
      js: "CredentialUnavailableError: Please run 'az login' from a command prompt to authenticate before using this credential.\n at /app/node_modules/@azure/identity",
      dotnet: "Azure.Identity.CredentialUnavailableException: Please run 'az login' to set up account",
      java: "com.azure.identity.CredentialUnavailableException: AzureCliCredential authentication unavailable. Please run 'az login' to set up account.",
    }
    for (const [sdk, text] of Object.entries(texts)) {
      const guide = explainFailure(text)?.causes[0]?.guide ?? ''
      expect(guide).toMatch(
        new RegExp(`azsdk/${sdk === 'dotnet' ? 'net' : sdk}/|azure-sdk-for-${sdk === 'dotnet' ? 'net' : sdk}/`),
      )
    }
  })
})
