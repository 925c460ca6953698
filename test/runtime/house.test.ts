/** The rules of the house are checked by biome; here, that they are: a rule that matches nothing says nothing. */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Samples are written below `src/` of a folder that has our rules and nothing else, and are linted in one run. */
const samples = new Map<string, string>()
function sample(file: string, source: string): string {
  samples.set(file, source)
  return file
}

let folder = ''
let findings: { readonly file: string; readonly text: string }[] = []
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-house-'))
  const rules = JSON.parse(fs.readFileSync(path.join(root, 'biome.json'), 'utf8'))
  fs.writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ ...rules, vcs: { enabled: false } }))
  fs.cpSync(path.join(root, 'lint'), path.join(folder, 'lint'), { recursive: true })
  for (const [file, source] of samples) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), `${source}\n`)
  }
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome')
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', 'src'], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  const { diagnostics } = JSON.parse(stdout)
  findings = diagnostics.map(
    (one: { location: { path: string | { file: string } }; category: string; message: unknown }) => ({
      file: typeof one.location.path === 'string' ? one.location.path : one.location.path.file,
      text: `${one.category} ${JSON.stringify(one)}`,
    }),
  )
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

const found = (file: string): string =>
  findings
    .filter((finding) => finding.file === file)
    .map((finding) => finding.text)
    .join('\n')

const door = 'one library, one door'
const ports = 'come through the ports'

describe('one library, one door', () => {
  const doors = [
    ['commander', 'src/cli/parse.ts'],
    ['chalk', 'src/output/style.ts'],
    ['ora', 'src/output/progress.ts'],
    ['@azure/msal-node', 'src/engine/msal.ts'],
    ['jwt-decode', 'src/jwt/decode.ts'],
    ['open', 'src/runtime-node/browser.ts'],
    ['@napi-rs/keyring', 'src/runtime-node/keyring.ts'],
    ['node-forge', 'src/sandbox/ca.ts'],
  ] as const
  const uses = (library: string) =>
    [`import '${library}'`, `export * from '${library}'`, `export const load = () => import('${library}')`] as const
  const cases = doors.map(([library, file], at) => ({
    library,
    file: sample(file, uses(library).join('\n')),
    elsewhere: uses(library).map((use, way) => sample(`src/commands/door-${at}-${way}.ts`, use)),
  }))

  it.each(cases)('$library comes in through $file only', ({ file, elsewhere }) => {
    expect(found(file)).not.toContain(door)
    for (const other of elsewhere) expect(found(other)).toContain(door)
  })
})

describe('import directions', () => {
  const importing = (file: string, imported: string): string =>
    sample(file, `import { a } from '${imported}'\n\nexport const b = a`)
  const forbidden = [
    ['src/engine/to-output.ts', '../output/text.ts'],
    ['src/engine/credentials/to-diagnosis.ts', '../../diagnosis/diagnose.ts'],
    ['src/engine/to-options.ts', '../options.ts'],
    ['src/recorder.ts', './output/text.ts'],
    ['src/sandbox/to-engine.ts', '../engine/types.ts'],
    ['src/sandbox/grants/to-cache.ts', '../../cache/store.ts'],
    ['src/output/to-msal.ts', '../engine/msal.ts'],
    ['src/output/to-commands.ts', '../commands/whoami.ts'],
    ['src/diagnosis/to-chain.ts', '../engine/chain.ts'],
    ['src/jwt/to-engine.ts', '../engine/types.ts'],
    ['src/knowledge/to-diagnosis.ts', '../diagnosis/diagnose.ts'],
    ['src/cache/to-output.ts', '../output/text.ts'],
    ['src/commands/to-parse.ts', '../cli/parse.ts'],
    ['src/commands/to-runtime.ts', '../runtime-node/runtime-node.ts'],
    ['src/cli/to-main.ts', '../main.ts'],
    ['src/library/to-commands.ts', '../commands/get-token.ts'],
    ['src/runtime-node/to-engine.ts', '../engine/types.ts'],
  ] as const
  const allowed = [
    ['src/engine/from-cache.ts', '../cache/store.ts'],
    ['src/engine/from-runtime.ts', '../runtime.ts'],
    ['src/output/from-types.ts', '../engine/types.ts'],
    ['src/output/from-profile.ts', '../engine/profiles/profile.ts'],
    ['src/output/from-jwt.ts', '../jwt/describe.ts'],
    ['src/diagnosis/from-knowledge.ts', '../knowledge/aadsts.ts'],
    ['src/commands/from-invocation.ts', '../cli/invocation.ts'],
    ['src/commands/from-engine.ts', '../engine/chain.ts'],
    ['src/library/from-runtime.ts', '../runtime-node/runtime-node.ts'],
  ] as const
  for (const [file, imported] of [...forbidden, ...allowed]) importing(file, imported)

  it.each(forbidden)('%s: not %s', (file) => {
    expect(found(file)).toContain('noRestrictedImports')
  })
  it.each(allowed)('%s: %s', (file) => {
    expect(found(file)).not.toContain('noRestrictedImports')
  })
})

describe('ports', () => {
  const looks = [
    ['export const a = process.env', 'noRestrictedGlobals'],
    ['export const a = fetch', 'noRestrictedGlobals'],
    ['export const a = () => setTimeout(() => {}, 1)', 'noRestrictedGlobals'],
    ['export const a = Date.now()', ports],
    ['export const a = new Date()', ports],
    ['export const a = Math.random()', ports],
    ["export { readFileSync } from 'node:fs'", ports],
    ["export const a = () => import('node:os')", ports],
  ] as const
  const cases = looks.map(([source, complaint], at) => ({
    source,
    complaint,
    inside: sample(`src/runtime-node/look-${at}.ts`, source),
    outside: sample(`src/engine/look-${at}.ts`, source),
  }))
  it.each(cases)('$source only in runtime-node', ({ inside, outside, complaint }) => {
    expect(found(outside)).toContain(complaint)
    expect(found(inside)).not.toContain(complaint)
  })

  const server = {
    socket: sample('src/sandbox/socket.ts', "export { createServer } from 'node:https'"),
    file: sample('src/sandbox/file.ts', "export { readFileSync } from 'node:fs'"),
    variable: sample('src/sandbox/variable.ts', 'export const a = process.env'),
  }
  it('a server has sockets, but neither files nor variables', () => {
    expect(found(server.socket)).not.toContain(ports)
    expect(found(server.file)).toContain(ports)
    expect(found(server.variable)).toContain('noRestrictedGlobals')
  })
})

describe('promises', () => {
  const floating = sample('src/engine/floating.ts', 'async function a() {}\n\nexport function b() {\n  a()\n}')
  it('none is left alone', () => {
    expect(found(floating)).toContain('noFloatingPromises')
  })
})
