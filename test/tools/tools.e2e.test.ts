/** The command with stand-ins for az, azd and pwsh on PATH: what it hands over, what it never shows, and that it always ends. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untilGone } from '../support/processes.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { makeStandIns, type StandInFolder } from './stand-in.ts'

let tools: StandInFolder

beforeAll(() => {
  tools = makeStandIns()
})
afterAll(() => tools.remove())

const opaque = 'canary0opaque0token0ofno0known0form'
const jwt = `eyJhbGciOiJub25lIn0.${Buffer.from('{"aud":"canary"}').toString('base64url')}.Y2FuYXJ5`

function azid(args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}): Promise<CliRun> {
  return runCli(args, { env: { PATH: tools.folder, ...env } })
}

/**
 * Asks with a limit within which the tool has written these files: a busy machine may let it do nothing in a short one.
 * Whoever waited for the tool itself would wait for longer than `runCli` does.
 */
async function azidLimited(tool: string, files: readonly string[]): Promise<CliRun> {
  for (const limit of ['300ms', '3s', '30s']) {
    for (const file of files) rmSync(path.join(tools.folder, file), { force: true })
    const run = await azid(['get-token', '-c', tool, '--process-timeout', limit, '--json'])
    if (files.every(hasWritten)) return run
  }
  throw new Error(`${tool} did not write ${files.join(' and ')} within 30 s`)
}

function hasWritten(file: string): boolean {
  const whole = path.join(tools.folder, file)
  return existsSync(whole) && readFileSync(whole, 'utf8').endsWith('\n')
}

function processIn(file: string): number {
  return Number(readFileSync(path.join(tools.folder, file), 'utf8'))
}

interface Failure {
  readonly error: {
    readonly exitCode: number
    readonly codes: readonly string[]
    readonly causes: readonly string[]
    readonly attempts: readonly {
      readonly credential: string
      readonly outcome: string
      readonly message: string
      readonly evidence: readonly { readonly kind: string; readonly what: string; readonly result: string }[]
    }[]
  }
}

function failureOf(run: CliRun): Failure['error'] {
  return (JSON.parse(run.stdout) as Failure).error
}

describe.skipIf(process.platform === 'win32')('az', () => {
  test('hands over its token, asked by resource, from a safe folder, without a terminal or a prompt', async () => {
    tools.put(
      'az',
      `pwd > "$here/cwd"; echo "$AZURE_CORE_NO_COLOR" > "$here/color"
if read -r line; then echo input > "$here/input"; else echo none > "$here/input"; fi
echo '{"accessToken": "${opaque}", "expires_on": 4795226400, "tenant": "t"}'`,
    )
    const run = await azid(['get-token', 'vault', '-c', 'azure-cli', '-t', 'contoso.com', '--json'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(run.stdout)).toMatchObject({
      accessToken: opaque,
      credential: 'AzureCliCredential',
      tenant: 't',
      expires_on: 4795226400,
      expiresOn: '2121-12-15T07:20:00Z',
    })
    expect(tools.starts('az')).toEqual([
      'account get-access-token --output json --resource https://vault.azure.net --tenant contoso.com',
    ])
    expect(readFileSync(path.join(tools.folder, 'cwd'), 'utf8')).toMatch(/^(?:\/usr)?\/bin\n$/)
    expect(readFileSync(path.join(tools.folder, 'color'), 'utf8')).toBe('true\n')
    expect(readFileSync(path.join(tools.folder, 'input'), 'utf8')).toBe('none\n')
  })

  test.each([
    ['UTC', '2026-11-21T03:04:05Z'],
    ['Asia/Kolkata', '2026-11-20T21:34:05Z'],
    ['America/New_York', '2026-11-21T08:04:05Z'],
  ])('the old expiresOn is local time: %s', async (zone, end) => {
    tools.put('az', `echo '{"accessToken": "x", "expiresOn": "2026-11-21 03:04:05.678901"}'`)
    const run = await azid(['get-token', '-c', 'az', '--json', '--min-ttl', '0s'], { TZ: zone })
    expect(JSON.parse(run.stdout)).toMatchObject({ expiresOn: end })
  })

  test('one that lies in the current folder is never started', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'azid-here-'))
    try {
      const marker = path.join(folder, 'started')
      mkdirSync(path.join(folder, 'bin'))
      for (const file of ['az', 'bin/az']) {
        writeFileSync(path.join(folder, file), `#!/bin/sh\n: > '${marker}'\n`, { mode: 0o755 })
      }
      const run = await runCli(['get-token', '-c', 'az', '--json'], { env: { PATH: '.:bin:' }, cwd: folder })
      expect(run.code).toBe(3)
      expect(failureOf(run)).toMatchObject({ causes: ['cli-not-installed'] })
      expect(run.stdout).toContain('passed over: ., bin')
      expect(existsSync(marker)).toBe(false)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  test.each([
    ['signed out: 3', `echo "Please run 'az login' to setup account." >&2; exit 1`, 3, ['cli-not-logged-in'], []],
    ['another program: 1', 'echo hello', 1, ['cli-invocation-failed'], []],
    ['a person has to act: 4', `echo 'AADSTS50076: MFA. az login' >&2; exit 1`, 4, ['mfa-required'], ['AADSTS50076']],
    [
      'a subscription that is not seen: 1',
      `echo "ERROR: Subscription 's' not found. Check the spelling and casing and try again." >&2; exit 1`,
      1,
      ['subscription-not-visible'],
      [],
    ],
  ])('%s', async (_name, body, code, causes, codes) => {
    tools.put('az', body)
    const run = await azid(['get-token', '-c', 'az', '--json'])
    expect(run.code).toBe(code)
    expect(failureOf(run)).toMatchObject({ exitCode: code, causes, codes })
  })

  test.each(['python', 'js', 'dotnet', 'java', 'go'])(
    "Entra's reason is told where the SDK looks at the advice behind it: --sdk %s",
    async (sdk) => {
      const said = 'AADSTS700082: The refresh token has expired. Run az login'
      tools.put('az', `echo '${said}' >&2; exit 1`)
      const run = await azid(['get-token', '-c', 'az', '--json', '--sdk', sdk])
      expect(run.code).toBe(4)
      expect(failureOf(run)).toMatchObject({ codes: ['AADSTS700082'], causes: ['refresh-token-expired'] })
      const evidence = failureOf(run).attempts[0]?.evidence ?? []
      expect(evidence).toContainEqual(expect.objectContaining({ kind: 'process', result: `said: ${said}` }))
      const human = await azid(['get-token', '-c', 'az', '--sdk', sdk])
      expect(human.stderr).toContain('AADSTS700082')
      expect(human.stderr).not.toContain('nobody is signed in')
    },
  )

  test("in a chain of one's own a signed-out az passes the turn on", async () => {
    tools.put('az', `echo "Please run 'az login' to setup account." >&2; exit 1`)
    tools.put('azd', `echo '{"token": "from-azd", "expiresOn": "2126-11-21T03:04:05Z"}'`)
    const run = await azid(['get-token', '-c', 'az,azd'])
    expect(run).toMatchObject({ code: 0, stdout: 'from-azd\n' })
  })

  test('in the default chain every failure passes the turn on', async () => {
    tools.put('az', `echo 'AADSTS50076: MFA' >&2; exit 1`)
    tools.put('azd', `echo '{"token": "from-azd", "expiresOn": "2126-11-21T03:04:05Z"}'`)
    const run = await azid(['get-token', '--exclude', 'managed-identity'])
    expect(run).toMatchObject({ code: 0, stdout: 'from-azd\n' })
  })

  test('--process-timeout ends it with all that it started: 5', async () => {
    tools.put('az', `/bin/sleep 300 & echo $! > "$here/child"; /bin/sleep 300`)
    const run = await azidLimited('az', ['child'])
    expect(run.code).toBe(5)
    expect(failureOf(run)).toMatchObject({ causes: ['cli-timeout'] })
    await untilGone(processIn('child'))
  })

  test('a grandchild that keeps the pipe open keeps nobody waiting', async () => {
    tools.put('az', `/bin/sleep 300 & echo $! > "$here/child"\necho '{"accessToken": "x", "expires_on": 1795226400}'`)
    const run = await azid(['get-token', '-c', 'az', '--min-ttl', '0s'])
    expect(run).toMatchObject({ code: 0, stdout: 'x\n' })
    process.kill(processIn('child'))
  })

  test('100 MB of output are no token, and no trouble', async () => {
    tools.put('az', '/usr/bin/head -c 100000000 /dev/zero | /usr/bin/tr "\\\\0" x')
    const run = await azid(['get-token', '-c', 'az', '--json', '--process-timeout', '100s'])
    expect(run.code).toBe(1)
    expect(run.stdout.length).toBeLessThan(40_000)
  })

  test('twenty processes that share a cache start one', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'azid-shared-'))
    try {
      tools.put('az', `/bin/sleep 1; echo '{"accessToken": "shared", "expires_on": 4795226400}'`)
      const env = {
        HOME: home,
        AZID_CACHE: 'file',
        XDG_CACHE_HOME: path.join(home, 'cache'),
        XDG_STATE_HOME: path.join(home, 'state'),
      }
      const runs = await Promise.all(Array.from({ length: 20 }, () => azid(['get-token', '-c', 'az'], env)))
      for (const run of runs) expect(run).toMatchObject({ code: 0, stdout: 'shared\n' })
      expect(tools.starts('az')).toHaveLength(1)
      // Another subscription of az is another account: its token is another.
      mkdirSync(path.join(home, '.azure'))
      writeFileSync(path.join(home, '.azure', 'azureProfile.json'), '{"subscriptions": []}')
      expect((await azid(['get-token', '-c', 'az'], env)).code).toBe(0)
      expect(tools.starts('az')).toHaveLength(2)
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })

  test('for different resources at once it runs once for each, and never twice at a time', async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'azid-turns-'))
    try {
      tools.put(
        'az',
        `/bin/mkdir "$here/busy" || echo overlap >> "$here/overlaps"
/bin/sleep 0.3; /bin/rmdir "$here/busy"; echo '{"accessToken": "'"$6"'", "expires_on": 4795226400}'`,
      )
      const env = {
        HOME: home,
        AZID_CACHE: 'file',
        XDG_CACHE_HOME: path.join(home, 'cache'),
        XDG_STATE_HOME: path.join(home, 'state'),
      }
      const targets = ['arm', 'graph', 'vault', 'storage', 'sql', 'https://one.example', 'https://two.example']
      const runs = await Promise.all(targets.map((target) => azid(['get-token', target, '-c', 'az'], env)))
      for (const run of runs) expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^https:/) })
      expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(targets.length)
      expect(tools.starts('az')).toHaveLength(targets.length)
      expect(existsSync(path.join(tools.folder, 'overlaps'))).toBe(false)
    } finally {
      rmSync(home, { recursive: true, force: true })
    }
  })
})

describe.skipIf(process.platform === 'win32').each([
  ['az', '{"accessToken": "x", "expires_on": 4795226400}', 1],
  ['azd', '{"token": "x", "expiresOn": "2126-11-21T03:04:05Z"}', 1],
  // All that goes wrong with PowerShell is unavailable to the SDK.
  ['pwsh', 'azsdk%%x%%4795226400\\n', 3],
])('%s that behaves badly', (tool, answer, failed) => {
  test('does not heed SIGTERM: the limit ends it with all that it started', async () => {
    tools.put(
      tool,
      `trap '' TERM; /bin/sleep 300 & echo $! > "$here/child"; echo $$ > "$here/self"; while :; do /bin/sleep 1; done`,
    )
    const run = await azidLimited(tool, ['child', 'self'])
    expect(run.code).toBe(5)
    expect(failureOf(run)).toMatchObject({ causes: ['cli-timeout'] })
    for (const name of ['child', 'self']) await untilGone(processIn(name))
  })

  test('leaves a child that keeps the pipe open', async () => {
    tools.put(tool, `/bin/sleep 300 & echo $! > "$here/child"\nprintf '${answer}'`)
    expect(await azid(['get-token', '-c', tool])).toMatchObject({ code: 0, stdout: 'x\n' })
    process.kill(processIn('child'))
  })

  test('is killed while a child of it keeps the pipe open', async () => {
    tools.put(tool, `/bin/sleep 300 & echo $! > "$here/child"; kill -9 $$`)
    const run = await azid(['get-token', '-c', tool, '--json'])
    expect(run.code).toBe(failed)
    process.kill(processIn('child'))
  })

  test.each(['', ' >&2'])('prints 100 MB%s', async (where) => {
    tools.put(tool, `/usr/bin/head -c 100000000 /dev/zero | /usr/bin/tr "\\0" x${where}; exit 1`)
    const run = await azid(['get-token', '-c', tool, '--json', '--process-timeout', '100s'])
    expect(run.code).toBe(failed)
    expect(run.stdout.length).toBeLessThan(60_000)
  })

  test('prints what is no UTF-8', async () => {
    tools.put(tool, "printf '\\377\\376\\000'")
    const run = await azid(['get-token', '-c', tool, '--json'])
    expect(run.code).toBe(3)
    expect(failureOf(run).attempts[0]?.outcome).toBe('unavailable')
  })
})

describe.skipIf(process.platform === 'win32')('tokens in what a tool prints are never shown', () => {
  const outputs = [
    `{"accessToken": "${opaque}", "expires_on": "soon"}`,
    `{"accessToken":"${opaque}"}`,
    `{"accessToken": "${opaque}`,
    `WARNING: x {"accessToken": "${opaque}", "expires_on": 1795226400}`,
    `{"token": "${opaque}"}`,
    `{"refresh_token":"${opaque}"}`,
    `azsdk%${opaque}%soon`,
    `azsdk%${opaque}`,
    `azsdk%${opaque}%1%2`,
    `the token is ${jwt}`,
    `Bearer ${jwt} and more`,
    `${opaque.repeat(5)}`,
  ]
  test.each(
    ['az', 'azd', 'pwsh'].flatMap((tool) =>
      outputs.flatMap((output) => [
        [tool, output, 'stdout, exit 0', `/bin/cat "$here/said"`] as const,
        [tool, output, 'stderr, exit 1', `/bin/cat "$here/said" >&2; exit 1`] as const,
      ]),
    ),
  )('%s prints %s: %s', async (tool, output, _where, body) => {
    writeFileSync(path.join(tools.folder, 'said'), output)
    tools.put(tool, body)
    const run = await azid(['get-token', '-c', tool, '--json', '--debug', '-v'])
    const human = await azid(['get-token', '-c', tool, '-v'])
    const shown = [run.stdout, run.stderr, human.stdout, human.stderr].join('\n')
    expect(run.code).not.toBe(0)
    expect(shown).not.toContain(opaque)
    expect(shown).not.toContain(jwt.split('.')[1])
  })
})

describe.skipIf(process.platform === 'win32')('azd and PowerShell', () => {
  test('azd is asked by scope', async () => {
    tools.put(
      'azd',
      `echo "$NO_COLOR" > "$here/color"; echo '{"token": "from-azd", "expiresOn": "2126-11-21T03:04:05Z"}'`,
    )
    const run = await azid(['get-token', 'vault', '-c', 'azd', '-t', 'contoso.com'], { TZ: 'Asia/Kolkata' })
    expect(run).toMatchObject({ code: 0, stdout: 'from-azd\n' })
    expect(tools.starts('azd')).toEqual([
      'auth token --output json --no-prompt --scope https://vault.azure.net/.default --tenant-id contoso.com',
    ])
    expect(readFileSync(path.join(tools.folder, 'color'), 'utf8')).toBe('true\n')
  })

  test('azd tells the time in UTC, whatever the zone here', async () => {
    tools.put('azd', `echo '{"token": "from-azd", "expiresOn": "2126-11-21T03:04:05Z"}'`)
    const run = await azid(['get-token', '-c', 'azd', '--json'], { TZ: 'Asia/Kolkata' })
    expect(JSON.parse(run.stdout)).toMatchObject({ expiresOn: '2126-11-21T03:04:05Z' })
  })

  test("Entra's refusal within azd's lines of JSON is kept", async () => {
    tools.put(
      'azd',
      `echo '{"type":"consoleMessage","data":{"message":"ERROR: fetching token: AADSTS70043: expired"}}' >&2; exit 1`,
    )
    const run = await azid(['get-token', '-c', 'azd', '--json'])
    expect(run.code).toBe(4)
    expect(failureOf(run)).toMatchObject({ codes: ['AADSTS70043'], causes: ['signin-frequency'] })
    expect(failureOf(run).attempts[0]?.message).toBe('ERROR: fetching token: AADSTS70043: expired')
  })

  test('PowerShell gets one script, which asks Az.Accounts', async () => {
    tools.put('pwsh', `printf '%s' "$4" > "$here/script"; printf '\\nazsdk%%from-pwsh%%4795226400\\n'`)
    const run = await azid(['get-token', 'vault', '-c', 'pwsh', '-t', 'contoso.com'])
    expect(run).toMatchObject({ code: 0, stdout: 'from-pwsh\n' })
    expect(tools.starts('pwsh')[0]).toMatch(/^-NoProfile -NonInteractive -EncodedCommand [A-Za-z0-9+/]+=*$/)
    const script = Buffer.from(readFileSync(path.join(tools.folder, 'script'), 'utf8'), 'base64').toString('utf16le')
    for (const part of [
      "Import-Module Az.Accounts -MinimumVersion '2.2.0'",
      "ResourceUrl = 'https://vault.azure.net'",
      "$asked['TenantId'] = 'contoso.com'",
      "-ge [version]'2.17.0' -and $module.Version -lt [version]'5.0.0'",
      'Get-AzAccessToken @asked',
    ]) {
      expect(script).toContain(part)
    }
  })

  test("Entra's refusal is kept where the SDK hides what PowerShell says", async () => {
    tools.put('pwsh', `echo 'Get-AzAccessToken: AADSTS50076: MFA' >&2; exit 1`)
    const run = await azid(['get-token', '-c', 'pwsh', '--json'])
    expect(run.code).toBe(4)
    expect(failureOf(run)).toMatchObject({ codes: ['AADSTS50076'], causes: ['mfa-required'] })
  })
})
