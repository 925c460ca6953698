// Completes package-lock.json with the optional packages of other platforms. npm leaves out those that the registry in
// use does not serve (a mirror for one platform), and `npm ci` then refuses the lock. Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const { packages } = lock

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = [
  [/arm64|aarch64/, 'arm64'],
  [/loong64/, 'loong64'],
  [/mips64el/, 'mips64el'],
  [/ppc64/, 'ppc64'],
  [/riscv64/, 'riscv64'],
  [/s390x/, 's390x'],
  [/ia32/, 'ia32'],
  [/x64/, 'x64'],
  [/-arm(-|$)/, 'arm'],
]

/** The platform that such a package's name says: `@rolldown/binding-linux-x64-musl`. */
function platformOf(name) {
  const short = name.split('/').at(-1)
  if (short === 'fsevents') return { os: ['darwin'] }
  if (short.includes('wasm32')) return { cpu: ['wasm32'] }
  const os = systems.find((system) => new RegExp(`(^|-)${system}(-|$)`).test(short))
  const cpu = processors.find(([pattern]) => pattern.test(short))?.[1]
  const libc = short.includes('musl') ? 'musl' : /-gnu$/.test(short) ? 'glibc' : undefined
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os] }), ...(libc && { libc: [libc] }) }
}

/** Where node looks from a package: its own folder, then those above. */
function* placesFor(from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    yield `${base}${base === '' ? '' : '/'}node_modules/${name}`
    if (base === '') return
  }
}

let added = 0
for (const [from, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const places = [...placesFor(from, name)]
    const version = range.replace(/^[\^~]/, '')
    const isExact = range === version
    if (places.some((place) => packages[place] !== undefined && (!isExact || packages[place].version === version)))
      continue
    // As high up as the name is free, beside or above the package that wants it.
    const place = places.toReversed().find((each) => packages[each] === undefined)
    packages[place] = { version, ...(entry.dev && { dev: true }), optional: true, ...platformOf(name) }
    added += 1
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([left], [right]) => (left < right ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} added`)
