/** What a run without a token says: one cause and what to do about that very cause, the same on a screen, in `get-token` and `chain`. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { parseFault } from '../../src/sandbox/faults.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

let sandbox: Sandbox
let tools: StandInFolder

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  tools = makeStandIns()
})
afterAll(async () => {
  await sandbox.close()
  tools.remove()
})
beforeEach(() => {
  for (const tool of ['az', 'azd', 'pwsh']) tools.put(tool, 'exit 127')
})

type Env = Readonly<Record<string, string | undefined>>

const azid = (args: readonly string[], env: Env = {}): Promise<CliRun> =>
  runCli(args, { env: { PATH: tools.folder, ...env } })

const flat = (text: string): string => text.replace(/\s+/g, ' ')

/** Something that answers in place of IMDS; the variable that leads there. */
async function inPlaceOfImds(status: number, type: string, body: string): Promise<Env> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': type })
    response.end(body)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  return { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const exempt = 'do something else answers in its place: a portal, a proxy or a security agent; exempt 169.254.169.254'

describe('what is done belongs to the cause', () => {
  test.each([
    [200, 'text/html', '<html>Sign in to the guest network</html>', 'imds-proxied', exempt],
    [403, 'text/plain', 'Forbidden by policy', 'imds-proxied', exempt],
    [403, 'text/html', '<h1>blocked</h1>', 'imds-proxied', exempt],
    [400, 'text/html', '<h1>Bad Request</h1>', 'imds-proxied', exempt],
    [403, 'application/json', '{"error":"forbidden"}', 'mi-endpoint-error', 'do try again later'],
    [
      400,
      'application/json',
      '{"error":"invalid_request","error_description":"Identity not found"}',
      'mi-',
      'do assign',
    ],
  ])('%i %s %s', async (status, type, body, cause, remedy) => {
    const imds = await inPlaceOfImds(status, type, body)
    for (const command of ['get-token', 'chain']) {
      const run = await azid([command, '--exclude', 'azure-cli'], imds)
      const said = flat(run.stdout + run.stderr)
      expect(said).toMatch(new RegExp(` cause [^(]*\\(${cause}`))
      expect(said).toContain(remedy)
    }
  })

  test('a failure of which nothing is known is not given the cause of another credential', async () => {
    const env = {
      ...(await inPlaceOfImds(200, 'text/html', '<html></html>')),
      AZURE_TENANT_ID: 'no tenant',
      AZURE_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
      AZURE_CLIENT_SECRET: 'canary-secret',
    }
    const run = await azid(['get-token', '-c', 'managed-identity,environment'], env)
    expect(run.code).toBe(1)
    expect(flat(run.stderr)).toContain('do correct AZURE_TENANT_ID')
    expect(run.stderr).not.toContain('imds-proxied)\n')
    const { error } = JSON.parse(
      (await azid(['get-token', '-c', 'managed-identity,environment', '--json'], env)).stdout,
    )
    expect(error.causes).toEqual([])
    expect(error.attempts[0].causes).toEqual(['imds-proxied'])
  })

  test('nothing configured: the best first step, whatever the machine lacks', async () => {
    for (const command of ['get-token', 'chain']) {
      const run = await azid([command])
      expect(run.code).toBe(3)
      const said = flat(run.stdout + run.stderr)
      expect(said).toMatch(/ cause [^(]*\(no-credential-available\) do on your own machine sign in with az;/)
      expect(said).toContain(' az login guide ')
    }
  })
})

describe('get-token --json says what chain --json says', () => {
  const cases: readonly (readonly [string, number, () => Promise<Env> | Env, readonly string[]])[] = [
    ['a refused secret', 1, () => sandbox.environment('wrong-secret'), []],
    ['nothing configured', 3, () => ({}), []],
    ['half of the variables', 3, () => ({ AZURE_TENANT_ID: '3f2504e0-4f89-41d3-9a0c-0305e82c3301' }), []],
    [
      'az asks for a person',
      4,
      () => {
        tools.put(
          'az',
          'echo "ERROR: AADSTS50076: Due to a configuration change, you must use multi-factor authentication." >&2; exit 1',
        )
        return {}
      },
      ['-c', 'azure-cli'],
    ],
    [
      'an authority that is not there',
      5,
      async () => ({
        ...(await sandbox.environment('service-principal')),
        AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1',
      }),
      ['--disable-instance-discovery'],
    ],
  ]
  test.each(cases)('%s: exit %i', async (_, code, prepare, options) => {
    const env = { ...(await prepare()) }
    const [got, ran] = [
      await azid(['get-token', '--json', ...options], env),
      await azid(['chain', '--json', ...options], env),
    ]
    expect([got.code, ran.code]).toEqual([code, code])
    const [failure, chain] = [JSON.parse(got.stdout), JSON.parse(ran.stdout)]
    expectSchema('error', failure)
    expectSchema('chain', chain)
    expect(Object.keys(failure)).toEqual(['schemaVersion', 'error'])
    expect(Object.keys(failure.error)).toEqual(['exitCode', 'message', 'codes', 'causes', 'attempts'])
    expect(failure.error.exitCode).toBe(code)
    const telling = ({ credential, outcome, message, causes, codes, guide }: Record<string, unknown>) => ({
      credential,
      outcome,
      message: String(message)
        .replace(/(Correlation ID|Trace ID|Timestamp): \S+( \S+Z)?/g, '$1')
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'),
      causes,
      codes,
      guide,
    })
    const isTried = ({ outcome }: { readonly outcome: string }) => outcome !== 'excluded'
    expect(failure.error.attempts.map(telling)).toEqual(chain.attempts.filter(isTried).map(telling))
    expect(telling(failure.error)['message']).toBe(telling(chain)['message'])
    if (failure.error.causes.length > 0 && failure.error.causes[0] !== 'no-credential-available') {
      expect(failure.error.attempts.flatMap(({ causes }: { causes: readonly string[] }) => causes)).toContain(
        failure.error.causes[0],
      )
    }
  })

  test('wrong usage, and an expectation that failed, are the same object', async () => {
    const wrong = await azid(['get-token', '--json', '--tenant', 'no tenant'])
    expect(wrong.code).toBe(2)
    const usage = JSON.parse(wrong.stdout)
    expectSchema('error', usage)
    expect(usage.error).toMatchObject({ exitCode: 2, codes: [], causes: [], attempts: [] })
    const other = await azid(
      ['get-token', '--json', '--expect-tenant', '3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
      await sandbox.environment('service-principal'),
    )
    expect(other.code).toBe(7)
    const failed = JSON.parse(other.stdout)
    expectSchema('error', failed)
    expect(failed.error).toMatchObject({ exitCode: 7, causes: [], attempts: [] })
  })

  test('a fault of the authority that is no refusal: exit 5 or 1, never a stack', async () => {
    const faulty = await startSandbox({ ports: createNodeRuntime(), faults: [parseFault('500')] })
    onTestFinished(() => faulty.close())
    const run = await azid(['get-token', '--json'], await faulty.environment('service-principal'))
    expect([1, 5]).toContain(run.code)
    expectSchema('error', JSON.parse(run.stdout))
    expect(run.stderr).not.toMatch(/^\s+at /m)
  })
})
