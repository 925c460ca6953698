/** One scenario in a world: its files, tools and variables put in place, and an SDK or azid asked. */
import type { ChildProcess } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { userAssigned } from '../../src/sandbox/hosts/identities.ts'
import { normaliseText, type RunValues, toAsked, withoutSource } from './normalise.ts'
import type { Told, TriedLink } from './recordings.ts'
import type { Judge, Scenario } from './scenarios.ts'
import type { Sdk } from './sdks.ts'
import type { World } from './world.ts'

const scope = 'https://vault.azure.net/.default'
const fixtures = fileURLToPath(new URL('../engine/certificates/', import.meta.url))
const drivers = {
  python: fileURLToPath(new URL('./python/default_chain.py', import.meta.url)),
  js: fileURLToPath(new URL('./js/default-chain.mjs', import.meta.url)),
}

interface Place {
  readonly folder: string
  readonly tools: string
  readonly env: Readonly<Record<string, string>>
  readonly fill: (text: string) => string
  readonly values: RunValues
}

let count = 0

/** Asks in a folder of its own, with the world's faults and IMDS as the scenario has them; afterwards they are as before. */
async function inPlace<T>(world: World, scenario: Scenario, act: (place: Place) => Promise<T>): Promise<T> {
  const folder = path.join(world.folder, `scenario-${++count}`)
  try {
    const place = prepare(world, scenario, folder)
    await world.setFaults(...(scenario.faults ?? []))
    await world.setImdsAnswers(...(scenario.imdsAnswers ?? []))
    world.forget()
    return await act(place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The server says things in their order: when this is answered, it has told of every request that it has answered. */
async function settle(world: World): Promise<void> {
  await world.setFaults()
}

function prepare(world: World, scenario: Scenario, folder: string): Place {
  const tools = path.join(folder, 'tools')
  const home = path.join(folder, 'home')
  for (const each of [tools, home]) mkdirSync(each, { recursive: true })
  const known: Readonly<Record<string, string>> = {
    ...world.values,
    folder,
    assignedClientId: userAssigned[0]?.clientId ?? '',
  }
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
  for (const [name, text] of Object.entries(scenario.files ?? {})) {
    writeFileSync(path.join(folder, name), text.startsWith('fixture:') ? readFixtures(text) : fill(text))
  }
  for (const [name, body] of Object.entries(scenario.tools ?? {})) {
    writeFileSync(path.join(tools, name), `#!/bin/sh\n${body}\n`)
    chmodSync(path.join(tools, name), 0o755)
  }
  const { AZID_CACHE, ...base } = world.base
  const host = scenario.host === undefined ? {} : world.hosts[scenario.host]
  const own = Object.entries(scenario.env ?? {}).map(([name, text]) => [name, fill(text)] as const)
  const env = { ...base, TZ: 'UTC', HOME: home, TMPDIR: folder, PATH: tools, ...host, ...Object.fromEntries(own) }
  const knownGuids = new Set(Object.values({ ...known, unknownId }).map((value) => value.toLowerCase()))
  return { folder, tools, env, fill, values: { folder, knownGuids } }
}

const unknownId = '99999999-9999-4999-8999-999999999999'

/** `fixture:cert.pem+key.pem` */
function readFixtures(text: string): Buffer {
  const names = text.slice('fixture:'.length).split('+')
  return Buffer.concat(names.map((name) => readFileSync(path.join(fixtures, name))))
}

/** What a driver answers. */
type Answer = Omit<Told, 'requests'> & { readonly broken?: string }

const longestSeconds = 200

export async function askJudge(world: World, judge: Judge, sdk: Sdk, scenario: Scenario): Promise<Told> {
  if ('missing' in sdk) throw new Error(sdk.missing)
  return inPlace(world, scenario, async (place) => {
    const question = { scope, ...questionOf(judge, scenario, place.fill) }
    const answer =
      judge === 'python'
        ? await askPython(world, sdk, { ...question, env: place.env, cwd: place.folder, timeout: longestSeconds })
        : await askProcess(world, judge, sdk, question, place)
    await settle(world)
    if (answer.broken !== undefined) throw new Error(`${judge}, ${scenario.id}: ${answer.broken}`)
    return toTold(answer, world, place)
  })
}

/** The scenario's request and options, in the names of each SDK. */
function questionOf(judge: Judge, { request = {}, options = {} }: Scenario, fill: Place['fill']): object {
  const tenant = request.tenantId === undefined ? undefined : fill(request.tenantId)
  const clientId = options.clientId === undefined ? undefined : fill(options.clientId)
  switch (judge) {
    case 'python':
      return {
        request: { ...(tenant === undefined ? {} : { tenant_id: tenant }), ...claimsOf(request) },
        options: {
          ...(clientId === undefined ? {} : { managed_identity_client_id: clientId }),
          ...(options.requireEnvvar === true ? { require_envvar: true } : {}),
          ...Object.fromEntries(
            (options.exclude ?? []).map((name) => [`exclude_${pythonNames[name]}_credential`, true]),
          ),
        },
      }
    case 'js':
      return {
        request: { ...(tenant === undefined ? {} : { tenantId: tenant }), ...claimsOf(request) },
        options: {
          ...(clientId === undefined ? {} : { managedIdentityClientId: clientId }),
          ...(options.requireEnvvar === true ? { requiredEnvVars: 'AZURE_TOKEN_CREDENTIALS' } : {}),
        },
      }
    case 'go':
      return {
        request: { ...(tenant === undefined ? {} : { tenantId: tenant }), ...claimsOf(request) },
        options: { requireAzureTokenCredentials: options.requireEnvvar === true },
      }
    default:
      return judge satisfies never
  }
}

const pythonNames: Readonly<Record<string, string>> = {
  'azure-cli': 'cli',
  'managed-identity': 'managed_identity',
}

function claimsOf({ claims }: NonNullable<Scenario['request']>): object {
  return claims === undefined ? {} : { claims }
}

type Installed = Exclude<Sdk, { readonly missing: string }>

async function askProcess(
  world: World,
  judge: 'js' | 'go',
  sdk: Installed,
  question: object,
  { env, tools, folder }: Place,
): Promise<Answer> {
  const args = judge === 'js' ? [drivers.js, sdk.cwd, '@azure/identity'] : []
  // PATH is changed inside: here it has to find what makes the namespace.
  const run = await world.run('/usr/bin/env', [`PATH=${tools}`, sdk.program, ...args], {
    env: { ...env, PATH: world.base['PATH'], AZID_CACHE: undefined },
    cwd: folder,
    input: JSON.stringify(question),
    timeoutMs: longestSeconds * 1000,
  })
  if (run.code !== 0) return { ...nothing, broken: run.stderr.slice(-4000) }
  return JSON.parse(run.stdout) as Answer
}

const nothing: Answer = { outcome: 'failed', winner: null, tried: [], message: null, type: null }

/** One interpreter a world: loading the library takes longer than most scenarios. */
const interpreters = new WeakMap<World, { ask(question: object): Promise<Answer>; versions: Promise<unknown> }>()

function interpreterOf(world: World, sdk: Installed) {
  const known = interpreters.get(world)
  if (known !== undefined) return known
  const child: ChildProcess = world.start(sdk.program, [drivers.python], { cwd: world.folder })
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words += chunk.toString()
  })
  const waiting: ((line: string) => void)[] = []
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the interpreter ended with ${code}:\n${words.slice(-4000)}`)))
  })
  ended.catch(() => {})
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => waiting.shift()?.(line))
  const next = (): Promise<string> => {
    const line = new Promise<string>((resolve) => {
      waiting.push(resolve)
    })
    return Promise.race([line, ended])
  }
  const interpreter = {
    versions: next().then((line) => JSON.parse(line) as unknown),
    ask: async (question: object) => {
      child.stdin?.write(`${JSON.stringify(question)}\n`)
      return JSON.parse(await next()) as Answer
    },
  }
  interpreters.set(world, interpreter)
  return interpreter
}

async function askPython(world: World, sdk: Installed, question: object): Promise<Answer> {
  return interpreterOf(world, sdk).ask(question)
}

function toTold({ outcome, winner, tried, message, type }: Answer, world: World, { values }: Place): Told {
  const clean = (text: string | null): string | null => (text === null ? null : normaliseText(text, values))
  return {
    outcome,
    winner,
    tried: tried.map((link) => ({
      ...link,
      message: clean(link.message),
      ...(link.silent === undefined ? {} : { silent: normaliseText(link.silent, values) }),
    })),
    message: clean(message),
    type,
    requests: world.requests().map((request) => toAsked(request, values)),
  }
}

interface ChainJson {
  readonly outcome: 'succeeded' | 'unavailable' | 'failed'
  readonly credential: string | null
  readonly message: string | null
  readonly attempts: readonly (Omit<TriedLink, 'outcome'> & {
    readonly outcome: TriedLink['outcome'] | 'not-attempted' | 'excluded'
  })[]
  readonly advice?: readonly ProxyAdvice[]
  readonly error?: { readonly exitCode: number; readonly message: string }
}

interface ProxyAdvice {
  readonly id: string
  readonly text: string
  readonly command?: string
}

export interface ToldByAzid extends Told {
  /** That the SDK would ask a proxy for the identity of the machine; null where azid says nothing of that. */
  readonly proxyAdvice: ProxyAdvice | null
}

/** azid as the given SDK. */
export async function askAzid(world: World, judge: Judge, scenario: Scenario): Promise<ToldByAzid> {
  return inPlace(world, scenario, async (place) => {
    const { cli, args } = azidCommand(judge, scenario, place.fill)
    const run = await world.run('/usr/bin/env', [`PATH=${place.tools}`, process.execPath, cli, ...args], {
      env: { ...place.env, PATH: world.base['PATH'], AZID_CACHE: 'off' },
      cwd: place.folder,
      timeoutMs: longestSeconds * 1000,
    })
    await settle(world)
    const answer = readJson(run.stdout)
    if (answer === null) throw new Error(`azid ended with ${run.code}:\n${run.stdout}\n${run.stderr.slice(-2000)}`)
    if (answer.error !== undefined) {
      const isRefused = answer.error.exitCode === 2
      const refused: Answer = {
        ...nothing,
        outcome: isRefused ? 'not-made' : 'failed',
        message: withoutSource(answer.error.message),
      }
      return { ...toTold(refused, world, place), proxyAdvice: null }
    }
    const tried = answer.attempts.flatMap(({ credential, outcome, message }) =>
      outcome === 'not-attempted' || outcome === 'excluded' ? [] : [{ credential, outcome, message: message ?? null }],
    )
    const { outcome, credential: winner, message } = answer
    const proxyAdvice = answer.advice?.find(({ id }) => id === 'proxy-covers-imds') ?? null
    return { ...toTold({ outcome, winner, tried, message, type: null }, world, place), proxyAdvice }
  })
}

const cliFile = fileURLToPath(new URL('../../bin/azid.js', import.meta.url))

function azidCommand(judge: Judge, { request = {}, options = {} }: Scenario, fill: Place['fill']) {
  return {
    cli: cliFile,
    args: [
      'chain',
      '--json',
      ...['--sdk', judge],
      ...['--scope', scope],
      ...(request.tenantId === undefined ? [] : ['--tenant', fill(request.tenantId)]),
      ...(request.claims === undefined ? [] : ['--claims', request.claims]),
      ...(options.clientId === undefined ? [] : ['--client-id', fill(options.clientId)]),
      ...(options.requireEnvvar === true ? ['--require-envvar'] : []),
      ...(options.exclude === undefined ? [] : ['--exclude', options.exclude.join(',')]),
    ],
  }
}

function readJson(text: string): ChainJson | null {
  try {
    return JSON.parse(text) as ChainJson
  } catch {
    return null
  }
}
