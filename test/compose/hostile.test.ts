/** Compose files that are broken, huge or made to harm: one fault with its place, soon, and never a word of what they hold. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: files hold such references
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InterpolationError, interpolate } from '../../src/compose/interpolate.ts'
import { ComposeFault } from '../../src/compose/model.ts'
import { readVariableFile, VariableFileError } from '../../src/compose/variable-file.ts'
import { readYaml } from '../../src/compose/yaml.ts'
import { openFiles } from './open-files.ts'

async function faultOf(files: Readonly<Record<string, string | Uint8Array>>, service = 'web'): Promise<string> {
  const resolved = openFiles(files).then((project) => project.resolve(service))
  const error: unknown = await resolved.catch((reason: unknown) => reason)
  if (!(error instanceof ComposeFault)) throw new Error('it was not refused', { cause: error })
  return `${error.place} ${error.message}`
}

const web = (rows: string): string => `services:\n  web:\n${rows.replace(/^/gm, '    ')}\n`

describe('each fault with its place', () => {
  const canary = 'canary-5ecret'
  test.each([
    ['a tab', 'services:\n\tweb:\n', 'compose.yaml:2 is indented with a tab'],
    [
      'a key that comes twice',
      web('environment:\n  A: 1\n  A: canary-5ecret'),
      'compose.yaml:5 says a key a second time',
    ],
    ['a quote that never ends', web(`environment:\n  A: "${canary}`), 'compose.yaml:'],
    [
      'an alias within its own anchor',
      web('environment: &a\n  B: *a'),
      'names the anchor `a`, in which it stands itself',
    ],
    ['an alias of nothing', web('environment: *nope'), 'compose.yaml:3 names the anchor `nope`, which stands nowhere'],
    ['an alias above its anchor', web('environment: *later\nx: &later {}'), 'which stands nowhere above'],
    ['a merge of a word', web(`environment:\n  <<: ${canary}`), 'compose.yaml:4 merges (`<<`) what is no map'],
    ['brackets without end', '['.repeat(100_000), 'compose.yaml:1 is nested deeper than 100 levels'],
    ['dashes without end', '- '.repeat(50_000), 'compose.yaml:1 is nested deeper'],
    [
      'steps without end',
      Array.from({ length: 1200 }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
      'is nested deeper',
    ],
    ['a list at the top', '- a\n', 'compose.yaml:1 a Compose file has to be a map'],
    ['services that are a list', 'services:\n  - web\n', 'compose.yaml:2 `services` has to be a map'],
    ['a service that is a word', 'services:\n  web: hello\n', 'compose.yaml:2 a service has to be a map'],
    [
      'an environment that is a word',
      web(`environment: ${canary}`),
      'compose.yaml:3 `environment` has to be a map or a list',
    ],
    ['a value that is a map', web(`environment:\n  A: {b: ${canary}}`), 'the value of `A` has to be a single value'],
    ['a NUL in a value', web(`environment:\n  A: "${canary}\\0"`), 'compose.yaml:4 the value of `A` holds a NUL'],
    ['a reference that never ends', web(`environment:\n  A: "\${${canary}"`), 'compose.yaml:4 has a reference that'],
    [
      'a required variable',
      web('environment:\n  A: ${TENANT:?say which}'),
      'compose.yaml:4 requires TENANT, which is not set here: say which',
    ],
    [
      'an env file that is not there',
      web('env_file: nope.env'),
      'compose.yaml:3 names the env file `nope.env`, which is not there',
    ],
    [
      'an env file of an unknown format',
      web('env_file:\n  - path: x\n    format: toml'),
      'a format of env files other than `raw`',
    ],
    ['a service that extends itself', web('extends: web'), 'compose.yaml:3 extends a service that extends it in turn'],
    [
      'a file that extends itself',
      web('extends: {file: compose.yaml, service: web}'),
      'extends a service that extends it in turn',
    ],
    [
      'an extended file from elsewhere',
      web('extends: {file: https://x.y/z.yaml, service: web}'),
      'is not on this machine',
    ],
    [
      'an extended service that is not there',
      web('extends: nope'),
      'compose.yaml:3 extends `nope`, of which the file says nothing',
    ],
    [
      'an extended file that is not there',
      web('extends: {file: b.yaml, service: web}'),
      'compose.yaml:3 names `b.yaml`, which is not there',
    ],
    ['an included file from elsewhere', `include: ["oci://x/y"]\n${web('image: a')}`, 'is not on this machine'],
    ['an included file that is not there', `include: [b.yaml]\n${web('image: a')}`, 'compose.yaml:1 names `b.yaml`'],
    ['a file that includes itself', `include: [compose.yaml]\n${web('image: a')}`, 'by which it is included itself'],
    ['a megabyte too much', `#${'x'.repeat(1024 * 1024)}\n${web('image: a')}`, 'compose.yaml is larger than 1 MiB'],
  ])('%s', async (_, text, says) => {
    const fault = await faultOf({ 'compose.yaml': text })
    expect(fault).toContain(says)
    expect(fault).not.toContain(canary)
  })

  test.each([
    ['a name with a space', 'A=1\nB C=canary\n', 'web.env:2 is no `NAME=value`'],
    ['a quote that never ends', 'A=1\n\nB="canary\n', 'web.env:3 begins a quoted value that never ends'],
    ['a reference that never ends', 'A=${canary\n', 'web.env:1 has a reference that Compose does not know'],
    ['a required variable', '# x\nA=${X:?}\n', 'web.env:2 requires X, which is not set here'],
    ['a megabyte too much', 'x'.repeat(1024 * 1024 + 1), 'compose.yaml:3 names `web.env`: too-large'],
  ])('of an env file: %s', async (_, text, says) => {
    const fault = await faultOf({ 'compose.yaml': web('env_file: web.env'), 'web.env': text })
    expect(fault).toContain(says)
    expect(fault).not.toContain('canary')
  })

  test.each([
    [
      'the Compose file',
      { 'compose.yaml': latin1(`# one\n${web('environment:\n  A: "é"')}`) },
      'compose.yaml:5 is not UTF-8',
    ],
    [
      'an env file',
      { 'compose.yaml': web('env_file: web.env'), 'web.env': latin1('A=1\nB=é\n') },
      'web.env:2 is not UTF-8',
    ],
    ['the .env beside it', { 'compose.yaml': web('image: a'), '.env': latin1('B=é\n') }, '.env:1 is not UTF-8'],
  ])('%s that is not UTF-8', async (_, files, says) => {
    expect(await faultOf(files)).toContain(says)
  })

  test('files without end', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`${at}.yaml`, web(`extends: {file: ${at + 1}.yaml, service: web}`)]),
    )
    expect(await faultOf({ 'compose.yaml': web('extends: {file: 0.yaml, service: web}'), ...chain })).toContain(
      'goes beyond 200 files',
    )
  })
})

function latin1(text: string): Uint8Array {
  return Buffer.from(text, 'latin1')
}

describe('bombs', () => {
  test('aliases of aliases cost no more than they are long', async () => {
    const names = 'abcdefghijklmnopqrstuvwxyz'.split('')
    const rows = names.map(
      (name, at) =>
        `x-${name}: &${name} [${Array(9)
          .fill(at === 0 ? 'x' : `*${names[at - 1]}`)
          .join(', ')}]`,
    )
    const project = await openFiles({ 'compose.yaml': `${rows.join('\n')}\n${web('environment:\n  A: b')}` })
    expect([...(await project.resolve('web')).variables.keys()]).toEqual(['A'])
    const used = `${rows.join('\n')}\n${web('environment: *z')}`
    expect(await faultOf({ 'compose.yaml': used })).toContain('has to be a single value')
  })

  test('merge keys that copy and copy', () => {
    const keys = Array.from({ length: 1000 }, (_, at) => `k${at}: 1`).join(', ')
    const read = readYaml(`x: &x {${keys}}\n${Array.from({ length: 200 }, (_, at) => `y${at}: {<<: *x}`).join('\n')}`)
    expect(read).toEqual({ ok: false, error: { line: 1, what: 'goes beyond 100000 entries in one file' } })
  })

  test('defaults within defaults', () => {
    const deep = `${'${A:-'.repeat(50)}x${'}'.repeat(50)}`
    expect(() => interpolate(deep, () => undefined)).toThrow(InterpolationError)
    expect(interpolate(`${'${A:-'.repeat(10)}x${'}'.repeat(10)}`, () => undefined).text).toBe('x')
  })

  test('includes that each include two', async () => {
    const two = (at: number): string => `include: [${at + 1}.yaml, ./${at + 1}.yaml]\n`
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`${at}.yaml`, two(at)]))
    expect(await faultOf({ 'compose.yaml': 'include: [0.yaml]\n', ...files, '40.yaml': web('image: a') })).toContain(
      'goes beyond 200 inclusions',
    )
  })

  test('services that each extend the next, in every file of a long row', async () => {
    const row = (at: number): string => `  s${at}: {extends: s${at + 1}}`
    const services = `services:\n${Array.from({ length: 60 }, (_, at) => row(at)).join('\n')}\n  s60: {image: a}\n`
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`${at}.yaml`, `include: [${at + 1}.yaml]\n${services}`]),
    )
    const all = { 'compose.yaml': `include: [0.yaml]\n${services}`, ...files, '30.yaml': services }
    expect(await faultOf(all, 's0')).toContain('leads on and on')
  })
})

describe('whatever stands in them', () => {
  const noise = fc.string({
    unit: fc.constantFrom(...'ab:-?&*!|>{}[]",\'#%@<\n\t ${}=\\0é~'.split('')),
    maxLength: 200,
  })

  test('YAML is read or has a fault, and nothing is thrown', () => {
    fc.assert(
      fc.property(noise, (text) => {
        const read = readYaml(text)
        if (!read.ok) expect(read.error.line).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  test('references are filled or refused', () => {
    fc.assert(
      fc.property(noise, (text) => {
        try {
          expect(typeof interpolate(text, (name) => (name === 'a' ? 'A' : undefined)).text).toBe('string')
        } catch (error) {
          expect(error).toBeInstanceOf(InterpolationError)
        }
      }),
      { numRuns: 500 },
    )
  })

  test('files of variables are read or refused', () => {
    fc.assert(
      fc.property(noise, fc.constantFrom('dotenv' as const, 'raw' as const), (text, format) => {
        try {
          for (const { line } of readVariableFile(text, format, () => undefined).values()) {
            expect(line).toBeLessThanOrEqual(text.split('\n').length)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(VariableFileError)
        }
      }),
      { numRuns: 500 },
    )
  })
})
