// Asks the unmodified @azure/identity for one token: a JSON question on stdin, a JSON answer on stdout.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const require = createRequire(`${process.cwd()}/ask.mjs`)
const { DefaultAzureCredential, ManagedIdentityCredential } = require('@azure/identity')
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
