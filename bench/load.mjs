// Asks a managed identity endpoint for tokens, many at a time, and fails when one answer is missing: node bench/load.mjs COUNT CONCURRENCY [FILE]
// The endpoint is the one of IDENTITY_ENDPOINT and IDENTITY_HEADER; FILE gets a line of JSON: requests a second, p50 and p99 in milliseconds.
import { appendFileSync } from 'node:fs'
import http from 'node:http'

const [count, concurrency] = process.argv.slice(2, 4).map(Number)
const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = process.env
const url = `${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https://vault.azure.net`
const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency })
const took = []

function ask() {
  const since = performance.now()
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER } }, (response) => {
      let length = 0
      response.on('data', (chunk) => {
        length += chunk.length
      })
      response.on('end', () => {
        if (response.statusCode !== 200 || length < 500) reject(new Error(`${response.statusCode}, ${length} bytes`))
        else resolve(took.push(performance.now() - since))
      })
    })
    request.on('error', reject)
  })
}

let left = count
const start = performance.now()
await Promise.all(
  Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await ask()
  }),
)
const seconds = (performance.now() - start) / 1000
agent.destroy()
took.sort((one, other) => one - other)
const at = (share) => Math.round((took[Math.floor((took.length - 1) * share)] ?? 0) * 10) / 10
if (took.length !== count) throw new Error(`${count - took.length} of ${count} answers are missing`)
if (process.argv[4] !== undefined) {
  appendFileSync(
    process.argv[4],
    `${JSON.stringify({ perSecond: Math.round(count / seconds), p50: at(0.5), p99: at(0.99) })}\n`,
  )
}
