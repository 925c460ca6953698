// Scores `explain` on the failures in test/explain/data: the corpus in repeated five folds, and apart from it each other set.
// An `unseen` set was written and labelled before the rules that meet it; what it scored then stands beside what it scores now.
// Last come the recorded runs of the real SDKs, which say who was tried; any cause that the text allows counts there.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const { understandFailure: understand } = await load('src/diagnosis/explain/failure.ts')
const { recordedFailures } = await load('test/explain/recorded.ts')
const isVerbose = process.argv.includes('--misses')

const folder = path.join(root, 'test/explain/data')
const firstContact = JSON.parse(readFileSync(path.join(folder, 'first-contact.json'), 'utf8'))
const unseen = readdirSync(folder)
  .filter((name) => /^unseen-\d+\.jsonl$/.test(name))
  .sort()
const sets = ['corpus.jsonl', 'written.jsonl', 'harvested.jsonl', ...unseen].map((name) => ({
  name: name.replace('.jsonl', ''),
  cases: readFileSync(path.join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
}))

const figures = {
  first: 'cause first',
  third: 'in the first three',
  credentials: 'credentials and outcomes',
  codes: 'codes',
  sdk: 'SDK or tool',
}

for (const { name, cases } of sets) {
  const results = cases.map(score)
  console.log(`\n${name}: ${cases.length} failures`)
  for (const [figure, label] of Object.entries(figures)) {
    const all = share(results, figure)
    const folds = name === 'corpus' ? `   folds ${spread(repeatFolds(results, figure))}` : ''
    const before = firstContact[name]?.[figure]
    const first = before === undefined ? '' : `   at first contact ${percent(before / 100)}`
    console.log(`  ${label.padEnd(26)} ${percent(all)}${folds}${first}`)
  }
  if (isVerbose) for (const result of results) printMiss(result)
}

{
  const recorded = recordedFailures(pathToFileURL(`${path.join(root, 'test')}/`)).map(scoreRecorded)
  console.log(`\nrecorded: ${recorded.length} failures`)
  for (const [figure, label] of Object.entries(figures)) {
    const judged = recorded.filter((result) => result[figure] !== null)
    const before = percent(firstContact.recorded[figure] / 100)
    console.log(
      `  ${label.padEnd(26)} ${percent(share(judged, figure))} of ${String(judged.length).padEnd(4)} at first contact ${before}`,
    )
  }
  if (isVerbose) for (const result of recorded) printMiss(result)
}

/** Null where the recording does not tell. */
function scoreRecorded({ id, sdks, text, credentials, codes, causes }) {
  const found = understand(text)
  const ids = found.causes.map((cause) => cause.id)
  const expect = {
    cause: causes?.join(' or '),
    codes,
    credentials: (credentials ?? []).map((each) => ({ name: each.split(' ')[0], outcome: each.split(' ')[1] })),
  }
  const seen = found.credentials.map(({ name, outcome }) => `${name} ${outcome}`)
  return {
    id,
    expect,
    found,
    first: causes === null ? null : causes.includes(ids[0]),
    third: causes === null ? null : ids.slice(0, 3).some((each) => causes.includes(each)),
    credentials: credentials === null ? null : same(seen, credentials),
    codes: same(found.codes, codes),
    sdk: causes === null ? null : (sdks.length > 1 ? [...sdks, 'other'] : sdks).includes(found.sdk),
  }
}

function same(one, other) {
  return JSON.stringify([...one].sort()) === JSON.stringify([...other].sort())
}

/** Rules are written, not trained, so a fold only shows how much the figure hangs on which failures it is made of. */
function repeatFolds(results, figure, times = 20) {
  const shares = []
  let seed = 1
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  for (let round = 0; round < times; round += 1) {
    const order = results.map((result) => ({ result, key: random() })).sort((one, other) => one.key - other.key)
    for (let fold = 0; fold < 5; fold += 1) {
      shares.push(
        share(
          order.filter((_, index) => index % 5 === fold).map(({ result }) => result),
          figure,
        ),
      )
    }
  }
  return shares
}

function score({ id, sdk, text, expect }) {
  const found = understand(text)
  const ids = found.causes.map((cause) => cause.id)
  const credentials = (list) => JSON.stringify(list.map(({ name, outcome }) => `${name} ${outcome}`).sort())
  return {
    id,
    expect,
    found,
    first: ids[0] === expect.cause,
    third: ids.slice(0, 3).includes(expect.cause),
    credentials: credentials(found.credentials) === credentials(expect.credentials),
    sdk: found.sdk === sdk,
    codes: JSON.stringify([...found.codes].sort()) === JSON.stringify([...expect.codes].sort()),
  }
}

function printMiss({ id, expect, found, first, credentials, codes }) {
  if (first === false)
    console.log(
      `    ${id}: ${expect.cause}, but ${found.causes.map((cause) => `${cause.id} (${cause.strength})`).join(', ') || 'nothing'}`,
    )
  const list = (all) => all.map(({ name, outcome }) => `${name} ${outcome}`).join(', ') || 'none'
  if (credentials === false) console.log(`    ${id}: ${list(expect.credentials)}\n      but ${list(found.credentials)}`)
  if (!codes) console.log(`    ${id}: ${expect.codes.join(' ')}, but ${found.codes.join(' ')}`)
}

function share(results, figure) {
  return results.filter((result) => result[figure]).length / results.length
}

function percent(value) {
  return `${(100 * value).toFixed(1).padStart(5)} %`
}

function spread(shares) {
  const mean = shares.reduce((sum, value) => sum + value, 0) / shares.length
  const deviation = Math.sqrt(shares.reduce((sum, value) => sum + (value - mean) ** 2, 0) / shares.length)
  return `mean ${percent(mean)} ± ${(100 * deviation).toFixed(1)}, worst ${percent(Math.min(...shares))}`
}

/** The sources as they are now, without a build. */
async function load(input) {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    tsconfig: false,
    input,
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  await build.close()
  const url = `data:text/javascript;base64,${Buffer.from(output[0].code).toString('base64')}`
  return import(url)
}
