/** What the README shows is what is printed: its console is run, with times, ids and what `…` leaves out apart. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cliFile, runCli } from '../support/run-cli.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const [, console = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? []
const samples = console
  .split(/^\$ (?=azid )/m)
  .slice(1)
  .map((sample) => {
    const [command = '', ...shown] = sample.trimEnd().split('\n')
    return [command.replace(/\s+#.*$/, ''), shown.join('\n')] as const
  })

/** A line that begins with `…` stands for any number of lines; one that ends with it for any end. */
function toPattern(shown: string): RegExp {
  const lines = normalise(shown)
    .split('\n')
    .map((line) => (/^\s*…$/.test(line) ? '(?:.*\\n)*?' : `${escapeText(line).replace(/…$/, '.*')}\\n`))
  return new RegExp(`^${lines.join('')}$`)
}

function escapeText(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')
}

function normalise(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ/g, 'TIME')
    .replace(/(?:Trace ID|Correlation ID):\s+[\da-f-]{36}/g, 'ID')
    .replace(/ +[\d.]+ m?s(?= |$)/gm, ' TOOK')
    .replace(/\d+ minutes|1 hour/g, 'SPAN')
}

test.skipIf(process.platform === 'win32').each(samples)('%s', async (command, shown) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-readme-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const azid = path.join(folder, 'azid')
  writeFileSync(azid, `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`)
  chmodSync(azid, 0o755)
  const env = { PATH: `${folder}:${process.env['PATH']}` }
  const run = await runCli(command.split(' ').slice(1), { env })
  const printed = normalise(`${run.stdout}${run.stderr}`)
    .split('\n')
    .filter((line) => !line.startsWith('azid sandbox: '))
    .join('\n')
  expect(printed).toMatch(toPattern(shown))
})
