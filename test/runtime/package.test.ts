/** What an installation gets: the packed files, without the repository around them and without `node_modules`. */
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolatedEnvironment } from '../support/run-cli.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
let installed = ''

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-package-'))
  execFileSync(process.execPath, ['scripts/build.mjs', '--types'], { cwd: root })
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
    cwd: root,
    encoding: 'utf8',
  })
  installed = path.join(folder, 'node_modules', 'azid')
  fs.mkdirSync(installed, { recursive: true })
  execFileSync('tar', ['-xzf', path.join(folder, packed.trim()), '-C', installed, '--strip-components=1'])
})
afterAll(() => fs.rmSync(folder, { recursive: true }))

function filesIn(from: string): readonly string[] {
  return fs
    .readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
}

describe('the package', () => {
  it('holds what a user needs, and nothing else', () => {
    const files = filesIn(installed).map((file) => path.relative(installed, file).split(path.sep).join('/'))
    const { man } = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8')) as { man: string[] }
    const schemas = fs.readdirSync(path.join(root, 'docs', 'schemas')).map((file) => `docs/schemas/${file}`)
    const completions = ['bash', 'fish', 'ps1', 'zsh'].map((shell) => `completions/azid.${shell}`)
    const texts = ['CHANGELOG.md', 'LICENSE', 'README.md', 'THIRD-PARTY-NOTICES.txt']
    const named = [...texts, 'package.json', 'bin/azid.js', 'bin/package.json', ...completions, ...man, ...schemas]
    const built =
      /^dist\/(?:(?:bin|warm-file|warm-keyring|code)\.cjs|index\.js|command\/[\w-]+\.cjs|library\/[\w-]+\.js|types\/[\w/-]+\.d\.ts)$/
    expect(files.filter((file) => !built.test(file)).sort()).toEqual(named.sort())
    // One declaration for what each public type is made of, not one for each module.
    expect(files.filter((file) => file.startsWith('dist/types/')).length).toBeLessThan(40)
    for (const file of files.filter((name) => name.startsWith('dist/'))) {
      expect(fs.readFileSync(path.join(installed, file), 'utf8'), file).not.toContain('sourceMappingURL')
    }
  })

  it('gets a token from its own sandbox with nothing else installed', async () => {
    const bin = path.join(installed, 'bin', 'azid.js')
    const get = [process.execPath, bin, 'get-token', 'arm', '--credential', 'environment']
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'sandbox', 'run', '--quiet', '--', ...get], {
      env: await isolatedEnvironment(folder),
      cwd: folder,
      encoding: 'utf8',
    })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
  })

  it('is a library for ES modules, and for CommonJS by require', () => {
    const names = ['DefaultAzureCredential', 'ChainedTokenCredential', 'getBearerTokenProvider']
    const print = `console.log(${JSON.stringify(names)}.map((name) => typeof azid[name]).join())`
    fs.writeFileSync(path.join(folder, 'a.mjs'), `import * as azid from 'azid'\n${print}`)
    fs.writeFileSync(path.join(folder, 'a.cjs'), `const azid = require('azid')\n${print}`)
    for (const file of ['a.mjs', 'a.cjs']) {
      expect(execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' })).toBe(
        'function,function,function\n',
      )
    }
  })

  it('declares its types', () => {
    fs.symlinkSync(path.join(root, 'node_modules', '@types'), path.join(folder, 'node_modules', '@types'))
    const compile = (body: string): string => {
      const head = "import { DefaultAzureCredential, getBearerTokenProvider } from 'azid'\n"
      fs.writeFileSync(
        path.join(folder, 'consumer.mts'),
        `${head}const credential = new DefaultAzureCredential()\n${body}`,
      )
      const tsc = path.join(root, 'node_modules/typescript/bin/tsc')
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node']
      return spawnSync(process.execPath, [tsc, ...options, 'consumer.mts'], { cwd: folder, encoding: 'utf8' }).stdout
    }
    const scope = 'https://vault.azure.net/.default'
    expect(
      compile(`const give: () => Promise<string> = getBearerTokenProvider(credential, '${scope}')\nawait give()`),
    ).toBe('')
    expect(compile(`export const given = getBearerTokenProvider(credential, 1)`)).toContain('error TS2345')
  })
})
