/** The command line of `azid serve`: what is refused before anything listens, and what is printed. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'

const brief = ['--ttl', '1ms', '--quiet']

describe('refused before anything listens', () => {
  test.each([
    [[], 'needs to be told for which targets'],
    [['--allow', 'valt'], 'did you mean `vault`'],
    [['--allow', 'vault', '--listen', '0.0.0.0'], 'other machines can reach 0.0.0.0'],
    [['--allow', 'vault', '--listen', '::'], 'other machines can reach ::'],
    [['--allow', 'vault', '--listen', 'example.com'], 'is not an IP address'],
    [['--allow', 'vault', '--listen', '127.1'], 'is not an IP address'],
    [['--allow', 'vault', '--listen', '192.0.2.1', '--expose'], 'it is no address of this machine'],
    [['--allow', 'vault', '--allow-host', 'a b'], 'is not a host name'],
    [['--allow', 'vault', '--allow-host', 'http://x'], 'is not a host name'],
    [['--allow', 'vault', '--port', '0'], 'is not a port'],
    [['--allow', 'vault', '--ttl', '0'], 'leaves no time at all'],
    [['--allow', 'vault', '--print', 'xml'], 'is not one of env, docker'],
    [['--allow', 'vault', '--print', 'docker', '--shell', 'fish'], 'means nothing with `--print docker`'],
    [['vault'], 'one argument too many'],
    [['--allow', 'vault', '--timeout', '5s'], '--timeout'],
  ])('%j', async (args, words) => {
    const run = await runCli(['serve', ...args])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(words)
  })

  test('a port that another program has', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const run = await runCli(['serve', '--allow', 'vault', '--port', String(port)])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('another program has it')
  })

  test.each(['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'])(
    '%s that leads to itself',
    async (name) => {
      const probe = createServer().listen(0, '127.0.0.1')
      await new Promise((resolve) => probe.once('listening', resolve))
      const { port } = probe.address() as AddressInfo
      await new Promise((resolve) => probe.close(resolve))
      const run = await runCli(['serve', '--allow', 'vault', '--port', String(port)], {
        env: { [name]: `http://localhost:${port}/msi/token`, IDENTITY_HEADER: 'old' },
      })
      expect(run).toMatchObject({ code: 2, stdout: '' })
      expect(run.stderr.replace(/\s+/g, ' ')).toContain(`${name} leads to this very endpoint`)
    },
  )
})

describe('what is printed', () => {
  test('two assignments for a shell', async () => {
    const run = await runCli(['serve', '--allow', 'vault', ...brief])
    expect(run.code).toBe(0)
    expect(run.stderr).toBe('')
    expect(run.stdout).toMatch(
      /^export IDENTITY_ENDPOINT='http:\/\/127\.0\.0\.1:\d+\/msi\/token'\nexport IDENTITY_HEADER='[\w-]{43}'\n$/,
    )
  })

  test.each([
    ['fish', /^set -gx IDENTITY_ENDPOINT 'http:\/\/127\.0\.0\.1:\d+\/msi\/token'\n/],
    ['powershell', /^\$env:IDENTITY_ENDPOINT = 'http:\/\/127\.0\.0\.1:\d+\/msi\/token'\n/],
    ['cmd', /^set "IDENTITY_ENDPOINT=http:\/\/127\.0\.0\.1:\d+\/msi\/token"\r\n/],
    ['nu', /^\{"IDENTITY_ENDPOINT":"http:\/\/127\.0\.0\.1:\d+\/msi\/token",/],
  ])('for %s', async (shell, form) => {
    expect((await runCli(['serve', '--allow', 'vault', '--shell', shell, ...brief])).stdout).toMatch(form)
  })

  test('where a proxy is set, loopback is kept from it', async () => {
    const run = await runCli(['serve', '--allow', 'vault', ...brief], {
      env: { HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'corp.example' },
    })
    expect(run.stdout).toContain("export NO_PROXY='corp.example,127.0.0.1,localhost'\n")
    expect(run.stdout).toContain("export no_proxy='corp.example,127.0.0.1,localhost'\n")
  })

  test('docker: lines for --env-file, by the name that a container knows', async () => {
    const run = await runCli(['serve', '--allow', 'vault', '--print', 'docker', ...brief])
    expect(run.stdout).toMatch(
      /^IDENTITY_ENDPOINT=http:\/\/host\.docker\.internal:\d+\/msi\/token\nIDENTITY_HEADER=[\w-]{43}\nNO_PROXY=host\.docker\.internal\nno_proxy=host\.docker\.internal\n$/,
    )
  })

  test.skipIf(process.platform !== 'linux')('docker on Linux: loopback is not where a container looks', async () => {
    const args = ['serve', '--allow', 'vault', '--print', 'docker', '--ttl', '1ms']
    expect((await runCli(args)).stderr).toContain('no container on this machine reaches loopback')
    const listening = await runCli([...args, '--listen', '0.0.0.0', '--expose'])
    expect(listening.stderr).not.toContain('no container')
  })

  test('beyond loopback there is a warning', async () => {
    const run = await runCli(['serve', '--allow', 'vault', '--listen', '0.0.0.0', '--expose', '--ttl', '1ms'])
    expect(run.code).toBe(0)
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('warning: on 0.0.0.0 whoever gets to know the IDENTITY_HEADER')
    expect(run.stdout).toContain('http://127.0.0.1:')
  })
})
