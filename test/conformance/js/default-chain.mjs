// Asks an unmodified DefaultAzureCredential of @azure/identity: a JSON question on stdin, a JSON answer on stdout.
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'

const folder = process.argv[2]
const question = JSON.parse(await text(process.stdin))
const require = createRequire(`${folder}/ask.mjs`)
// Named by the caller: it is installed for this alone, and no dependency of ours.
const { DefaultAzureCredential } = require(process.argv[3])

const isUnavailable = ({ name }) => name === 'CredentialUnavailableError' || name === 'AuthenticationRequiredError'

/** What stands in for a credential that could not be made is named after the function that tried. */
function nameOf(source) {
  const { credentialName } = source
  if (credentialName === undefined) return source.constructor.name
  return credentialName.replace(/^createDefault/, '').replace('Powershell', 'PowerShell')
}

/** Writes down what comes of a link; what the chain gets is what the link gave. */
function watch(source, tried) {
  const original = source.getToken
  source.getToken = async function getToken(...args) {
    const entry = { credential: nameOf(source), outcome: 'failed', message: null }
    tried.push(entry)
    try {
      const token = await original.apply(source, args)
      entry.outcome = token === null ? 'unavailable' : 'succeeded'
      // The chain passes over it without a word; this is what it would have said.
      if (token === null) entry.silent = source.credentialUnavailableErrorMessage ?? ''
      return token
    } catch (error) {
      entry.outcome = isUnavailable(error) ? 'unavailable' : 'failed'
      entry.message = error.message
      throw error
    }
  }
}

async function ask() {
  const tried = []
  const answer = { tried, winner: null, message: null, type: null }
  const ended = (outcome, { message, name }) => ({ ...answer, outcome, message, type: name })
  let chain
  try {
    chain = new DefaultAzureCredential(question.options ?? {})
  } catch (error) {
    return ended('not-made', error)
  }
  for (const source of chain._sources) watch(source, tried)
  try {
    await chain.getToken(question.scope, question.request ?? {})
  } catch (error) {
    return ended(tried.some(({ outcome }) => outcome === 'failed') ? 'failed' : 'unavailable', error)
  }
  return { ...answer, outcome: 'succeeded', winner: tried.at(-1).credential }
}

process.stdout.write(`${JSON.stringify(await ask())}\n`, () => process.exit(0))
