/** docs/sandbox.md says what is there, and its examples work. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createRsaCertificate } from '../../src/sandbox/ca.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import { parseFault } from '../../src/sandbox/faults.ts'
import { personaNames } from '../../src/sandbox/personas.ts'
import { refusals } from '../../src/sandbox/refusals.ts'
import { expectSchema } from '../support/schemas.ts'

const page = readFileSync(new URL('../../docs/sandbox.md', import.meta.url), 'utf8')

test('every code stands in the page, and every code of the page is in the table', () => {
  const documented = [...new Set(page.match(/AADSTS\d+/g))].sort()
  const known = [...new Set(Object.values(refusals).map((row) => `AADSTS${row.code}`))].sort()
  expect(documented).toEqual(known)
})

test('every persona and every fault stands in the page', () => {
  for (const persona of personaNames) {
    const [name = '', host] = persona.split(':')
    expect(page).toContain(`\`${name}\``)
    if (host !== undefined) expect(page).toMatch(new RegExp(`\`(managed-identity)?:${host}\``))
  }
  for (const fault of ['429', '500', '502', '503', '504', 'hang', 'cut', 'html', 'slow=500ms', 'clock=+10m']) {
    expect(page).toContain(`\`${fault}\``)
    parseFault(fault)
  }
  for (const [, spec = ''] of page.matchAll(/--fault (\d\S+)/g)) parseFault(spec)
})

test('the directory of the page is one that can be read', async () => {
  const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? []
  const file: unknown = JSON.parse(json)
  expectSchema('sandbox-directory', file)
  const { certificatePem } = await createRsaCertificate('shop', createNodeRuntime())
  expect(parseDirectory(file, new Map([['shop.pem', certificatePem]]))).toMatchObject({ ok: true })
})
