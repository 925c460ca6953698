import { describe, expect, test } from 'vitest'
import { answerChallenge } from '../../src/engine/managed-identity/arc-challenge.ts'
import type { ManagedIdentityFacts } from '../../src/engine/managed-identity/facts.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'

const linux = '/var/opt/azcmagent/tokens'
const windows = 'C:\\ProgramData\\AzureConnectedMachineAgent\\Tokens'

type Reason = ManagedIdentityFacts['arc-challenge-refused']['reason']

async function answer(header: string | null, options: FakeRuntimeOptions = {}): Promise<string | { reason: Reason }> {
  const runtime = fakeRuntime(options)
  const headers = header === null ? {} : { 'www-authenticate': header }
  const result = await answerChallenge({ status: 401, statusText: '', headers, body: '' }, runtime)
  if (result.ok) return result.value.reveal()
  if (result.error.code !== 'arc-challenge-refused') throw new Error(result.error.code)
  return { reason: result.error.facts.reason }
}

describe('on Linux', () => {
  const files = { [`${linux}/a.key`]: 'the-key' }
  test.each([[`Basic realm=${linux}/a.key`], [`basic REALM=${linux}/a.key`], [`Basic realm="${linux}/a.key"`]])(
    '%s gives the key',
    async (header) => {
      expect(await answer(header, { files })).toBe('the-key')
    },
  )

  test.each<[string | null, Reason]>([
    [null, 'header'],
    ['', 'header'],
    ['Basic', 'header'],
    ['Basic realm', 'header'],
    [`Bearer realm=${linux}/a.key`, 'header'],
    [`Basic  realm=${linux}/a.key`, 'header'],
    [`Basic realm=${linux}/a=b.key`, 'header'],
    [`Basic realm=${linux}/a.key, Basic realm=${linux}/a.key`, 'header'],
    ['Basic realm=', 'folder'],
    ['Basic realm=a.key', 'folder'],
    ['Basic realm=/etc/shadow', 'folder'],
    ['Basic realm=/etc/a.key', 'folder'],
    ['Basic realm=/var/opt/azcmagent/a.key', 'folder'],
    [`Basic realm=${linux}/../a.key`, 'folder'],
    [`Basic realm=${linux}/../tokens/a.key`, 'folder'],
    [`Basic realm=${linux}/./a.key`, 'folder'],
    [`Basic realm=${linux}//a.key`, 'folder'],
    [`Basic realm=${linux}/deeper/a.key`, 'folder'],
    [`Basic realm=${linux}/`, 'folder'],
    [`Basic realm=x${linux}/a.key`, 'folder'],
    [`Basic realm=${linux.toUpperCase()}/a.key`, 'folder'],
    [`Basic realm=${linux}/a.key\u0000.txt`, 'folder'],
    [`Basic realm=${linux}/a.txt`, 'extension'],
    [`Basic realm=${linux}/a.key.bak`, 'extension'],
    [`Basic realm=${linux}/a.KEY`, 'extension'],
    [`Basic realm=${linux}/.key`, 'extension'],
    [`Basic realm=${linux}/key`, 'extension'],
    [`Basic realm=${linux}/..`, 'extension'],
    [`Basic realm=${linux}/b.key`, 'missing'],
  ])('%j is refused: %s', async (header, reason) => {
    expect(await answer(header, { files })).toEqual({ reason })
  })

  test.each<[string, FakeRuntimeOptions, Reason | 'read']>([
    ['4096 bytes', { files: { [`${linux}/a.key`]: 'k'.repeat(4096) } }, 'read'],
    ['4097 bytes', { files: { [`${linux}/a.key`]: 'k'.repeat(4097) } }, 'size'],
    ['an empty one', { files: { [`${linux}/a.key`]: '' } }, 'read'],
    [
      'a link to a key elsewhere',
      { files: { [`${linux}/a.key`]: { target: '/etc/a.key' }, '/etc/a.key': 'x' } },
      'link',
    ],
    [
      'a link to a key beside it',
      { files: { [`${linux}/a.key`]: { target: 'b.key' }, [`${linux}/b.key`]: 'x' } },
      'link',
    ],
    [
      'a link in place of the folder',
      { files: { [linux]: { target: '/home/other' }, '/home/other/a.key': 'x' } },
      'link',
    ],
    [
      'a link in place of the agent’s own folder',
      { files: { '/var/opt/azcmagent': { target: '/home/other' }, '/home/other/tokens/a.key': 'x' } },
      'link',
    ],
    ['a folder', { files: { [`${linux}/a.key`]: { kind: 'folder' } } }, 'not-a-file'],
    ['a pipe', { files: { [`${linux}/a.key`]: { kind: 'pipe', content: 'x' } } }, 'not-a-file'],
    ['no right to read it', { files: { [`${linux}/a.key`]: { content: 'x', mode: 0o600, userId: 0 } } }, 'unreadable'],
    ['a line break in it', { files: { [`${linux}/a.key`]: 'a\nb' } }, 'key'],
    ['a line break at its end', { files: { [`${linux}/a.key`]: 'a\n' } }, 'key'],
    ['bytes that are no text', { files: { [`${linux}/a.key`]: new Uint8Array([0, 1, 255]) } }, 'key'],
  ])('%s: %s', async (_, options, expected) => {
    const result = await answer(`Basic realm=${linux}/a.key`, options)
    if (expected === 'read') expect(typeof result).toBe('string')
    else expect(result).toEqual({ reason: expected })
  })

  test('a file that grows between the look and the reading is not read', async () => {
    const runtime = fakeRuntime({ files: { [`${linux}/a.key`]: 'k' } })
    const { files } = runtime
    const growing = {
      ...files,
      stat: async (path: string, options?: { noFollow?: boolean }) => {
        const before = await files.stat(path, options)
        if (path.endsWith('.key')) files.put(path, 'k'.repeat(5000))
        return before
      },
    }
    const headers = { 'www-authenticate': `Basic realm=${linux}/a.key` }
    const result = await answerChallenge(
      { status: 401, statusText: '', headers, body: '' },
      { ...runtime, files: growing },
    )
    expect(result.ok ? null : result.error.code === 'arc-challenge-refused' && result.error.facts.reason).toBe('size')
  })
})

describe('on Windows', () => {
  const options: FakeRuntimeOptions = {
    platform: 'win32',
    env: { ProgramData: 'C:\\ProgramData' },
    files: { [`${windows}\\a.key`]: 'the-key' },
  }
  test.each([[`${windows}\\a.key`], [`${windows.toLowerCase()}\\A.KEY`], [`${windows.replaceAll('\\', '/')}/a.key`]])(
    '%s gives the key',
    async (path) => {
      expect(await answer(`Basic realm=${path}`, options)).toBe('the-key')
    },
  )

  test.each<[string, Reason]>([
    [`${windows}\\..\\Tokens\\a.key`, 'folder'],
    ['C:\\Windows\\a.key', 'folder'],
    [`${windows}\\deeper\\a.key`, 'folder'],
    [`\\\\server\\share\\a.key`, 'folder'],
    [`\\\\?\\${windows}\\a.key`, 'folder'],
    [`${windows}\\a.key:stream.key`, 'folder'],
    [`D:${windows.slice(2)}\\a.key`, 'folder'],
    [`${linux}/a.key`, 'folder'],
    [`${windows}\\a.key.`, 'extension'],
    [`${windows}\\a.txt`, 'extension'],
    [`${windows}\\b.key`, 'missing'],
  ])('%s is refused: %s', async (path, reason) => {
    expect(await answer(`Basic realm=${path}`, options)).toEqual({ reason })
  })
})

describe('on Windows, the folder', () => {
  test.each([
    ['of another drive', 'D:\\Data', 'D:\\Data\\AzureConnectedMachineAgent\\Tokens'],
    ['with a separator at its end', 'C:\\ProgramData\\', windows],
    ['of an empty variable', '', windows],
    ['of none', undefined, windows],
  ])('%s', async (_, variable, folder) => {
    const env = variable === undefined ? {} : { ProgramData: variable }
    const options: FakeRuntimeOptions = { platform: 'win32', env, files: { [`${folder}\\a.key`]: 'the-key' } }
    expect(await answer(`Basic realm=${folder}\\a.key`, options)).toBe('the-key')
  })

  test('that is a junction to elsewhere is none', async () => {
    const files = { [windows]: { target: 'C:\\Other' }, 'C:\\Other\\a.key': 'x' }
    expect(await answer(`Basic realm=${windows}\\a.key`, { platform: 'win32', files })).toEqual({ reason: 'link' })
  })
})

test('there is no agent on other platforms', async () => {
  expect(await answer(`Basic realm=${linux}/a.key`, { platform: 'darwin' })).toEqual({ reason: 'platform' })
})
