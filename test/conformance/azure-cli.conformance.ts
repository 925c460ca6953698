/** The real Azure CLI, signed out and signed in to the sandbox: azid and the SDK for Python ask it, and answer alike. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { azureCli, pythonSdk, type Sdk } from './sdks.ts'
import { type World, withWorld, worldTrouble } from './world.ts'

const trouble = worldTrouble()
const python: Sdk = trouble === null ? pythonSdk() : { missing: trouble }
const asker = fileURLToPath(new URL('./python/ask.py', import.meta.url))
const scope = 'https://vault.azure.net/.default'

interface Answer {
  readonly kind: string
  readonly message: string | null
}

describe.each(['system', 'newest'] as const)('the az of the %s', (which) => {
  const az: Sdk = trouble === null ? azureCli(which) : { missing: trouble }
  const missing = 'missing' in az ? az.missing : 'missing' in python ? python.missing : null

  describe.skipIf(missing !== null)(missing === null ? 'is there' : `(skipped: ${missing})`, () => {
    test('signed out: unavailable, in the same words, and nobody is asked', async () => {
      await withAz(az, async ({ world, env, ask }) => {
        const { ours, theirs } = await ask([], {})
        expect(theirs).toEqual({ kind: 'unavailable', message: "Please run 'az login' to set up an account" })
        expect(ours).toEqual(theirs)
        expect(world.requests()).toEqual([])
        const run = await world.run('azid', ['get-token', '-c', 'az', '--json'], { env })
        expect(run.code).toBe(3)
        expect(JSON.parse(run.stdout)).toMatchObject({ error: { causes: ['cli-not-logged-in'] } })
      })
    })

    test('signed out: the whole default chain says the same, link by link', async () => {
      if ('missing' in az || 'missing' in python) throw new Error('no az or no SDK')
      await withWorld({ imds: 'refused' }, async (world) => {
        const env = { PATH: `${path.dirname(az.program)}:/usr/bin:/bin`, AZURE_CORE_COLLECT_TELEMETRY: 'false' }
        const input = JSON.stringify({ credential: 'default', scope })
        const theirs = await world.run(python.program, [asker], { env, input, timeoutMs: 120_000 })
        const ours = await world.run('azid', ['get-token', '--scope', scope, '--json'], { env, timeoutMs: 120_000 })
        const { message } = JSON.parse(theirs.stdout) as { readonly message: string }
        expect(message).toContain('\tBrokerCredential: ')
        expect(JSON.parse(ours.stdout)).toMatchObject({ error: { exitCode: 3, message } })
      })
    })

    test('signed in as a service principal: a token that the sandbox signed, until when it says', async () => {
      await withAz(az, async ({ world, env, ask, signIn }) => {
        await signIn()
        const { ours, theirs } = await ask([], {})
        expect(theirs).toEqual({ kind: 'token', message: null })
        expect(ours).toEqual(theirs)
        // Far from UTC: before 2.54 az tells the time of the zone.
        for (const zone of ['UTC', 'Asia/Kolkata']) {
          const run = await world.run('azid', ['get-token', 'vault', '-c', 'az', '--json'], {
            env: { ...env, TZ: zone },
          })
          const answer = JSON.parse(run.stdout) as { readonly accessToken: string; readonly expires_on: number }
          const claims = claimsOf(answer.accessToken)
          expect(claims).toMatchObject({ tid: world.tenantId, appid: world.environment['AZURE_CLIENT_ID'] })
          expect(Math.abs(answer.expires_on - Number(claims['exp']))).toBeLessThanOrEqual(2)
        }
      })
    })

    test('signed in: the default chain comes to az, and asks it as azid does', async () => {
      await withAz(az, async ({ world, env, signIn }) => {
        await signIn()
        const run = await world.run('azid', ['get-token', 'vault', '--exclude', 'managed-identity', '--json'], { env })
        expect(JSON.parse(run.stdout)).toMatchObject({ credential: 'AzureCliCredential' })
      })
    })

    test('a subscription, a tenant, both, and one that is not there', async () => {
      await withAz(az, async ({ world, ask, signIn }) => {
        const id = await signIn()
        const both = await ask(['--subscription', id, '-t', world.tenantId], {
          subscription: id,
          tenant_id: world.tenantId,
        })
        expect(both.theirs.kind).toBe('failed')
        expect(both.ours).toEqual(both.theirs)
        for (const [args, options] of [
          [['--subscription', id], { subscription: id }],
          [['-t', world.tenantId], { tenant_id: world.tenantId }],
          [['--subscription', 'nowhere'], { subscription: 'nowhere' }],
        ] as const) {
          const { ours, theirs } = await ask(args, options)
          expect(ours, args.join(' ')).toEqual(theirs)
        }
      })
    })

    test('Entra refuses what az sends: its words, and the code', async () => {
      await withAz(az, async ({ world, env, ask, signIn }) => {
        await signIn()
        const file = path.join(world.folder, '.azure', 'service_principal_entries.json')
        writeFileSync(file, readFileSync(file, 'utf8').replace(/("client_secret": ")[^"]*/, '$1not-it'))
        const { ours, theirs } = await ask([], {})
        expect(theirs.kind).toBe('failed')
        expect(theirs.message).toContain('AADSTS7000215')
        expect(ours).toEqual(theirs)
        const run = await world.run('azid', ['get-token', '-c', 'az', '--scope', scope, '--json'], { env })
        expect(run.code).toBe(1)
        expect(JSON.parse(run.stdout)).toMatchObject({
          error: { codes: ['AADSTS7000215'], causes: ['secret-invalid'] },
        })
      })
    })
  })
})

interface AzWorld {
  readonly world: World
  readonly env: Readonly<Record<string, string>>
  /** Asks azid and the SDK for Python the same. */
  ask(args: readonly string[], options: Readonly<Record<string, string>>): Promise<{ ours: Answer; theirs: Answer }>
  /** As the persona; gives the id of its subscription. */
  signIn(): Promise<string>
}

async function withAz(az: Sdk, act: (world: AzWorld) => Promise<void>): Promise<void> {
  if ('missing' in az) throw new Error(az.missing)
  await withWorld({ persona: 'service-principal' }, async (world) => {
    const env = {
      PATH: `${path.dirname(az.program)}:/usr/bin:/bin`,
      AZURE_CORE_COLLECT_TELEMETRY: 'false',
      AZID_PROCESS_TIMEOUT: '60s',
    }
    await act({
      world,
      env,
      ask: async (args, options) => ({
        ours: await askAzid(world, args, env),
        theirs: await askPython(world, options, env),
      }),
      signIn: async () => {
        const { AZURE_CLIENT_ID: app = '', AZURE_CLIENT_SECRET: secret = '' } = world.environment
        const args = ['login', '--service-principal', '-u', app, '-p', secret, '--tenant', world.tenantId]
        const run = await world.run(az.program, args, { env, timeoutMs: 120_000 })
        if (run.code !== 0) throw new Error(run.stderr.slice(-4000))
        const [subscription] = JSON.parse(run.stdout) as readonly { readonly id: string }[]
        return subscription?.id ?? ''
      },
    })
  })
}

async function askAzid(world: World, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Answer> {
  const asked = ['get-token', '-c', 'azure-cli', '--scope', scope, '--json', ...args]
  const run = await world.run('azid', asked, { env, timeoutMs: 120_000 })
  const { error } = JSON.parse(run.stdout) as {
    readonly error?: { readonly attempts: readonly { readonly outcome: string; readonly message: string }[] }
  }
  const attempt = error?.attempts[0]
  return { kind: error === undefined ? 'token' : (attempt?.outcome ?? 'usage'), message: comparable(attempt?.message) }
}

async function askPython(
  world: World,
  options: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Answer> {
  if ('missing' in python) throw new Error(python.missing)
  const input = JSON.stringify({ credential: 'azure-cli', scope, options })
  const run = await world.run(python.program, [asker], { env, input, timeoutMs: 120_000 })
  if (run.code !== 0) throw new Error(run.stderr.slice(-4000))
  const { kind, message } = JSON.parse(run.stdout) as { readonly kind: string; readonly message?: string }
  return { kind, message: comparable(message) }
}

/** Ids and times of a refusal are new each time. */
function comparable(message: string | undefined): string | null {
  if (message === undefined) return null
  return message
    .replace(/(Trace ID|Correlation ID): [0-9a-f-]{36}/g, '$1: {guid}')
    .replace(/Timestamp: \S+ \S+/g, 'Timestamp: {time}')
}

function claimsOf(token: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as Record<string, unknown>
}
