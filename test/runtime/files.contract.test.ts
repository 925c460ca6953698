/** The same cases over the fake and the real file system, so that the fake can be believed. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FileSystem } from '../../src/runtime.ts'
import { createNodeFileSystem } from '../../src/runtime-node/files.ts'
import { createNodeRandom } from '../../src/runtime-node/random.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

interface World {
  readonly files: FileSystem
  readonly folder: string
  link(target: string, name: string): void
  pipe(name: string): void
  names(): readonly string[]
  end(): void
}

function realWorld(): World {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-files-'))
  return {
    files: createNodeFileSystem(createNodeRandom()),
    folder,
    link: (target, name) => fs.symlinkSync(target, path.join(folder, name)),
    pipe: (name) => void execFileSync('mkfifo', [path.join(folder, name)]),
    names: () => fs.readdirSync(folder).sort(),
    end: () => fs.rmSync(folder, { recursive: true }),
  }
}

function fakeWorld(): World {
  const { files } = fakeRuntime({ files: { '/w': { kind: 'folder' } } })
  return {
    files,
    folder: '/w',
    link: (target, name) => files.put(`/w/${name}`, { kind: 'link', target }),
    pipe: (name) => files.put(`/w/${name}`, { kind: 'pipe' }),
    names: () => files.paths('/w').map((name) => path.basename(name)),
    end: () => {},
  }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const limit = { maxBytes: 1000 }

describe.each([
  ['fake', fakeWorld],
  ['real', realWorld],
])('%s file system', (_, makeWorld) => {
  let world: World
  let files: FileSystem
  const at = (name: string): string => path.join(world.folder, name)
  const failure = (code: string, name: string, detail: string) => ({
    ok: false,
    error: { code, path: at(name), detail },
  })

  beforeEach(() => {
    world = makeWorld()
    files = world.files
  })
  afterEach(() => world.end())

  it('writes atomically and reads back what was written, with its mode', async () => {
    expect(await files.writeAtomic(at('a'), bytes('one'), { mode: 0o600 })).toEqual({ ok: true, value: undefined })
    expect(await files.writeAtomic(at('a'), bytes('second'), { mode: 0o640 })).toMatchObject({ ok: true })
    expect(await files.read(at('a'), limit)).toEqual({ ok: true, value: bytes('second') })
    expect(await files.stat(at('a'))).toMatchObject({ ok: true, value: { kind: 'file', size: 6, mode: 0o640 } })
    expect(world.names()).toEqual(['a'])
  })

  it('keeps the exact mode whatever the umask says', async () => {
    await files.writeAtomic(at('a'), bytes('x'), { mode: 0o666 })
    await files.createExclusive(at('b'), bytes('x'), { mode: 0o622 })
    expect(await files.stat(at('a'))).toMatchObject({ value: { mode: 0o666 } })
    expect(await files.stat(at('b'))).toMatchObject({ value: { mode: 0o622 } })
  })

  it('leaves no temporary file when a write fails', async () => {
    await files.makeFolder(at('folder'), { mode: 0o700 })
    expect(await files.writeAtomic(at('folder'), bytes('x'), { mode: 0o600 })).toEqual(
      failure('is-folder', 'folder', 'EISDIR'),
    )
    expect(await files.writeAtomic(at('none/a'), bytes('x'), { mode: 0o600 })).toEqual(
      failure('not-found', 'none/a', 'ENOENT'),
    )
    expect(world.names()).toEqual(['folder'])
  })

  it('replaces a link itself, not what it leads to', async () => {
    await files.writeAtomic(at('target'), bytes('kept'), { mode: 0o600 })
    world.link('target', 'link')
    await files.writeAtomic(at('link'), bytes('new'), { mode: 0o600 })
    expect(await files.read(at('target'), limit)).toEqual({ ok: true, value: bytes('kept') })
    expect(await files.stat(at('link'), { noFollow: true })).toMatchObject({ value: { kind: 'file' } })
  })

  it('never replaces a pipe', async () => {
    world.pipe('pipe')
    expect(await files.writeAtomic(at('pipe'), bytes('x'), { mode: 0o600 })).toMatchObject({
      error: { code: 'not-a-file' },
    })
    expect(await files.stat(at('pipe'))).toMatchObject({ value: { kind: 'pipe' } })
  })

  it('reads nothing larger than the limit', async () => {
    await files.writeAtomic(at('a'), bytes('x'.repeat(1001)), { mode: 0o600 })
    expect(await files.read(at('a'), limit)).toEqual(failure('too-large', 'a', 'larger than 1000 bytes'))
    expect(await files.read(at('a'), { maxBytes: 1001 })).toMatchObject({ ok: true })
  })

  it('says what is in the way of reading', async () => {
    await files.makeFolder(at('folder'), { mode: 0o700 })
    await files.writeAtomic(at('file'), bytes(''), { mode: 0o600 })
    world.pipe('pipe')
    expect(await files.read(at('none'), limit)).toEqual(failure('not-found', 'none', 'ENOENT'))
    expect(await files.read(at('file/below'), limit)).toEqual(failure('not-found', 'file/below', 'ENOENT'))
    expect(await files.read(at('folder'), limit)).toEqual(failure('is-folder', 'folder', 'EISDIR'))
    expect(await files.read(at('pipe'), limit)).toEqual(failure('not-a-file', 'pipe', 'a pipe'))
  })

  it('follows links, unless told not to, and never in circles', async () => {
    await files.writeAtomic(at('file'), bytes('x'), { mode: 0o600 })
    world.link('file', 'link')
    world.link('circle', 'circle')
    expect(await files.read(at('link'), limit)).toEqual({ ok: true, value: bytes('x') })
    expect(await files.read(at('link'), { ...limit, noFollow: true })).toEqual(failure('not-a-file', 'link', 'ELOOP'))
    expect(await files.stat(at('link'))).toMatchObject({ value: { kind: 'file' } })
    expect(await files.stat(at('link'), { noFollow: true })).toMatchObject({ value: { kind: 'link' } })
    expect(await files.read(at('circle'), limit)).toEqual(failure('not-a-file', 'circle', 'ELOOP'))
    expect(await files.isReadable(at('link'))).toBe(true)
    expect(await files.isReadable(at('circle'))).toBe(false)
  })

  it('creates a file only where there is none, not even a dangling link', async () => {
    world.link('nowhere', 'dangling')
    expect(await files.createExclusive(at('a'), bytes('first'), { mode: 0o600 })).toMatchObject({ ok: true })
    expect(await files.createExclusive(at('a'), bytes('second'), { mode: 0o600 })).toEqual(
      failure('exists', 'a', 'EEXIST'),
    )
    expect(await files.createExclusive(at('dangling'), bytes('x'), { mode: 0o600 })).toEqual(
      failure('exists', 'dangling', 'EEXIST'),
    )
    expect(await files.read(at('a'), limit)).toEqual({ ok: true, value: bytes('first') })
  })

  it('appends, making the file when it is not there', async () => {
    await files.append(at('a'), bytes('one,'))
    await files.append(at('a'), bytes('two'))
    expect(await files.read(at('a'), limit)).toEqual({ ok: true, value: bytes('one,two') })
    expect(await files.stat(at('a'))).toMatchObject({ value: { mode: 0o600 } })
    await files.makeFolder(at('folder'), { mode: 0o700 })
    expect(await files.append(at('folder'), bytes('x'))).toEqual(failure('is-folder', 'folder', 'EISDIR'))
  })

  it('renames over a file, and moves a folder with what is in it', async () => {
    await files.writeAtomic(at('a'), bytes('a'), { mode: 0o600 })
    await files.writeAtomic(at('b'), bytes('b'), { mode: 0o600 })
    expect(await files.rename(at('a'), at('b'))).toMatchObject({ ok: true })
    expect(await files.read(at('b'), limit)).toEqual({ ok: true, value: bytes('a') })
    expect(await files.rename(at('a'), at('b'))).toEqual(failure('not-found', 'a', 'ENOENT'))
    await files.makeFolder(at('from/deep'), { mode: 0o700 })
    await files.writeAtomic(at('from/deep/c'), bytes('c'), { mode: 0o600 })
    expect(await files.rename(at('from'), at('to'))).toMatchObject({ ok: true })
    expect(await files.read(at('to/deep/c'), limit)).toEqual({ ok: true, value: bytes('c') })
    expect(world.names().filter((name) => ['a', 'b', 'from', 'to'].includes(name))).toEqual(['b', 'to'])
  })

  it('renames no folder over one that is not empty', async () => {
    await files.makeFolder(at('a'), { mode: 0o700 })
    await files.makeFolder(at('b/c'), { mode: 0o700 })
    expect(await files.rename(at('a'), at('b'))).toEqual(failure('exists', 'a', 'ENOTEMPTY'))
    expect(await files.rename(at('a'), at('b/c'))).toMatchObject({ ok: true })
  })

  it('removes files, links and empty folders', async () => {
    await files.makeFolder(at('folder'), { mode: 0o700 })
    await files.writeAtomic(at('folder/a'), bytes('a'), { mode: 0o600 })
    world.link('folder', 'link')
    expect(await files.remove(at('link'))).toMatchObject({ ok: true })
    expect(await files.remove(at('folder'))).toEqual(failure('exists', 'folder', 'ENOTEMPTY'))
    expect(await files.remove(at('folder/a'))).toMatchObject({ ok: true })
    expect(await files.remove(at('folder'))).toMatchObject({ ok: true })
    expect(await files.remove(at('folder'))).toEqual(failure('not-found', 'folder', 'ENOENT'))
  })

  it('makes a folder with its parents, and again without complaint', async () => {
    expect(await files.makeFolder(at('a/b'), { mode: 0o700 })).toEqual({ ok: true, value: undefined })
    expect(await files.makeFolder(at('a/b'), { mode: 0o700 })).toEqual({ ok: true, value: undefined })
    expect(await files.stat(at('a/b'))).toMatchObject({ value: { kind: 'folder', mode: 0o700 } })
    await files.writeAtomic(at('file'), bytes(''), { mode: 0o600 })
    expect(await files.makeFolder(at('file'), { mode: 0o700 })).toEqual(failure('exists', 'file', 'EEXIST'))
    expect(await files.makeFolder(at('file/below'), { mode: 0o700 })).toEqual(
      failure('not-found', 'file/below', 'ENOTDIR'),
    )
  })

  it('lists a folder', async () => {
    await files.makeFolder(at('a/b'), { mode: 0o700 })
    await files.writeAtomic(at('c'), bytes(''), { mode: 0o600 })
    const listed = await files.list(world.folder)
    expect(listed.ok && [...listed.value].sort()).toEqual(['a', 'c'])
    expect(await files.list(at('c'))).toEqual(failure('not-found', 'c', 'ENOTDIR'))
    expect(await files.list(at('none'))).toEqual(failure('not-found', 'none', 'ENOENT'))
  })

  it('touch needs a file that is there', async () => {
    await files.writeAtomic(at('a'), bytes(''), { mode: 0o600 })
    expect(await files.touch(at('a'))).toEqual({ ok: true, value: undefined })
    expect(await files.touch(at('none'))).toEqual(failure('not-found', 'none', 'ENOENT'))
  })
})

describe('real file system', () => {
  let world: World
  const at = (name: string): string => path.join(world.folder, name)
  beforeEach(() => {
    world = realWorld()
  })
  afterEach(() => world.end())

  it('reads a pipe that a person names, up to the limit', async () => {
    world.pipe('pipe')
    const writer = fs.promises.writeFile(at('pipe'), 'secret')
    expect(await world.files.read(at('pipe'), { ...limit, allowPipe: true })).toEqual({
      ok: true,
      value: bytes('secret'),
    })
    await writer
    const flood = fs.promises.writeFile(at('pipe'), 'x'.repeat(200_000)).catch((error: unknown) => error)
    expect(await world.files.read(at('pipe'), { ...limit, allowPipe: true })).toMatchObject({
      error: { code: 'too-large' },
    })
    expect(await flood).toMatchObject({ code: 'EPIPE' })
  })

  it('reads files whose size is not known beforehand', async () => {
    const read = await world.files.read('/proc/self/status', { maxBytes: 100_000 })
    expect(read.ok && Buffer.from(read.value).toString().startsWith('Name:')).toBe(true)
    expect(await world.files.read('/proc/self/status', { maxBytes: 20 })).toMatchObject({
      error: { code: 'too-large' },
    })
  })

  it('neither reads nor replaces a device', async () => {
    expect(await world.files.read('/dev/zero', limit)).toMatchObject({ error: { code: 'not-a-file' } })
    expect(await world.files.writeAtomic('/dev/null', bytes('x'), { mode: 0o600 })).toMatchObject({
      error: { code: 'not-a-file' },
    })
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('a path that no system accepts is an error, not a crash', async () => {
    expect(await world.files.read('a\0b', limit)).toMatchObject({ ok: false, error: { code: 'other' } })
    expect(await world.files.read(at('x'.repeat(300)), limit)).toMatchObject({ error: { detail: 'ENAMETOOLONG' } })
  })

  it('many writers at once leave one whole file and nothing else', async () => {
    const many = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        world.files.writeAtomic(at('same'), bytes(`${index % 10}`.repeat(5000)), { mode: 0o600 }),
      ),
    )
    expect(many.every((one) => one.ok)).toBe(true)
    expect(world.names()).toEqual(['same'])
    const last = await world.files.read(at('same'), { maxBytes: 20_000 })
    expect(last.ok && new Set(Buffer.from(last.value).toString().match(/../g)).size).toBe(1)
  })

  it('touch moves the modification time to now', async () => {
    await world.files.writeAtomic(at('a'), bytes(''), { mode: 0o600 })
    fs.utimesSync(at('a'), 1, 1)
    await world.files.touch(at('a'))
    expect(Math.abs(Date.now() - fs.statSync(at('a')).mtimeMs)).toBeLessThan(60_000)
  })
})
