// biome-ignore-all lint/suspicious/noTemplateCurlyInString: files hold such references
import { describe, expect, test } from 'vitest'
import { isYaml, parseEnvironment } from '../../src/environment-text.ts'

const read = (text: string): Record<string, string> =>
  Object.fromEntries(parseEnvironment(new TextEncoder().encode(text)))

describe('variables in every form that programs keep them in', () => {
  const cases: readonly (readonly [string, string, Record<string, string>])[] = [
    ['plain lines', 'A=1\nB=two words\n', { A: '1', B: 'two words' }],
    [
      'comments, empty lines, space around',
      '# head\n\n  A = 1  \n; systemd\nB=2 # tail\nC=a#b\n',
      { A: '1', B: '2', C: 'a#b' },
    ],
    ['a value that is a comment only is empty', 'A=# nothing\nB=\n', { A: '', B: '' }],
    ['single quotes keep everything', 'A=\'$HOME \\n "x" # y\'\n', { A: '$HOME \\n "x" # y' }],
    ['double quotes read escapes', 'A="line\\nnext \\"q\\" \\\\ \\$x"\n', { A: 'line\nnext "q" \\ $x' }],
    [
      'a quoted value over several lines',
      'A="-----BEGIN\nabc\n-----END"\nB=1\n',
      { A: '-----BEGIN\nabc\n-----END', B: '1' },
    ],
    ['a comment behind a quoted value', 'A="x" # y\nB=1', { A: 'x', B: '1' }],
    ['export, as shells print it', 'export A=1\ndeclare -x B="2"\n', { A: '1', B: '2' }],
    [
      'set, as cmd.exe prints and takes it',
      'set A=1\r\nProgramFiles(x86)=C:\\Program Files\r\n',
      { A: '1', 'ProgramFiles(x86)': 'C:\\Program Files' },
    ],
    ['the output of env, a value of several lines', 'A=first\nsecond\nB=1\n', { A: 'first\nsecond', B: '1' }],
    ['a later line wins', 'A=1\nA=2\n', { A: '2' }],
    [
      'variables that stand above',
      "A=x\nB=${A}/y\nC=${D:-z}\nE=${A:-q}\nF='${A}'\n",
      { A: 'x', B: 'x/y', C: 'z', E: 'x', F: '${A}' },
    ],
    ['a variable that is nowhere stays as it is', 'A=${NOWHERE}\n', { A: '${NOWHERE}' }],
    [
      'a unit of systemd',
      '[Service]\nEnvironment="A=b c" D=e\nEnvironment=F=g\nEnvironmentFile=/etc/x\nExecStart=/bin/x\n',
      { A: 'b c', D: 'e', F: 'g', ExecStart: '/bin/x' },
    ],
    ['a line that goes on', 'A=one \\\n  two\nB=1\n', { A: 'one two', B: '1' }],
    [
      'NUL between entries, as in /proc',
      'A=1\0B=two\nlines\0C=\0D=e=f\0',
      { A: '1', B: 'two\nlines', C: '', D: 'e=f' },
    ],
    ['a byte order mark', '\ufeffA=1\n', { A: '1' }],
    ['nothing', '', {}],
    ['no variables at all', 'hello\nworld\n', {}],
  ]
  test.each(cases)('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  test("what PowerShell's `>` writes: UTF-16", () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('A=1\r\nB=ü\r\n', 'utf16le')])
    expect(Object.fromEntries(parseEnvironment(bytes))).toEqual({ A: '1', B: 'ü' })
  })

  test('a quote that never closes is part of the value', () => {
    expect(read('A="open\nB=1\n')).toEqual({ A: '"open', B: '1' })
  })

  test.each([
    ['by its name', 'x.yml', 'A=1\n', true],
    ['by its services', 'stdin', 'name: x\nservices:\n  web:\n', true],
    ['by its services in quotes, on Windows', 'stdin', '"services" :\r\n  web:\r\n', true],
    ['by its services in one line', 'stdin', 'services: {web: {}}\n', true],
    ['behind much else', 'stdin', `x-a: &a\n${'  - b\n'.repeat(50_000)}services:\n`, true],
    ['as JSON', 'stdin', '\n{"services": {}}', true],
    ['not by a variable', '.env', 'services=1\nA=services:\nB= services:\n', false],
    ['not by a longer word', '.env', 'services:8080\nmyservices: 1\n', false],
  ])('YAML is told from lines: %s', (_, name, text, expected) => {
    expect(isYaml(name, Buffer.from(text))).toBe(expected)
  })

  test('a megabyte is read at once', () => {
    const text = Array.from({ length: 40_000 }, (_, at) => `NAME_${at}="value ${at}"`).join('\n')
    expect(Object.keys(read(text))).toHaveLength(40_000)
  })
})
