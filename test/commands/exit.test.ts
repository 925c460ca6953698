import { describe, expect, test } from 'vitest'
import { exitOf } from '../../src/commands/exit.ts'
import { type Problem, problem, type StsRefusal } from '../../src/engine/problems.ts'
import type { Attempt, ChainResult } from '../../src/engine/types.ts'

function refusal(error: string, ...codes: string[]): Problem {
  const facts: StsRefusal = {
    error,
    description: '',
    codes,
    status: 400,
    authority: 'https://login.example',
    tenantId: 't',
  }
  return problem('token-refused', facts)
}

const notConfigured = problem('environment-incomplete', { set: [], missing: [] })

function run(...attempts: [Attempt['outcome'], Problem?][]): ChainResult {
  const all = attempts.map(
    ([outcome, met]): Attempt => ({
      credential: 'EnvironmentCredential',
      outcome,
      elapsedMs: 1,
      evidence: [],
      ...(met === undefined ? {} : { problem: met }),
    }),
  )
  const outcome = all.some((attempt) => attempt.outcome === 'succeeded')
    ? 'succeeded'
    : all.some((attempt) => attempt.outcome === 'failed')
      ? 'failed'
      : 'unavailable'
  return { outcome, credential: null, stoppedBy: null, token: null, attempts: all, elapsedMs: 1 }
}

describe('exitOf', () => {
  test.each<[string, ChainResult, string]>([
    ['a token is done', run(['unavailable', notConfigured], ['succeeded']), 'done'],
    ['a refused secret is refused', run(['failed', refusal('invalid_client', 'AADSTS7000215')]), 'refused'],
    ['MFA needs a person', run(['failed', refusal('invalid_grant', 'AADSTS50076')]), 'person'],
    ['consent needs a person', run(['failed', refusal('invalid_grant', 'AADSTS65001')]), 'person'],
    ['an expired sign-in needs a person', run(['failed', refusal('invalid_grant', 'AADSTS700082')]), 'person'],
    [
      'interaction_required needs a person whatever the code',
      run(['failed', refusal('interaction_required')]),
      'person',
    ],
    ['no route is network', run(['failed', problem('network', { code: 'refused', host: 'h', detail: '' })]), 'network'],
    ['a time limit is network', run(['failed', problem('timed-out', { what: '--timeout', timeoutMs: 1 })]), 'network'],
    ['nothing configured is unavailable', run(['unavailable', notConfigured]), 'unavailable'],
    [
      'signed out tools are unavailable',
      run(['unavailable', notConfigured], ['unavailable', notConfigured]),
      'unavailable',
    ],
    [
      'an unavailable link refused for MFA needs a person',
      run(['unavailable', notConfigured], ['unavailable', refusal('invalid_grant', 'AADSTS50076')]),
      'person',
    ],
    [
      'the credential that stopped the chain speaks first',
      run(
        ['unavailable', refusal('invalid_grant', 'AADSTS50076')],
        ['failed', refusal('invalid_client', 'AADSTS7000215')],
      ),
      'refused',
    ],
    ['SIGINT', run(['failed', problem('interrupted', { signal: 'SIGINT' })]), 'interrupted'],
    ['SIGTERM', run(['failed', problem('interrupted', { signal: 'SIGTERM' })]), 'terminated'],
  ])('%s', (_name, result, exit) => {
    expect(exitOf(result)).toBe(exit)
  })
})
