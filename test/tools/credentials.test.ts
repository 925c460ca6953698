/** The credentials of az, azd and Azure PowerShell, scenario by scenario, against what the SDK for Python did. */
import { describe, expect, test } from 'vitest'
import { type ChainResult, runTools } from './play.ts'
import { recordedTools } from './recorded.ts'
import { type ToolScenario, toolScenarios } from './scenarios.ts'

describe('as the SDK for Python', () => {
  test('every scenario has a recording, and every recording a scenario', () => {
    expect(toolScenarios.map(({ name }) => name).sort()).toEqual([...recordedTools.keys()].sort())
  })

  test.each(toolScenarios)('$name', async (scenario) => {
    const { result, message, args } = await runTools(scenario)
    const recorded = recordedTools.get(scenario.name)
    if (recorded === undefined) throw new Error('not recorded')
    expect({ kind: kindOf(result), message, token: result.token?.token.reveal() }).toEqual({
      kind: recorded.kind,
      message: recorded.message,
      token: recorded.token,
    })
    if (recorded.args !== undefined) expect(args).toEqual(recorded.args)
    if (recorded.kind === 'token' && !isLocalTime(scenario)) {
      expect(result.token?.expiresOn).toBe((recorded.expiresOn ?? Number.NaN) * 1000)
    }
  })

  test("a local time is this machine's own", async () => {
    const scenario = toolScenarios.find(({ name }) => name === 'az: the old local expiresOn')
    if (scenario === undefined) throw new Error('no such scenario')
    const { result } = await runTools(scenario)
    expect(result.token?.expiresOn).toBe(new Date(2026, 10, 21, 3, 4, 5).getTime())
  })
})

function kindOf({ outcome }: ChainResult): string {
  return outcome === 'succeeded' ? 'token' : outcome
}

function isLocalTime({ name }: ToolScenario): boolean {
  return name === 'az: the old local expiresOn'
}
