import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { RunCommand } from '../../src/cli/invocation.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { exitCodes } from '../../src/exit-codes.ts'
import { main } from '../../src/main.ts'
import { UsageError } from '../../src/usage-error.ts'
import { releasedOn, version } from '../../src/version.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'
import { expectSchema } from '../support/schemas.ts'

async function run(argv: readonly string[], options: FakeRuntimeOptions = {}) {
  const runtime = fakeRuntime(options)
  const code = await main(argv, runtime)
  return { code, stdout: runtime.stdout, stderr: runtime.stderr }
}

describe('version', () => {
  test('is that of package.json', () => {
    const { version: packaged } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
    expect(version).toBe(packaged)
    expect(new Date(releasedOn).toISOString()).toMatch(/^\d{4}/)
  })
  test.each([[['--version']], [['-V']], [['-v', '--version']]])('azid %s', async (argv) => {
    expect(await run(argv)).toEqual({ code: 0, stdout: `azid ${version}\n`, stderr: '' })
  })
})

describe('help', () => {
  test('no arguments: the overview, on stdout, and that is no error', async () => {
    const bare = await run([])
    expect(bare).toMatchObject({ code: 0, stderr: '' })
    expect(bare).toEqual(await run(['--help']))
    expect(bare).toEqual(await run(['help']))
  })
  test('bold headings on a terminal, none without colour', async () => {
    const terminal = { isTerminal: true }
    expect((await run(['help', 'exit-codes'], terminal)).stdout).toContain('\u001b[1mExit codes\u001b[22m')
    expect((await run(['help', 'exit-codes'])).stdout).not.toContain('\u001b')
    expect((await run(['help', 'exit-codes'], { ...terminal, env: { NO_COLOR: '1' } })).stdout).not.toContain('\u001b')
    expect((await run(['get-token', '--no-color', '--help'], terminal)).stdout).not.toContain('\u001b')
  })
  test('every exit code has its line', async () => {
    const { stdout } = await run(['help', 'exit-codes'])
    for (const { code } of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^ {2}${code} `, 'm'))
  })
})

describe('a wrong command line', () => {
  test('is said on stderr, with source and remedy, exit 2', async () => {
    expect(await run(['get-token', '-t', 'a b'])).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        "error: 'a b' is neither a tenant id (a GUID) nor a domain name",
        'from   --tenant',
        'do     give the id of the directory or one of its domains, for example',
        '       contoso.onmicrosoft.com, without quotes or spaces',
        '',
      ].join('\n'),
    })
  })

  test('with a near spelling', async () => {
    expect(await run(['get-tokn'])).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error: 'get-tokn' is not a command of `azid`; did you mean `azid get-token`?\ndo     see azid --help for the commands\n",
    })
  })

  test.each([
    [['get-token', '--json', '-t', 'a b']],
    [['get-token', '-o', 'json', '-t', 'a b']],
    [['get-token', '--output=json', '-t', 'a b']],
    [['get-token', '-ojson', '-t', 'a b']],
    [['--json', 'get-token', '-t', 'a b']],
  ])('%j: is JSON on stdout, and no text beside it', async (argv) => {
    const { code, stdout, stderr } = await run(argv)
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    const answer: unknown = JSON.parse(stdout)
    expectSchema('error', answer)
    expect(answer).toEqual({
      schemaVersion: 1,
      error: {
        exitCode: 2,
        message: "'a b' is neither a tenant id (a GUID) nor a domain name (from --tenant)",
        fix: expect.stringContaining('contoso.onmicrosoft.com'),
        codes: [],
        causes: [],
        attempts: [],
      },
    })
  })

  test('controls and pipeline commands from the command line are shown, not obeyed', async () => {
    const { stderr } = await run(['get-token', '-t', '\u001b[31mred\n::error::x\n##vso[task]'])
    expect(stderr).not.toContain('\u001b')
    expect(stderr).not.toMatch(/^(?:::|##)/m)
  })

  test('nothing outside is looked at but the variables', async () => {
    expect((await run(['get-token', '--min-ttl', 'x', '--certificate', '/nowhere'])).code).toBe(2)
  })
})

describe('what a command does ends here', () => {
  async function runOwn(
    command: RunCommand,
    argv: readonly string[] = ['completion', 'bash'],
    options: FakeRuntimeOptions = {},
  ) {
    const runtime = fakeRuntime(options)
    const code = await main(argv, runtime, async (words, env) => {
      const line = await parseCommandLine(words, env)
      return line.kind === 'run' ? { ...line, row: { ...line.row, load: async () => ({ run: command }) } } : line
    })
    return { code, stdout: runtime.stdout, stderr: runtime.stderr }
  }

  test('the name of an exit code becomes its number, a number stays', async () => {
    expect(await runOwn(async () => 'person')).toEqual({ code: 4, stdout: '', stderr: '' })
    expect(await runOwn(async () => 42)).toEqual({ code: 42, stdout: '', stderr: '' })
  })

  test('a usage error of the command itself is one like any other', async () => {
    const { code, stderr } = await runOwn(async () => {
      throw new UsageError({ message: "the scope 'x y' holds a space", source: '--scope' })
    })
    expect({ code, stderr }).toEqual({ code: 2, stderr: "error: the scope 'x y' holds a space\nfrom   --scope\n" })
  })

  test('a secret in a usage error is gone, also where the line would break', async () => {
    const secret = 'correct horse battery staple'
    const wrong: RunCommand = async () => {
      throw new UsageError({ message: `the words that were given, which are ${secret}, will not do`, fix: secret })
    }
    const env = { AZURE_CLIENT_SECRET: secret }
    const said = await runOwn(wrong, ['whoami'], { env })
    expect(said.stderr).toBe('error: the words that were given, which are ***, will not do\ndo     ***\n')
    const json = await runOwn(wrong, ['whoami', '--json'], { env })
    expect(JSON.parse(json.stdout).error).toMatchObject({
      message: 'the words that were given, which are ***, will not do',
      fix: '***',
    })
  })

  test('a bug: exit 70, name, message, stack and where to report, and no secret', async () => {
    const secret = 'pa55word-of-the-client'
    const encoded = Buffer.from(secret).toString('base64url')
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.'
    const result = await runOwn(
      async () => {
        throw new TypeError(`no luck with ${secret} ${encoded} ${encodeURIComponent(secret)} ${jwt}\u001b[31m`)
      },
      ['completion', 'bash'],
      { env: { AZURE_CLIENT_SECRET: secret } },
    )
    expect(result.code).toBe(70)
    expect(result.stdout).toBe('')
    expect(result.stderr).toMatch(
      /^error: azid ended unexpectedly: TypeError: no luck with \*\*\* \*\*\* \*\*\* \*\*\*/,
    )
    expect(result.stderr).toContain('This is a bug in azid')
    expect(result.stderr).toContain(`azid ${version}, Node `)
    expect(result.stderr).toContain('main.test.ts')
    for (const part of [secret, encoded, 'eyJ', '\u001b']) expect(result.stderr).not.toContain(part)
  })

  test('a bug under --json is JSON on stdout too', async () => {
    const { code, stdout, stderr } = await runOwn(async () => {
      throw new Error('Bearer abcdefgh12345678 at https://me:pw1234@host/x')
    }, ['whoami', '--json'])
    expect(code).toBe(70)
    const answer: unknown = JSON.parse(stdout)
    expectSchema('error', answer)
    expect(answer).toMatchObject({
      error: { exitCode: 70, message: 'azid ended unexpectedly: Error: Bearer *** at https://***@host/x' },
    })
    expect(stderr).not.toMatch(/abcdefgh|pw1234/)
  })

  test('something thrown that is no Error is told as it is', async () => {
    const { code, stderr } = await runOwn(async () => {
      throw 'just words'
    })
    expect(code).toBe(70)
    expect(stderr).toMatch(/^error: azid ended unexpectedly: just words\n/)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s is no bug: exit %d and silence', async (signal, expected) => {
    const runtime = fakeRuntime()
    const code = await main(['completion', 'bash'], runtime, async (words, env) => {
      const line = await parseCommandLine(words, env)
      if (line.kind !== 'run') return line
      const run: RunCommand = async () => {
        runtime.interrupt(signal)
        throw runtime.interrupted.reason
      }
      return { ...line, row: { ...line.row, load: async () => ({ run }) } }
    })
    expect(code).toBe(expected)
    expect(runtime.stdout + runtime.stderr).toBe('')
  })
})
