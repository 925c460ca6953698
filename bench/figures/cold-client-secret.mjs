// A first token by client secret, against what a user would write with @azure/identity, from the same sandbox.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { azidCommand } from '../world.mjs'

/** The newest that this Node may run: 4.13 asks for Node 22. */
const identityRange = Number(process.versions.node.split('.')[0]) >= 22 ? '^4.14.1' : '~4.12.0'

const script = `import { ClientSecretCredential } from '@azure/identity'
const { AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, AZURE_AUTHORITY_HOST } = process.env
const credential = new ClientSecretCredential(AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET, {
  authorityHost: AZURE_AUTHORITY_HOST,
  disableInstanceDiscovery: true,
})
console.log((await credential.getToken('https://management.azure.com/.default')).token)
`

export const figures = [
  {
    name: 'cold client-secret get-token / a script on @azure/identity',
    goal: 0.8,
    runs: 1,
    prepare: async (world) => {
      const folder = path.join(world.home, 'identity')
      mkdirSync(folder)
      writeFileSync(path.join(folder, 'package.json'), '{ "private": true, "type": "module" }')
      writeFileSync(path.join(folder, 'token.mjs'), script)
      const install = spawnSync(
        'npm',
        ['install', '--no-audit', '--no-fund', '--silent', `@azure/identity@${identityRange}`],
        {
          cwd: folder,
          stdio: ['ignore', 'ignore', 'inherit'],
        },
      )
      if (install.status !== 0) throw new Error(`@azure/identity@${identityRange} could not be installed`)
      const sandbox = await world.startSandbox()
      const env = { ...world.env, ...sandbox.environment, AZID_CACHE: 'off' }
      return {
        baseline: { command: [process.execPath, path.join(folder, 'token.mjs')], env },
        subject: azidCommand(['get-token', 'arm', '--credential', 'environment'], env),
      }
    },
  },
]
