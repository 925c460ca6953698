// Writes THIRD-PARTY-NOTICES.txt: the licences of the packages whose code is in dist/; with --check fails where it is stale.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundleCommand, bundleLibrary, root } from './bundle.mjs'

const file = path.join(root, 'THIRD-PARTY-NOTICES.txt')
const head = `azid contains code of the following packages, under the licences given with each.
`

const modules = (await Promise.all([bundleCommand(), bundleLibrary()])).flat().flatMap((chunk) => chunk.moduleIds)
const folders = new Set(modules.map(packageFolder).filter((folder) => folder !== undefined))
const text = head + [...folders].map(describe).sort().join('')

if (!process.argv.includes('--check')) writeFileSync(file, text)
else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error('THIRD-PARTY-NOTICES.txt is stale, run `npm run docs`')
  process.exitCode = 1
}

/** The folder of the package that a module belongs to; undefined for our own. */
function packageFolder(id) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0]
}

function describe(folder) {
  const { name, version, license, author, homepage } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  )
  const licenceFile = readdirSync(folder).find((entry) => /^(?:licen[cs]e|copying)/i.test(entry))
  const by = typeof author === 'string' ? author : author?.name
  if (licenceFile === undefined && license === undefined) throw new Error(`${name} names no licence`)
  const licence =
    licenceFile === undefined
      ? [`Licence: ${license}`, by && `Author: ${by}`, homepage].filter(Boolean).join('\n')
      : readFileSync(path.join(folder, licenceFile), 'utf8').replaceAll('\r\n', '\n').trim()
  return `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${licence}\n`
}
