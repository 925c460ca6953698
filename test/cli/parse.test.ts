import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Invocation } from '../../src/cli/invocation.ts'
import { type ParsedLine, parseCommandLine } from '../../src/cli/parse.ts'
import { options } from '../../src/options.ts'
import { UsageError, type UsageFacts } from '../../src/usage-error.ts'

const guid = '11111111-2222-3333-4444-555555555555'
const other = '99999999-2222-3333-4444-555555555555'
const identity = '/subscriptions/S/resourceGroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/N'

function parse(line: string | readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ParsedLine> {
  const words = typeof line === 'string' ? line.split(' ').filter(Boolean) : line
  return parseCommandLine(words, { get: (name) => env[name] })
}

async function invoke(line: string | readonly string[], env?: Readonly<Record<string, string>>): Promise<Invocation> {
  const parsed = await parse(line, env)
  if (parsed.kind !== 'run') throw new Error(`parsed as ${parsed.kind}`)
  return parsed.invocation
}

async function refuse(line: string | readonly string[], env?: Readonly<Record<string, string>>): Promise<UsageFacts> {
  try {
    await parse(line, env)
  } catch (error) {
    if (error instanceof UsageError) return error.facts
    throw error
  }
  throw new Error(`not refused: ${String(line)}`)
}

const option = (name: string) => ({ kind: 'option', name })

describe('settings', () => {
  test('nothing given: the defaults, each with its source', async () => {
    const { command, args, rest, settings } = await invoke('get-token')
    expect({ command, args, rest }).toEqual({ command: 'get-token', args: [], rest: [] })
    expect(settings).toEqual({
      credential: { value: ['default'], source: { kind: 'default', name: '--credential' } },
      sdk: { value: 'python', source: { kind: 'default', name: '--sdk' } },
      minTtl: { value: 300_000, source: { kind: 'default', name: '--min-ttl' } },
      processTimeout: { value: 10_000, source: { kind: 'default', name: '--process-timeout' } },
      imdsTimeout: { value: 1000, source: { kind: 'default', name: '--imds-timeout' } },
      listen: { value: '127.0.0.1', source: { kind: 'default', name: '--listen' } },
      print: { value: 'env', source: { kind: 'default', name: '--print' } },
      output: { value: 'token', source: { kind: 'default', name: '--output' } },
    })
  })

  test.each([
    ['get-token --tenant contoso.com', { tenant: 'contoso.com' }],
    ['get-token --tenant=contoso.com', { tenant: 'contoso.com' }],
    ['get-token -t contoso.com', { tenant: 'contoso.com' }],
    ['get-token -tcontoso.com', { tenant: 'contoso.com' }],
    ['get-token --tenant-id contoso.com', { tenant: 'contoso.com' }],
    ['get-token --tenant-id=contoso.com', { tenant: 'contoso.com' }],
    ['token --server-id https://x', { resource: 'https://x' }],
    ['get-token -r arm', { resource: 'arm' }],
    ['get-token --scope a --scope b', { scope: ['a', 'b'] }],
    ['get-token -c azure-cli,environment -c azd', { credential: ['azure-cli', 'environment', 'azd'] }],
    ['get-token --exclude managed-identity', { exclude: ['managed-identity'] }],
    ['get-token --additionally-allowed-tenants a.com;b.com,*', { additionallyAllowedTenants: ['a.com', 'b.com', '*'] }],
    ['get-token --timeout 30', { timeout: 30_000 }],
    ['get-token --timeout 1m --imds-timeout 500ms', { timeout: 60_000, imdsTimeout: 500 }],
    ['get-token --process-timeout 30 --subscription dev_1', { processTimeout: 30_000, subscription: 'dev_1' }],
    ['get-token --client-secret-file -', { clientSecretFile: '-' }],
    ['get-token --authority-host localhost:8443', { authorityHost: 'https://localhost:8443' }],
    ['get-token --no-cache --no-color', { noCache: true, noColor: true }],
    ['get-token -qo header', { quiet: true, output: 'header' }],
    ['get-token -o env --shell zsh --var X', { output: 'env', shell: 'zsh', var: ['X'] }],
    ['get-token --cae --force-refresh --fast', { cae: true, forceRefresh: true, fast: true }],
    ['whoami --verify --all-claims --token -', { verify: true, allClaims: true, token: '-' }],
  ] as const)('%s', async (line, expected) => {
    const { settings } = await invoke(line)
    const values = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.value]))
    expect(values).toMatchObject(expected)
    for (const name of Object.keys(expected))
      expect(settings[name as keyof typeof settings]?.source.kind).toBe('option')
  })

  test('an alias is reported under our own name', async () => {
    expect((await invoke('get-token --tenant-id contoso.com')).settings.tenant?.source).toEqual(option('--tenant'))
  })

  test('words without a dash are arguments wherever they stand; after -- all are', async () => {
    expect((await invoke('get-token arm --cae graph')).args).toEqual(['arm', 'graph'])
    expect((await invoke('get-token --cae -- --weird')).args).toEqual(['--weird'])
  })

  test('a value may begin with a dash when it is joined by =', async () => {
    expect((await invoke('get-token --output-file=-q')).settings.outputFile?.value).toBe('-q')
  })

  test('the same value twice is no contradiction', async () => {
    expect((await invoke('get-token -t a.com --tenant-id a.com -v -v')).settings.tenant?.value).toBe('a.com')
  })

  test('json and output agree', async () => {
    expect((await invoke('get-token --json')).settings.output).toEqual({ value: 'json', source: option('--json') })
    expect((await invoke('get-token -o json')).settings.json).toEqual({ value: true, source: option('--output') })
    expect((await invoke('whoami --json')).settings.output.value).toBe('token')
  })

  test('an argument that is no TARGET goes with --resource', async () => {
    const { args, settings } = await invoke('cache remove 3f2a9c1e -r vault -t a.com')
    expect(args).toEqual(['3f2a9c1e'])
    expect(settings.resource?.value).toBe('vault')
  })

  test("what follows -- is the other program's, options and all", async () => {
    const { args, rest, settings } = await invoke('sandbox run --as wrong-secret -q -- azid get-token --help -- x')
    expect({ args, rest }).toEqual({ args: [], rest: ['azid', 'get-token', '--help', '--', 'x'] })
    expect(settings.as?.value).toBe('wrong-secret')
  })

  test('common switches may stand before the command', async () => {
    const { command, settings } = await invoke('-v --json get-token arm')
    expect(command).toBe('get-token')
    expect(settings.verbose?.value).toBe(true)
    expect(settings.json?.value).toBe(true)
  })
})

describe('variables', () => {
  test('a variable beats the default, an option beats the variable', async () => {
    const env = { AZID_TENANT: 'v.com', AZID_MIN_TTL: '1m' }
    const fromVariable = (await invoke('get-token', env)).settings
    expect(fromVariable.tenant).toEqual({ value: 'v.com', source: { kind: 'variable', name: 'AZID_TENANT' } })
    expect(fromVariable.minTtl).toEqual({ value: 60_000, source: { kind: 'variable', name: 'AZID_MIN_TTL' } })
    const fromOption = (await invoke('get-token -t o.com', env)).settings
    expect(fromOption.tenant).toEqual({ value: 'o.com', source: option('--tenant') })
  })

  test('set but empty counts as not set', async () => {
    expect((await invoke('get-token', { AZID_TENANT: '', AZID_CAE: '' })).settings).not.toHaveProperty('tenant')
  })

  test('only variables of the command are read', async () => {
    expect((await invoke('completion bash', { AZID_TENANT: 'not a tenant' })).settings.tenant).toBeUndefined()
  })

  test('switches take words for true and false', async () => {
    expect((await invoke('get-token', { AZID_CAE: 'yes' })).settings.cae?.value).toBe(true)
    expect((await invoke('get-token', { AZID_CAE: 'off' })).settings.cae?.value).toBe(false)
    expect(await refuse('get-token', { AZID_CAE: 'maybe' })).toEqual({
      message: "'maybe' is neither true nor false",
      source: 'AZID_CAE',
      fix: 'set it to 1 or 0, or unset it',
    })
  })

  test('AZID_CACHE has no option of its own', async () => {
    expect((await invoke('get-token', { AZID_CACHE: 'file' })).settings.cache?.value).toBe('file')
    expect(await refuse('get-token', { AZID_CACHE: 'disk' })).toMatchObject({ source: 'AZID_CACHE' })
    expect(await refuse('get-token --cache file')).toMatchObject({
      message: "'--cache' is not an option of `azid get-token`",
    })
  })

  test.each([
    ['verbose', true],
    ['DEBUG', true],
    ['info', undefined],
    ['nonsense', undefined],
  ])('AZURE_LOG_LEVEL=%s gives debug %s', async (level, expected) => {
    expect((await invoke('get-token', { AZURE_LOG_LEVEL: level })).settings.debug?.value).toBe(expected)
  })

  test('a bad value names its variable', async () => {
    expect(await refuse('get-token', { AZID_CLIENT_ID: 'my-app' })).toEqual({
      message: "'my-app' is not a GUID",
      source: 'AZID_CLIENT_ID',
      fix: 'give the id in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    })
  })

  test('an option also beats a variable that contradicts it', async () => {
    const { settings } = await invoke(`get-token --object-id ${guid}`, { AZID_CLIENT_ID: other })
    expect(settings.clientId).toBeUndefined()
    expect(settings.objectId?.value).toBe(guid)
    const chain = (await invoke('get-token -c azure-cli', { AZID_EXCLUDE: 'environment' })).settings
    expect(chain.exclude).toBeUndefined()
    const excluded = (await invoke('get-token --exclude environment', { AZID_CREDENTIAL: 'azure-cli' })).settings
    expect(excluded.credential.value).toEqual(['default'])
  })

  test('two variables that contradict each other are both named', async () => {
    const env = { AZID_CLIENT_ID: other, AZID_OBJECT_ID: guid }
    expect(await refuse('get-token', env)).toMatchObject({
      message: '`AZID_CLIENT_ID` and `AZID_OBJECT_ID` contradict each other',
    })
  })
})

describe('what is wrong is said once, with its source and a remedy', () => {
  test.each([
    // unknown words
    ['get-tokn', "'get-tokn' is not a command of `azid`", { suggestion: 'azid get-token' }],
    ['frobnicate', "'frobnicate' is not a command of `azid`", { fix: 'see azid --help for the commands' }],
    [
      'account get-access-token',
      "'account' is not a command of `azid`",
      { fix: 'azid get-token is what az account get-access-token does' },
    ],
    ['constructor', "'constructor' is not a command of `azid`", {}],
    ['get-token --tenat x', "'--tenat' is not an option of `azid get-token`", { suggestion: '--tenant' }],
    ['get-token --no-such', "'--no-such' is not an option of `azid get-token`", {}],
    ['get-token -x', "'-x' is not an option of `azid get-token`", {}],
    [
      'get-token --verify',
      '`--verify` is not an option of `azid get-token`',
      { fix: 'it belongs to `azid whoami`; see azid get-token --help for the options here' },
    ],
    ['whoami -o json', '`--output` is not an option of `azid whoami`', { fix: 'for JSON write --json' }],
    [
      '--tenant x get-token',
      '`--tenant` stands before the command',
      { fix: 'write it behind: azid COMMAND --tenant ...' },
    ],
    ['get-token --cae=yes', '`--cae` takes no value', { fix: 'write --cae alone' }],
    [
      'get-token --sdk pyton',
      `'pyton' is not one of ${options.sdk.choices.join(', ')}`,
      { source: '--sdk', suggestion: 'python' },
    ],
    [
      'get-token -o jsn',
      "'jsn' is not one of token, json, az, azd, header, env, dotenv, github-actions, azure-pipelines, gitlab, exec-credential, managed-identity",
      { suggestion: 'json' },
    ],
    ['completion tcsh', "'tcsh' is not one of bash, zsh, fish, powershell", { source: 'SHELL' }],
    ['completion', '`azid completion` needs SHELL', { fix: 'give the shell: bash, zsh, fish or powershell' }],
    ['completion bash zsh', "'zsh' is one argument too many for `azid completion`", { fix: 'it takes SHELL' }],
    ['whoami arm graph', "'graph' is one argument too many for `azid whoami`", {}],
    ['cache lst', "'lst' is not a command of `azid cache`", { suggestion: 'azid cache list' }],
    [
      'cache --json list',
      '`azid cache` needs a command before its options',
      { fix: 'write azid cache list|show|status|remove|clear' },
    ],
    [
      'sandbox run python app.py',
      "'python' stands before --",
      { fix: 'put -- before the command that is to run: azid sandbox run -- COMMAND' },
    ],
    [
      'sandbox run --as wrong-secrt -- x',
      expect.stringContaining("'wrong-secrt' is not one of service-principal,"),
      { suggestion: 'wrong-secret' },
    ],
    ['sandbox run', '`azid sandbox run` needs COMMAND after --', {}],
    ['sandbox run --', '`azid sandbox run` needs COMMAND after --', {}],
    // habits
    [
      'get-token --query accessToken',
      '`--query` is a filter of az over its JSON',
      { fix: 'leave it out: the bare token is printed already; for other members use --json and jq' },
    ],
    ['get-token --query=accessToken -o tsv', '`--query` is a filter of az over its JSON', {}],
    [
      'get-token -o tsv',
      "'tsv' is not one of token, json, az, azd, header, env, dotenv, github-actions, azure-pipelines, gitlab, exec-credential, managed-identity",
      { fix: 'leave it out: the bare token is printed already (--output token)' },
    ],
    [
      'get-token -s SUB',
      '`-s` is the subscription in az; a token belongs to a tenant',
      { fix: 'name the tenant with --tenant; for -c azure-cli write --subscription' },
    ],
    ['get-token --login spn', '`--login` is how kubelogin names a credential', {}],
    ['get-token -e AzurePublicCloud', '`-e` is the cloud in kubelogin', {}],
    ['get-token --resource-type arm', '`--resource-type` is a short name in az', {}],
    // missing and empty values
    ['get-token --tenant', '`--tenant` needs a value', { fix: 'write --tenant TENANT' }],
    ['get-token -t', '`--tenant` needs a value', {}],
    ['get-token -qt', '`--tenant` needs a value', {}],
    ['get-token --tenant --json', "`--tenant` needs a value; '--json' is the next option", {}],
    ['get-token --output-file -q', "`--output-file` needs a value; '-q' is the next option", {}],
    [
      'get-token --output',
      '`--output` needs a value',
      {
        fix: 'give one of token, json, az, azd, header, env, dotenv, github-actions, azure-pipelines, gitlab, exec-credential, managed-identity',
      },
    ],
    ['get-token --tenant=', 'the value of `--tenant` is empty', { source: '--tenant' }],
    ['get-token -c azure-cli,,azd', 'one of the values is empty', { source: '--credential' }],
    // bad values
    ['get-token --client-id app', "'app' is not a GUID", { source: '--client-id' }],
    ['get-token --authority-host http://x', "'http://x' is not an https URL", { source: '--authority-host' }],
    ['get-token --min-ttl soon', "'soon' is not a length of time", { source: '--min-ttl' }],
    ['get-token --claims {', "'{' is not JSON", { source: '--claims' }],
    ['get-token --var 1A -o env', "'1A' is not a variable name", { source: '--var' }],
    // contradictions
    ['get-token -t a.com -t b.com', "`--tenant` is given more than once: 'a.com' and 'b.com'", { fix: 'give it once' }],
    ['get-token -q -v', '`--quiet` and `--verbose` contradict each other', { fix: 'give one of them' }],
    ['get-token --json -o header', '`--json` and `--output header` contradict each other', {}],
    ['get-token arm --scope x', 'TARGET and `--scope` both say what the token is for', {}],
    ['get-token --resource x --scope y', '`--scope` and `--resource` contradict each other', {}],
    [
      'get-token --certificate a --client-secret-file b',
      '`--client-secret-file` and `--certificate` contradict each other',
      {},
    ],
    [
      `get-token --client-id ${guid} --resource-id ${identity}`,
      '`--client-id` and `--resource-id` contradict each other',
      {},
    ],
    [
      `get-token --client-id ${guid} --object-id ${guid} --resource-id ${identity}`,
      '`--client-id`, `--object-id` and `--resource-id` contradict each other',
      {},
    ],
    ['get-token -c azure-cli --exclude environment', '`--exclude` and `--credential` contradict each other', {}],
    [
      'get-token --certificate-password-file p',
      '`--certificate-password-file` means nothing without `--certificate`',
      {},
    ],
    ['get-token --shell bash', '`--shell` means nothing without `--output env`', {}],
    [
      'get-token --client-secret-file - --certificate-password-file -',
      '`--certificate-password-file` means nothing without `--certificate`',
      {},
    ],
    [
      'get-token --certificate - --certificate-password-file -',
      '`--certificate` and `--certificate-password-file` contradict each other',
      { fix: 'stdin can be read once: keep one of the values in a file' },
    ],
    [
      'get-token --ca-file - --client-secret-file -',
      '`--client-secret-file` and `--ca-file` contradict each other',
      {},
    ],
    ['whoami --token - --client-secret-file -', '`--client-secret-file` and `--token` contradict each other', {}],
    ['whoami --token - -c azure-cli', '`--credential` and `--token` contradict each other', {}],
    ['whoami --token - arm', 'TARGET means nothing with `--token`', {}],
  ] as const)('%s', async (line, message, more) => {
    expect(await refuse(line)).toMatchObject({ message, ...more })
  })

  test('an empty word is no argument', async () => {
    expect(await refuse(['get-token', ''])).toMatchObject({ message: 'one of the arguments is empty' })
    expect(await refuse(['get-token', '-t', ''])).toMatchObject({ message: 'the value of `--tenant` is empty' })
  })
})

describe('secrets on the command line', () => {
  const secret = 'abc8Q~ThisIsNotARealSecretButLooks.Like1'
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'
  test.each([
    ['get-token', '--client-secret', secret],
    ['get-token', `--client-secret=${secret}`],
    ['get-token', `-p${secret}`],
    ['get-token', '-p', 'hunter2secret'],
    ['get-token', '--password', 'hunter2secret'],
    ['get-token', '--pasword=hunter2secret'],
    ['get-token', '--federated-token', jwt],
    ['get-token', jwt],
    ['get-token', secret],
    ['whoami', jwt],
    ['get-token', '--client-id', secret],
    ['get-token', '--claims', jwt],
    ['get-token', '-o', jwt],
    ['get-token', '--authority-host', 'https://me:hunter2secret@example.com'],
    [jwt],
    ['completion', jwt],
    ['--client-secret', secret, 'get-token'],
  ])('%s %s %s is refused and not repeated', async (...words) => {
    const said = JSON.stringify(await refuse(words.filter((word) => word !== undefined)))
    for (const part of [secret, jwt, 'hunter2secret', jwt.split('.')[1] ?? '']) expect(said).not.toContain(part)
  })

  test('a secret as an option: why it is refused, and what to do', async () => {
    expect(await refuse(['get-token', '--client-secret', secret])).toEqual({
      message:
        "`--client-secret` would put a secret on the command line, where the list of processes and the shell's history show it",
      fix: 'keep it in a file and give --client-secret-file FILE (- reads stdin), or set AZURE_CLIENT_SECRET',
    })
  })

  test('a pasted token leads to whoami', async () => {
    expect(await refuse(['whoami', jwt])).toEqual({
      message: 'an argument looks like a token or a secret; it is not repeated here',
      fix: 'to decode a token, hand it to azid whoami --token - on stdin',
    })
  })
})

describe('help and version', () => {
  test.each([
    ['', ''],
    ['--help', ''],
    ['-h', ''],
    ['help', ''],
    ['help get-token', 'get-token'],
    ['help token', 'get-token'],
    ['help exit-codes', 'exit-codes'],
    ['help environment', 'environment'],
    ['help help', ''],
    ['help --help', ''],
    ['get-token --help', 'get-token'],
    ['token -h', 'get-token'],
    ['get-token --no-such --help', 'get-token'],
    ['get-token --tenant --help', 'get-token'],
    ['get-token -vh', 'get-token'],
    ['-v', ''],
    ['--json', ''],
    ['cache', 'cache'],
    ['cache --help', 'cache'],
    ['help cache', 'cache'],
    ['help cache list', 'cache list'],
    ['cache list --help', 'cache list'],
    ['sandbox run --help -- x', 'sandbox run'],
  ])('azid %s is help on %j', async (line, topic) => {
    expect(await parse(line)).toEqual({ kind: 'help', topic })
  })

  test('help is a target after --', async () => {
    expect((await invoke('get-token -- --help')).args).toEqual(['--help'])
  })

  test.each(['--version', '-V', '-v --version'])('azid %s', async (line) => {
    expect(await parse(line)).toEqual({ kind: 'version' })
  })

  test('help on what does not exist is refused', async () => {
    expect(await refuse('help get-tokn')).toMatchObject({ suggestion: 'azid get-token' })
  })
})

test('whatever is typed, the answer is a parse or a usage error', async () => {
  const word = fc.oneof(
    fc.constantFrom(
      'get-token',
      'whoami',
      'completion',
      'cache',
      'list',
      'sandbox',
      'run',
      '--',
      '-',
      '-o',
      'json',
      '--tenant',
      '-t',
      '-qv',
      '--json',
      '--help',
      '-c',
      '=',
      '--=',
      '---',
      '-=x',
      '-1',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
      try {
        expect(['run', 'help', 'version']).toContain((await parse(words)).kind)
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError)
      }
    }),
    { numRuns: 500 },
  )
})
