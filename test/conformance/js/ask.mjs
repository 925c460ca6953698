// Asks the unmodified @azure/identity for one token: a JSON question on stdin, a JSON answer on stdout.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(`${process.cwd()}/ask.mjs`)
// Named by the caller: it is installed for this alone, and no dependency of ours.
const { DefaultAzureCredential, ManagedIdentityCredential } = require(process.argv[2])
const question = JSON.parse(await text(process.stdin))

function makeCredential() {
  if (question.credential === 'default') return new DefaultAzureCredential()
  return Object.keys(question.id ?? {}).length === 0
    ? new ManagedIdentityCredential()
    : new ManagedIdentityCredential(question.id)
}

let answer
try {
  const token = await makeCredential().getToken(question.scope)
  answer = { kind: 'token', expiresOn: Math.floor(token.expiresOnTimestamp / 1000) }
} catch (error) {
  answer = { kind: error.name === 'CredentialUnavailableError' ? 'unavailable' : 'failed', message: error.message }
}
process.stdout.write(`${JSON.stringify(answer)}\n`)
