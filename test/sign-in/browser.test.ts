/** Signing in with the browser, through the whole command: the sandbox's pages, our listener, and what can come in between. */
import { expect, test } from 'vitest'
import type { LoopbackAnswer } from '../../src/runtime.ts'
import { defaultDirectoryFile } from '../../src/sandbox/default-directory.ts'
import { expectSchema } from '../support/schemas.ts'
import { claimsOf, comeBack, directoryWith, megan, type RunOptions, signInAs, startMachine } from './support/world.ts'

const asMegan = { username: megan.userPrincipalName }

test('login opens the browser, signs in, and the page says so', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['login'], { inBrowser: signInAs(asMegan, pages) })
  expect(run).toMatchObject({
    code: 0,
    stdout: `signed in as ${megan.userPrincipalName} in tenant ${machine.sandbox.tenantId}; azid logout forgets it\n`,
  })
  expect(run.stderr).toContain('Opening your browser to sign in')
  expect(pages[0]?.status).toBe(200)
  expect(pages[0]?.body).toContain('You are signed in')
  expect(pages[0]?.body).toContain(megan.userPrincipalName)
  expect(machine.runtime.loopback.ports).toEqual([])
})

test('asks with PKCE, a state, a nonce and a loopback address of its own port', async () => {
  const machine = await startMachine()
  let asked = new URLSearchParams()
  const run = await machine.run(['login', '--json', '--tenant', 'contoso.com'], {
    inBrowser: (url, at) => {
      asked = new URL(url).searchParams
      return signInAs(asMegan)(url, at)
    },
  })
  expect(run.code).toBe(0)
  expect(Object.fromEntries(asked)).toMatchObject({
    client_id: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    response_type: 'code',
    response_mode: 'query',
    code_challenge_method: 'S256',
    prompt: 'select_account',
    redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+$/),
  })
  for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/)
  const verifier = new URLSearchParams(run.sent.find(({ url }) => url.includes('/token'))?.body).get('code_verifier')
  expect(verifier).toMatch(/^[\w-]{43}$/)
  for (const line of run.stderr.trim().split('\n')) expectSchema('sign-in-event', JSON.parse(line))
  expectSchema('login', JSON.parse(run.stdout))
})

test('--redirect-uri chooses host, port and path; --username is the hint', async () => {
  const machine = await startMachine()
  let asked = new URLSearchParams()
  const run = await machine.run(
    ['login', '--redirect-uri', 'http://localhost:8400', '--username', megan.userPrincipalName],
    {
      inBrowser: (url, at) => {
        asked = new URL(url).searchParams
        return signInAs(asMegan)(url, at)
      },
    },
  )
  expect(run.code).toBe(0)
  expect(asked.get('redirect_uri')).toBe('http://localhost:8400')
  expect(asked.get('login_hint')).toBe(megan.userPrincipalName)
})

test('a redirect URI that is not of this machine is refused before anything is sent', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login', '--redirect-uri', 'https://example.com/back'])
  expect(run.code).toBe(1)
  expect(run.sent).toEqual([])
  expect(run.stderr).toContain('redirect URI')
})

test('a port in use is said, with what to do', async () => {
  const machine = await startMachine({ portsInUse: [8400] })
  const run = await machine.run(['login', '--redirect-uri', 'http://localhost:8400'])
  expect(run.code).toBe(3)
  expect(run.stderr).toContain("Couldn't start an HTTP server on localhost")
  expect(run.stderr.replace(/\s+/g, ' ')).toContain('port 8400 is taken by another program')
})

test('a redirect URI that is not registered: the person sees it at the sign-in page, and the run waits for its limit', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login', '--redirect-uri', 'http://localhost:8400/elsewhere', '--timeout', '2m'], {
    inBrowser: signInAs(asMegan),
    timeFlies: true,
  })
  expect(run.code).toBe(5)
  expect(run.stderr.replace(/\s+/g, ' ')).toContain('Still waiting')
})

test('after half a minute it says once that it still waits, and what to do; no sooner', async () => {
  const machine = await startMachine()
  for (const [timeout, times] of [
    ['30s', 0],
    ['31s', 1],
    ['5m', 1],
  ] as const) {
    const run = await machine.run(['login', '--timeout', timeout], { timeFlies: true })
    expect(run.stderr.match(/Still waiting/g) ?? []).toHaveLength(times)
    if (times > 0) expect(run.stderr).toContain('azid explain')
  }
  const json = await machine.run(['login', '--json'], { timeFlies: true })
  const events = json.stderr.trim().split('\n')
  for (const line of events) expectSchema('sign-in-event', JSON.parse(line))
  expect(JSON.parse(events[1] ?? '')).toEqual({ schemaVersion: 1, event: 'still-waiting', leftMs: 270_000 })
})

test.each([[[]], [['--timeout', '40s']], [['-q', '--timeout', '40s']]])(
  'nobody came back (%j): what to try',
  async (args) => {
    const machine = await startMachine()
    const { code, stderr } = await machine.run(['login', ...args], { timeFlies: true })
    expect(code).toBe(5)
    expect(stderr).toContain(`Timed out after waiting ${args.length === 0 ? 300 : 40} seconds`)
    expect(stderr).toContain('--timeout 10m')
    expect(stderr).toContain('azid login --device-code')
  },
)

test('nobody comes back: five minutes, then 5', async () => {
  const machine = await startMachine()
  const began = machine.runtime.clock.now()
  const run = await machine.run(['login'], { timeFlies: true })
  expect(run.code).toBe(5)
  expect(machine.runtime.clock.now() - began).toBe(300_000)
  expect(run.stderr).toContain('Timed out after waiting 300 seconds for the user to authenticate')
  expect(machine.runtime.loopback.ports).toEqual([])
})

test('Ctrl-C while the browser is open: 130, and the port is free again', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login'], {
    inBrowser: (_, { runtime }) => {
      runtime.interrupt()
      return null
    },
  })
  expect(run.code).toBe(130)
  expect(machine.runtime.loopback.ports).toEqual([])
})

test('a refusal of the authority is the outcome, with its codes and causes, and the page shows it escaped', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const description =
    'AADSTS50105: <script>alert(1)</script> "&\' \u202e Trace ID: 11111111-1111-4111-8111-111111111111'
  const run = await machine.run(['get-token', '-c', 'interactive-browser', '--json'], {
    inBrowser: comeBack(
      (query) => ({ state: query.get('state') ?? '', error: 'interaction_required', error_description: description }),
      pages,
    ),
  })
  expect(run.code).toBe(4)
  const { error } = JSON.parse(run.stdout)
  expect(error.codes).toEqual(['AADSTS50105'])
  expect(pages[0]?.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&#39;')
  expect(pages[0]?.body).not.toContain('<script')
  expect(pages[0]?.body).not.toContain('\u202e')
})

test('declined: the page and the terminal say so, with exit 4', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['login'], {
    inBrowser: comeBack(
      (query) => ({
        state: query.get('state') ?? '',
        error: 'access_denied',
        error_description: 'AADSTS65004: declined',
      }),
      pages,
    ),
  })
  expect(run.code).toBe(4)
  expect(pages[0]?.body).toContain('The sign-in was declined')
})

test('a redirect with neither code nor error ends the wait', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['login'], {
    inBrowser: comeBack((query) => ({ state: query.get('state') ?? '' }), pages),
  })
  expect(run.code).toBe(1)
  expect(pages[0]).toMatchObject({ status: 400 })
  expect(run.stderr).toContain('neither a code nor an error')
})

test('a wrong state is turned away, and the right answer is still waited for', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['login'], {
    inBrowser: async (url, at) => {
      const { port } = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
      pages.push(await at.runtime.loopback.visit(Number(port), '/?code=stolen&state=guessed'))
      return signInAs(asMegan, pages)(url, at)
    },
  })
  expect(run.code).toBe(0)
  expect(pages.map(({ status }) => status)).toEqual([400, 200])
  expect(run.sent.every(({ body }) => body?.includes('stolen') !== true)).toBe(true)
})

test('a code that is not good: the page says that no token came, and why', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['login'], {
    inBrowser: comeBack((query) => ({ state: query.get('state') ?? '', code: 'canary-not-a-code' }), pages),
  })
  expect(run.code).toBe(4)
  expect(pages[0]?.body).toContain('azid got no token')
  expect(run.stderr + run.stdout + pages[0]?.body).not.toContain('canary-not-a-code')
})

test('an ID token for another nonce is refused', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login'], {
    inBrowser: (url, at) => {
      const changed = new URL(url)
      changed.searchParams.set('nonce', 'another')
      return signInAs(asMegan)(changed.href, at)
    },
  })
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('nonce')
})

test('somebody else signs in than the one who was asked for: no token, and the page says whom', async () => {
  const machine = await startMachine()
  const pages: LoopbackAnswer[] = []
  const run = await machine.run(['get-token', '-c', 'browser', '--username', 'adele@contoso.onmicrosoft.com'], {
    inBrowser: (url, at) => {
      const changed = new URL(url)
      changed.searchParams.delete('login_hint')
      return signInAs(asMegan, pages)(changed.href, at)
    },
  })
  expect(run.code).toBe(4)
  expect(run.stdout).toBe('')
  expect(pages[0]?.body).toContain('This is another account')
  const { accounts } = JSON.parse((await machine.run(['cache', 'list', '--json'])).stdout)
  expect(accounts).toHaveLength(1)
})

const places: readonly (readonly [string, RunOptions, string])[] = [
  ['no display', { env: { DISPLAY: '' } }, 'there is no display'],
  ['an SSH session', { env: { DISPLAY: '', SSH_CONNECTION: 'a b' } }, 'this is an SSH session without a display'],
  ['a codespace', { env: { CODESPACES: 'true', BROWSER: '/x' } }, 'this is a codespace'],
  [
    'WSL without PowerShell',
    { env: { DISPLAY: '' }, host: { release: '5.15.0-microsoft-standard-WSL2' } },
    'this is WSL',
  ],
  [
    'an SSH session to a Mac',
    { env: { SSH_CONNECTION: 'a b' }, host: { platform: 'darwin' } },
    'this is an SSH session',
  ],
  ['a browser that does not open', { inBrowser: () => 'ENOENT' }, 'no browser opened: ENOENT'],
]

test.each(places)('%s: login says why and goes on with a code', async (_, options, reason) => {
  const machine = await startMachine()
  const run = await machine.run(['login'], {
    ...options,
    withDeviceCode: (code) => machine.sandbox.approveDeviceCode(code, megan),
  })
  expect(run.code).toBe(0)
  const said = run.stderr.replace(/\s+/g, ' ')
  expect(said).toContain(reason)
  expect(said).toContain('signing in with a code instead')
  expect(run.stderr).toContain('/devicelogin')
})

test.each(places)('%s: -c interactive-browser ends with 4 and offers the code', async (_, options, reason) => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '-c', 'interactive-browser'], options)
  expect(run.code).toBe(4)
  expect(run.stderr).toContain('Failed to open a browser')
  expect(run.stderr.replace(/\s+/g, ' ')).toContain(reason)
  expect(run.stderr).toContain('azid login --device-code')
})

test('a container without a display: login goes on with a code', async () => {
  const machine = await startMachine({ files: { '/.dockerenv': '' } })
  const run = await machine.run(['login'], {
    env: { DISPLAY: '' },
    withDeviceCode: (code) => machine.sandbox.approveDeviceCode(code, megan),
  })
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('this is a container without a display')
})

test('--include interactive-browser: the link of the default chain asks, as the last but the broker', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '--include', 'interactive-browser'], { inBrowser: signInAs(asMegan) })
  expect(run.code).toBe(0)
  expect(claimsOf(run.stdout)['upn']).toBe(megan.userPrincipalName)
})

test("an app of one's own, by --client-id, remembers its own account", async () => {
  const app = '88889999-bbbb-4000-8000-cccc0000dddd'
  const listedPermissions = { 'https://management.azure.com': ['user_impersonation'] }
  const own = {
    clientId: app,
    displayName: 'own',
    publicClient: true,
    redirectUris: ['http://localhost'],
    listedPermissions,
  }
  const directory = directoryWith({ apps: [...defaultDirectoryFile.apps, own] })
  const machine = await startMachine({}, { directory })
  const args = ['--client-id', app, '-t', machine.sandbox.tenantId]
  const run = await machine.run(['login', ...args, '--json'], { inBrowser: signInAs(asMegan) })
  expect(JSON.parse(run.stdout).authenticationRecord.clientId).toBe(app)
  const next = await machine.run(['get-token', '-c', 'browser', ...args, '--no-prompt'])
  expect(claimsOf(next.stdout)['appid']).toBe(app)
  expect((await machine.run(['get-token', '-c', 'browser', '--no-prompt'])).code).toBe(4)
})
