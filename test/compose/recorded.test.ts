/** Compose files as Compose itself reads them: what compose-go made of each is recorded, a line a project. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ComposeFault } from '../../src/compose/model.ts'
import { openFiles } from './open-files.ts'

interface Recorded {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly shell?: Readonly<Record<string, string>>
  readonly service: string
  readonly refused?: true
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
}

const [, ...lines] = readFileSync(new URL('./recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const recorded = lines.map((line): Recorded => JSON.parse(line))

/** Where we differ, and what comes of it here. */
const differences: Readonly<Record<string, { readonly reason: string; readonly environment?: object }>> = {
  'a scalar: date': { reason: "Go's way to print a date is not the file's", environment: { V: '2026-01-02' } },
  'a scalar: time': {
    reason: "Go's way to print a time is not the file's",
    environment: { V: '2026-01-02T03:04:05Z' },
  },
  'an empty name': { reason: 'the library lets it pass, and the daemon refuses to start such a container' },
}

async function read({
  files,
  shell = {},
  service,
}: Recorded): Promise<Pick<Recorded, 'environment' | 'volumes'> | 'refused'> {
  try {
    const project = await openFiles(files, { COMPOSE_PROJECT_NAME: 'p', ...shell })
    if (!project.services.includes(service)) return 'refused'
    const { variables, mounts } = await project.resolve(service)
    const volumes = [...mounts].flatMap(([target, source]) => (source === null ? [] : [`${source} -> ${target}`]))
    return {
      environment: Object.fromEntries([...variables].map(([name, { value }]) => [name, value])),
      ...(volumes.length === 0 ? {} : { volumes: volumes.map((each) => each.replace(/^(?!\/)/, '/')) }),
    }
  } catch (error) {
    if (error instanceof ComposeFault) return 'refused'
    throw error
  }
}

describe('as compose-go reads it', () => {
  test.each(recorded.map((each) => [each.name, each] as const))('%s', async (name, each) => {
    const { environment, volumes, refused } = each
    const difference = differences[name]
    const judged = refused === true ? 'refused' : { environment, ...(volumes === undefined ? {} : { volumes }) }
    const ours = await read(each)
    if (difference === undefined) expect(ours).toEqual(judged)
    else {
      expect(ours).not.toEqual(judged)
      expect(ours).toEqual(difference.environment === undefined ? 'refused' : { environment: difference.environment })
    }
  })

  test('the differences are few, and each is of a recorded project', () => {
    const names = new Set(recorded.map(({ name }) => name))
    expect(names.size).toBe(recorded.length)
    expect(Object.keys(differences).filter((name) => !names.has(name))).toEqual([])
    expect(Object.keys(differences).length).toBeLessThanOrEqual(3)
  })
})
