// Asks the unmodified pipeline of @azure/identity which proxy it would use: a URL and its variables a line on stdin, the proxy a line on stdout.
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'

const runtime = `${process.argv[2]}/node_modules/@typespec/ts-http-runtime`
const { version } = JSON.parse(readFileSync(`${runtime}/package.json`, 'utf8'))
const answers = [{ '@typespec/ts-http-runtime': version }]
for (const line of (await text(process.stdin)).trim().split('\n')) {
  const { url, env } = JSON.parse(line)
  process.env = { ...env }
  // It reads the list of exceptions once, when it is loaded.
  const { proxyPolicy } = await import(`${runtime}/dist/esm/policies/proxyPolicy.js?${answers.length}`)
  const request = { url }
  await proxyPolicy().sendRequest(request, async () => {})
  answers.push(request.agent?.proxy.href ?? null)
}
process.stdout.write(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''))
