// Measures every figure of bench/figures/, or those whose name holds one of the given words: npm run bench -- [WORD...] [--pairs N] [--json]
import { readdirSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { compare, compareMemory } from './measure.mjs'
import { createWorld } from './world.mjs'

const { values, positionals } = parseArgs({
  options: { pairs: { type: 'string', default: '25' }, json: { type: 'boolean', default: false } },
  allowPositionals: true,
})

const modules = readdirSync(new URL('figures/', import.meta.url))
  .filter((name) => name.endsWith('.mjs'))
  .sort()
const figures = (await Promise.all(modules.map((name) => import(`./figures/${name}`)))).flatMap(
  (module) => module.figures,
)
const chosen = figures.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
const results = []

say(
  `Node ${process.versions.node}, ${os.cpus().length} × ${os.cpus()[0]?.model ?? 'unknown CPU'}, load ${os.loadavg()[0].toFixed(1)}, ${values.pairs} pairs`,
)
for (const figure of chosen) {
  const world = createWorld()
  try {
    const { baseline, subject } = await figure.prepare(world)
    if (figure.isMemory) {
      const measured = compareMemory(baseline, subject, { pairs: Number(values.pairs) })
      results.push({ name: figure.name, goal: figure.goal, ...measured })
      const { memory, subject: own, baseline: bare } = measured
      say(`\n${figure.name}
  memory × ${show(memory)}   goal ≤ ${figure.goal}: ${isMet(figure, memory.median) ? 'met' : 'MISSED'}
  ${own.memoryMib.toFixed(1)} MiB against ${bare.memoryMib.toFixed(1)} MiB`)
      continue
    }
    const measured = await compare(baseline, subject, {
      pairs: Number(values.pairs),
      ...(figure.runs ? { runs: figure.runs } : {}),
    })
    results.push({ name: figure.name, goal: figure.goal, ...measured })
    const { wall, cpu } = measured
    say(`\n${figure.name}
  wall × ${show(wall)}   goal ${figure.atLeast ? '≥' : '≤'} ${figure.goal}: ${isMet(figure, wall.median) ? 'met' : 'MISSED'}
  CPU  × ${show(cpu)}
  ${one(measured.subject)} against ${one(measured.baseline)}`)
  } finally {
    await world.end()
  }
}
if (values.json) console.log(JSON.stringify({ node: process.versions.node, results }, null, 2))

function isMet({ goal, atLeast = false }, ratio) {
  return atLeast ? ratio >= goal : ratio <= goal
}

function show({ median, low, high }) {
  return `${median.toFixed(2)}  (8 of 10 between ${low.toFixed(2)} and ${high.toFixed(2)})`
}

function one({ wallMs, cpuMs }) {
  return `${wallMs.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)} ms)`
}

function say(text) {
  if (!values.json) console.log(text)
}
