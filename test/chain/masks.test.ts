import { describe, expect, test } from 'vitest'
import { scan } from '../../src/commands/chain-issue.ts'
import { isSecretVariable } from '../../src/commands/known-secrets.ts'
import { allEnvVars } from '../../src/knowledge/env-vars.ts'
import { createMask } from '../../src/output/masks.ts'
import { makeToken } from '../jwt/tokens.ts'

describe('ids and names give way to stand-ins', () => {
  const mask = createMask(
    [
      { value: 'contoso.onmicrosoft.com', what: 'tenant' },
      { value: 'Ada Lovelace', what: 'name' },
      { value: 'ab', what: 'user' },
    ],
    '/home/ada',
  )
  test.each([
    ['the home folder', 'read /home/ada/.azure/x', 'read ~/.azure/x'],
    ['and not what only begins like it', 'read /home/ada-2/x', 'read /home/ada-2/x'],
    ['a known value, in any case', 'tenant Contoso.OnMicrosoft.com', 'tenant <tenant 1>'],
    ['and not within a word', 'xcontoso.onmicrosoft.comx', 'xcontoso.onmicrosoft.comx'],
    ['a known name with a space', 'for Ada Lovelace.', 'for <name 1>.'],
    ['a value too short to be one stays', 'ab', 'ab'],
    ['an address', 'as ada@contoso.example now', 'as <user 1> now'],
    ['a guest', 'ada_x.com#EXT#@contoso.example', '<user 2>'],
    ['an id', 'app 11111111-2222-3333-4444-555555555555', 'app <id 1>'],
    [
      'the same id again, in capitals',
      '11111111-2222-3333-4444-555555555555 AAAAAAAA-2222-3333-4444-555555555555',
      '<id 1> <id 2>',
    ],
    [
      'what finds the request stays',
      'Trace ID: 99999999-2222-3333-4444-555555555555 Correlation ID: 88888888-2222-3333-4444-555555555555',
      'Trace ID: 99999999-2222-3333-4444-555555555555 Correlation ID: 88888888-2222-3333-4444-555555555555',
    ],
    [
      "what Entra quotes is somebody's name",
      "AADSTS700016: Application with identifier 'secret app' was not found in the directory 'Contoso Ltd'.",
      "AADSTS700016: Application with identifier '…' was not found in the directory '…'.",
    ],
    ['other quotes stay', "Please run 'az login'", "Please run 'az login'"],
  ])('%s', (_, text, expected) => {
    expect(mask(text)).toBe(expected)
  })
})

describe('the last search before a report is written', () => {
  const secret = 'canary-secret-of-this-run'
  test.each([
    ['a secret of the run', `x ${secret} y`, 'a secret of this run'],
    ['its base64', `x ${Buffer.from(secret).toString('base64')} y`, 'a secret of this run'],
    ['a token of nobody knows where', `x ${makeToken({ aud: 'x' })} y`, 'a secret of this run'],
    ['a client secret by its form', 'x abc8Q~0123456789012345678901234567890123 y', 'looks like'],
    ['a refresh token', 'x 0.AXQAi_8TAAAAabcdefghijklmnopqrstuvwxyz y', 'looks like'],
    ['a header', 'Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ', 'looks like'],
    ['a word of chance', 'x aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5z y', 'random'],
  ])('%s is found', (_, text, found) => {
    expect(scan(text, [secret])).toContain(found)
  })

  test.each([
    ['a message of an SDK', 'DefaultAzureCredential failed to retrieve a token from the included credentials.'],
    ['a link', 'https://aka.ms/azsdk/python/identity/workloadidentitycredential/troubleshoot'],
    ['a path', '- file ~/.IdentityService/msal.cache.nocae: not found'],
    [
      'a long path',
      '/opt/hostedtoolcache/Python3.12.7/x64/lib/python3.12/site-packages/azure/identity/_credentials/default.py',
    ],
    ['an id and a time', 'Trace ID: 99999999-2222-3333-4444-555555555555 Timestamp: 2026-11-21 06:58:09Z'],
    [
      'a command',
      '- process /usr/bin/az account get-access-token --output json --resource https://management.azure.com: exit 1, 586 ms',
    ],
    ['stars', 'client_secret=*** "access_token": "***"'],
  ])('%s is not', (_, text) => {
    expect(scan(text, [secret])).toBeNull()
  })
})

test('every secret variable of the table is known by its name, and paths to secrets are not taken for them', () => {
  const unknown = allEnvVars().filter(({ name, secret }) => secret && !isSecretVariable(name))
  expect(unknown.map(({ name }) => name)).toEqual([])
  for (const name of [
    'AZURE_FEDERATED_TOKEN_FILE',
    'AZURE_TOKEN_CREDENTIALS',
    'AZURE_CLIENT_ID',
    'ACTIONS_ID_TOKEN_REQUEST_URL',
  ]) {
    expect(isSecretVariable(name), name).toBe(false)
  }
})
