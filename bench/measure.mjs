// Compares two commands on a noisy machine: pairs run one after the other, a ratio for each pair, and the middle of all ratios.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** bash times a child to the millisecond, wall and CPU; Node can tell no child's CPU time. A sample is several runs, so that a millisecond is little. */
const timer =
  'TIMEFORMAT="%3R %3U %3S"; time for ((run = 0; run < RUNS; run++)); do "$@" </dev/null >/dev/null 2>&1 || exit 90; done'

/**
 * A command is `{ command: [file, ...args], env, cwd?, before? }`; `before` runs ahead of each sample and is not timed.
 * Returns `{ wall, cpu, baseline, subject, pairs }`: of the ratios the middle and where eight of ten lie; of both the
 * middle in milliseconds for one run.
 */
export async function compare(baseline, subject, { pairs = 25, runs = 3 } = {}) {
  const samples = []
  for (let pair = -1; pair < pairs; pair++) {
    // Who goes first alternates: a machine that slows down or speeds up does so for both.
    const isSwapped = pair % 2 !== 0
    const first = await sample(isSwapped ? subject : baseline, runs)
    const second = await sample(isSwapped ? baseline : subject, runs)
    const [one, other] = isSwapped ? [second, first] : [first, second]
    // The first pair only warms caches.
    if (pair >= 0) samples.push({ baseline: one, subject: other })
  }
  return {
    pairs,
    wall: describe(samples.map(({ baseline: a, subject: b }) => b.wall / a.wall)),
    cpu: describe(samples.map(({ baseline: a, subject: b }) => b.cpu / a.cpu)),
    baseline: typical(samples.map((pair) => pair.baseline)),
    subject: typical(samples.map((pair) => pair.subject)),
  }
}

const peakMemory = fileURLToPath(new URL('peak-memory.cjs', import.meta.url))

/** As `compare`, of the most memory that each had, in MiB; both are programs of Node. */
export function compareMemory(baseline, subject, { pairs = 25 } = {}) {
  const ratios = []
  const peaks = { baseline: [], subject: [] }
  for (let pair = 0; pair < pairs; pair++) {
    const one = peakOf(baseline)
    const other = peakOf(subject)
    peaks.baseline.push(one)
    peaks.subject.push(other)
    ratios.push(other / one)
  }
  return {
    pairs,
    memory: describe(ratios),
    baseline: { memoryMib: quantile(peaks.baseline, 0.5) },
    subject: { memoryMib: quantile(peaks.subject, 0.5) },
  }
}

function peakOf({ command: [file, ...args], env, cwd }) {
  const ran = spawnSync(file, ['--require', peakMemory, ...args], {
    env,
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  if (ran.status !== 0) throw new Error(`a run failed: ${args.join(' ')}\n${ran.stderr.slice(0, 2000)}`)
  return Number(ran.output[3]) / 1024
}

async function sample({ command, env, cwd, before }, runs) {
  await before?.()
  const child = spawnSync('bash', ['-c', timer, 'bash', ...command], {
    env: { ...env, RUNS: String(runs) },
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [wall, user, system] = child.stderr.trim().split(/\s+/).map(Number)
  if (child.status !== 0) throw new Error(`a run failed: ${command.join(' ')}\n${firstWords({ command, env, cwd })}`)
  return { wall: (wall * 1000) / runs, cpu: ((user + system) * 1000) / runs }
}

/** What the command says when it is run once more, for the reader of the failure. */
function firstWords({ command: [file, ...args], env, cwd }) {
  const { status, stderr, error } = spawnSync(file, args, {
    env,
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return `exit ${status}: ${error?.message ?? stderr.slice(0, 2000)}`
}

function describe(ratios) {
  return { median: quantile(ratios, 0.5), low: quantile(ratios, 0.1), high: quantile(ratios, 0.9) }
}

function typical(runs) {
  return {
    wallMs: quantile(
      runs.map((run) => run.wall),
      0.5,
    ),
    cpuMs: quantile(
      runs.map((run) => run.cpu),
      0.5,
    ),
  }
}

function quantile(values, share) {
  const sorted = [...values].sort((one, other) => one - other)
  const at = (sorted.length - 1) * share
  const below = sorted[Math.floor(at)]
  return below + (sorted[Math.ceil(at)] - below) * (at - Math.floor(at))
}
