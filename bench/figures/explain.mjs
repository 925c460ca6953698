// A code looked up, and a log against a short message: what a person waits for with a failure before them.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { azidCommand, bareNode } from '../world.mjs'

const message = `azure.core.exceptions.ClientAuthenticationError: DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
	EnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
	ManagedIdentityCredential: ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.
	AzureCliCredential: ERROR: AADSTS700016: Application with identifier '9b3d7c15-2f4e-4a6b-8d90-1c2e3f4a5b6c' was not found in the directory 'Contoso'. Trace ID: 2f1b7f0c-8a35-4c2a-b1d4-6f6d3d0a1b00 Correlation ID: 0c9c1f7e-5b3a-4d55-8c4e-2a9d6c7b8e9f
To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/azsdk/python/identity/defaultazurecredential/troubleshoot.
`

/** Lines of a service, every hundredth of which speaks of tokens, and the failure last. */
function log(bytes) {
  const lines = []
  let length = message.length
  for (let at = 0; length < bytes; at++) {
    const time = new Date(1795222800000 + at * 137).toISOString()
    const line =
      at % 100 === 0
        ? `${time} INFO azure.identity request ${at} acquired a token for https://vault.azure.net/.default in ${at % 90} ms`
        : `${time} INFO orders.worker order ${at * 7919} taken, ${at % 13} lines, warehouse ${at % 5}, ${(at * 31) % 997} ms`
    lines.push(line)
    length += line.length + 1
  }
  return `${lines.join('\n')}\n${message}`
}

function paste(world, name, text) {
  const file = path.join(world.home, name)
  writeFileSync(file, text)
  return azidCommand(['explain', file], world.env)
}

export const figures = [
  {
    name: 'azid explain AADSTS700016 / bare node -e 0',
    goal: 1.5,
    prepare: async ({ env }) => ({ baseline: bareNode(env), subject: azidCommand(['explain', 'AADSTS700016'], env) }),
  },
  ...[
    [1024, 3],
    [8 * 1024, 24],
  ].map(([kilobytes, goal]) => ({
    name: `azid explain of ${kilobytes / 1024} MB / of 1 KB`,
    goal,
    prepare: async (world) => ({
      baseline: paste(world, 'short.txt', message.slice(0, 1024)),
      subject: paste(world, 'long.txt', log(kilobytes * 1024)),
    }),
  })),
]
