/** What to do where IMDS does not answer, or something of another cloud does. */
import { expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import type { AnswerFault } from '../../src/engine/managed-identity/facts.ts'
import { problem } from '../../src/engine/problems.ts'

function hintsOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  fault: AnswerFault,
  host: 'imds' | 'app-service',
) {
  const { causes, hints } = diagnose(
    problem('managed-identity-answer', {
      host,
      sender: host,
      endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
      phase: 'token',
      status,
      statusText: '',
      body: '',
      requests: 1,
      fault,
      headers,
    }),
  )
  return { causes, text: hints.map(({ text }) => text).join('; ') }
}

test.each<[string, number, Readonly<Record<string, string>>, AnswerFault]>([
  ['AWS', 401, { server: 'EC2ws', 'content-type': 'text/html' }, 'not-json'],
  ['AWS', 404, { server: 'EC2ws' }, 'not-json'],
  ['Google Cloud', 403, { 'metadata-flavor': 'Google', server: 'Metadata Server for VM' }, 'not-json'],
  ['Google Cloud', 404, { server: 'Metadata Server for VM' }, 'content-type'],
])('%s, by its headers (%i)', (cloud, status, headers, fault) => {
  const { causes, text } = hintsOf(status, headers, fault, 'imds')
  expect(causes).toEqual(['imds-unreachable'])
  expect(text).toContain(`the metadata service of ${cloud} answers at this address`)
})

test('a page without them is not said to be of a cloud, nor what another host answers', () => {
  expect(hintsOf(404, { server: 'nginx' }, 'not-json', 'imds').text).toContain('something else answers in its place')
  expect(hintsOf(404, { server: 'EC2ws' }, 'not-json', 'app-service').text).not.toContain('AWS')
})

test.each<[readonly string[], string]>([
  [[], 'outside Azure there is no managed identity'],
  [
    ['/sys/class/dmi/id/chassis_asset_tag'],
    'this looks like a machine of Azure (/sys/class/dmi/id/chassis_asset_tag): let http://127.0.0.1:1/x be reached from here',
  ],
  [
    ['AZURE_POD_IDENTITY_AUTHORITY_HOST'],
    'nothing answers at http://127.0.0.1:1/x, where AZURE_POD_IDENTITY_AUTHORITY_HOST says: start what it is meant for, or unset it',
  ],
  [
    ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 'ACC_CLOUD'],
    'this looks like a machine of Azure (AZURE_POD_IDENTITY_AUTHORITY_HOST, ACC_CLOUD)',
  ],
])('nobody answers, with the signs %j', (azureSigns, expected) => {
  const { hints } = diagnose(
    problem('managed-identity-unreachable', {
      host: 'imds',
      sender: 'imds',
      endpoint: 'http://127.0.0.1:1/x',
      phase: 'probe',
      error: { code: 'refused', host: '127.0.0.1:1', detail: 'connect ECONNREFUSED 127.0.0.1:1' },
      requests: 1,
      connectTimeoutMs: 1000,
      answerTimeoutMs: 1000,
      azureSigns,
    }),
  )
  expect(hints[0]?.text).toContain(expected)
})
