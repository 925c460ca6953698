/** Opening the browser that BROWSER names: one command after the other, without a shell. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createNodeBrowser } from '../../src/runtime-node/browser.ts'

const url = 'https://login.example/authorize?a=1&b=$(touch /tmp/never)&c=%20"\'`;x'

async function place(): Promise<{ readonly folder: string; readonly told: () => Promise<string> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid browser '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script =
    '#!/bin/sh\nfor each; do printf "[%s]" "$each"; done > "$(dirname "$0")/told.new"\nmv "$(dirname "$0")/told.new" "$(dirname "$0")/told"\n'
  await writeFile(path.join(folder, 'show'), script, { mode: 0o755 })
  await writeFile(path.join(folder, 'fail'), '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  return { folder, told: () => readFile(path.join(folder, 'told'), 'utf8') }
}

function open(variable: string, target = url): Promise<string | null> {
  return createNodeBrowser({ get: () => variable, names: () => ['BROWSER'] }).open(target)
}

test('the address is one argument, whatever is in it', async () => {
  const { folder, told } = await place()
  expect(await open(`"${folder}/show"`)).toBeNull()
  expect(await told()).toBe(`[${url}]`)
})

test('%s is its place among the arguments', async () => {
  const { folder, told } = await place()
  expect(await open(`'${folder}/show' --new "a b" --url=%s --last`)).toBeNull()
  expect(await told()).toBe(`[--new][a b][--url=${url}][--last]`)
})

test('the first command that works is taken', async () => {
  const { folder, told } = await place()
  expect(await open(`azid-no-such-browser:"${folder}/fail":"${folder}/show"`)).toBeNull()
  expect(await told()).toBe(`[${url}]`)
})

test('none works: the reason names the last and the variable', async () => {
  const { folder } = await place()
  expect(await open('azid-no-such-browser')).toBe("'azid-no-such-browser' cannot be started: ENOENT (BROWSER)")
  expect(await open(`"${folder}/fail"`)).toBe(`'${folder}/fail' ended with 3 (BROWSER)`)
})

test('one that stays is a browser', async () => {
  const began = performance.now()
  expect(await open('sleep 5 --', '5')).toBe('only http and https addresses are opened')
  expect(await open(`${process.execPath} -e setTimeout(()=>{},4000)`)).toBeNull()
  expect(performance.now() - began).toBeLessThan(20_000)
})

test.each(['file:///etc/passwd', 'javascript:alert(1)', '--help', ''])('%s is not opened', async (target) => {
  expect(await open('true', target)).toBe('only http and https addresses are opened')
})
