import { describe, expect, test } from 'vitest'
import { differences } from './differences.ts'
import { play } from './play.ts'
import { normaliseMessage, type Recorded, recorded } from './recorded.ts'
import { scenarios } from './scenarios.ts'

describe('managed identity does in every scenario what azure-identity for Python was recorded to do', () => {
  for (const scenario of scenarios) {
    const known = differences[scenario.name]
    test(known === undefined ? scenario.name : `${scenario.name} (but ${known.because})`, async () => {
      const theirs = recorded.get(scenario.name)
      if (theirs === undefined) throw new Error('there is no recording: run the conformance suite with AZID_RECORD=1')
      const ours = await play(scenario)
      const expected = { ...comparable(theirs), ...known?.ours }
      expect({
        kind: ours.outcome.kind,
        message: ours.message === undefined ? undefined : comparableMessage(ours.message),
        token: ours.outcome.kind === 'token' ? describeToken(ours.outcome.token) : undefined,
        requests: ours.requests,
        sleeps: ours.sleeps,
      }).toEqual(expected)
    })
  }

  test('every difference belongs to a scenario, and is one', async () => {
    const names = new Set(scenarios.map((scenario) => scenario.name))
    expect(Object.keys(differences).filter((name) => !names.has(name))).toEqual([])
    for (const [name, { ours }] of Object.entries(differences)) {
      const theirs = recorded.get(name)
      expect(theirs === undefined ? null : { ...comparable(theirs), ...ours }, name).not.toEqual(
        theirs && comparable(theirs),
      )
    }
  })

  test('every recording belongs to a scenario', () => {
    expect([...recorded.keys()].sort()).toEqual(scenarios.map((scenario) => scenario.name).sort())
  })
})

function comparable(result: Recorded): Record<string, unknown> {
  return {
    kind: result.kind,
    message: result.message === undefined ? undefined : comparableMessage(result.message),
    token: result.kind === 'token' ? describeToken(result) : undefined,
    requests: result.requests,
    sleeps: result.sleeps,
  }
}

/** The limits differ (design, and the recorder shortens them), and so do their numbers in the text. */
function comparableMessage(message: string): string {
  return normaliseMessage(message).replace(/timeout=[0-9.]+/g, 'timeout=N')
}

function describeToken(token: { tokenType?: string; expiresOn?: number; refreshOn?: number | null }): unknown {
  const inSeconds = (value: number | null | undefined): number | null =>
    value === null || value === undefined ? null : value > 1e12 ? value / 1000 : value
  return { tokenType: token.tokenType, expiresOn: inSeconds(token.expiresOn), refreshOn: inSeconds(token.refreshOn) }
}
