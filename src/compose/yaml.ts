/** YAML as a tree whose every part knows its line, and which no file can make large: the one door to `yaml`. Touches nothing. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  type YAMLError,
  type YAMLMap,
} from 'yaml'
import type { Result } from '../result.ts'

/** An alias is the very tree that it names, so that a file of nothing but aliases costs no more than another one. */
export type YamlTree = YamlText | YamlList | YamlMap

export interface YamlText {
  readonly kind: 'text'
  readonly text: string
  /** Neither quoted nor a block nor tagged `!!str`: it may stand for a number, a boolean or nothing at all. */
  readonly isPlain: boolean
  readonly line: number
  readonly tag: string | null
}

export interface YamlList {
  readonly kind: 'list'
  readonly items: readonly YamlTree[]
  readonly line: number
  readonly tag: string | null
}

export interface YamlMap {
  readonly kind: 'map'
  /** In the order of the file; those that a merge key (`<<`) brings come last. */
  readonly entries: ReadonlyMap<string, YamlEntry>
  readonly line: number
  readonly tag: string | null
}

export interface YamlEntry {
  /** Where the key stands. */
  readonly line: number
  readonly value: YamlTree
}

export interface YamlFault {
  readonly line: number
  /** The rest of a sentence about the line; holds nothing of what stands there but names of anchors. */
  readonly what: string
}

/** Deeper than any file that a person wrote, and far from what the stack holds. */
const maxDepth = 100
/** Of all maps together: merge keys copy entries. */
const maxEntries = 100_000

/** Its documents, of which there are several where `---` stands between them. */
export function readYaml(text: string): Result<readonly YamlTree[], YamlFault> {
  const tooDeep = findDepth(text)
  if (tooDeep !== null) return { ok: false, error: { line: tooDeep, what: `is nested deeper than ${maxDepth} levels` } }
  const lines = new LineCounter()
  // Only text: what a plain word stands for is the reader's to say. Messages of the parser quote the file, which may hold
  // secrets.
  // Its own search for keys that come twice takes the square of their number.
  const reading = { schema: 'failsafe', uniqueKeys: false, lineCounter: lines, prettyErrors: false } as const
  const documents = parseAllDocuments(text, reading)
  if (!Array.isArray(documents)) return { ok: true, value: [] }
  const trees: YamlTree[] = []
  for (const document of documents) {
    const [error] = document.errors
    if (error !== undefined) return { ok: false, error: describe(error, lines) }
    if (document.contents === null) continue
    try {
      trees.push(createConverter(lines)(document.contents, 0))
    } catch (fault) {
      if (fault instanceof Fault) return { ok: false, error: { line: fault.line, what: fault.message } }
      throw fault
    }
  }
  return { ok: true, value: trees }
}

class Fault extends Error {
  readonly line: number

  constructor(line: number, what: string) {
    super(what)
    this.line = line
  }
}

/** The parser calls itself for every level: the line where brackets, dashes or columns are too many; null for a tame file. */
function findDepth(text: string): number | null {
  let depth = 0
  let line = 1
  for (const row of text.split('\n')) {
    // Brackets within quotes count as well: no sane line has so many.
    for (const mark of row) {
      if (mark === '[' || mark === '{') depth += 1
      else if (mark === ']' || mark === '}') depth = Math.max(0, depth - 1)
      if (depth > maxDepth) return line
    }
    if (/^(?:\s*[-?:]\s){100}/.test(row) || /^ {1000}\s*\S/.test(row)) return line
    line += 1
  }
  return null
}

/** Of one document. */
function createConverter(lines: LineCounter): (node: Node, depth: number) => YamlTree {
  // An alias means the anchor that was the last one of its name above it, and nodes come in their order.
  const anchors = new Map<string, YamlTree | 'open'>()
  let entryCount = 0
  const lineOf = ({ range }: Node): number => lines.linePos(range?.[0] ?? 0).line

  const convert = (node: Node, depth: number): YamlTree => {
    const line = lineOf(node)
    if (depth > maxDepth) throw new Fault(line, `is nested deeper than ${maxDepth} levels`)
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) throw new Fault(line, `names the anchor \`${node.source}\`, which stands nowhere above`)
      if (target === 'open') throw new Fault(line, `names the anchor \`${node.source}\`, in which it stands itself`)
      return target
    }
    const { anchor } = node as { readonly anchor?: string }
    if (anchor !== undefined) anchors.set(anchor, 'open')
    const tree = make(node, line, depth)
    if (anchor !== undefined) anchors.set(anchor, tree)
    return tree
  }

  const make = (node: Node, line: number, depth: number): YamlTree => {
    const tag = node.tag ?? null
    if (isScalar(node)) {
      const isPlain = node.type === Scalar.PLAIN && tag !== 'tag:yaml.org,2002:str' && tag !== '!'
      return { kind: 'text', text: String(node.value ?? ''), isPlain, line, tag }
    }
    if (isSeq<Node | null>(node)) {
      return { kind: 'list', items: node.items.map((item) => convertOr(item, line, depth)), line, tag }
    }
    if (isMap<Node, Node | null>(node)) return { kind: 'map', entries: entriesOf(node, depth), line, tag }
    throw new Fault(line, 'is nothing that Compose knows')
  }

  const convertOr = (node: Node | null, line: number, depth: number): YamlTree =>
    node === null ? { kind: 'text', text: '', isPlain: true, line, tag: null } : convert(node, depth + 1)

  const entriesOf = (node: YAMLMap<Node, Node | null>, depth: number): ReadonlyMap<string, YamlEntry> => {
    const entries = new Map<string, YamlEntry>()
    const add = (name: string, entry: YamlEntry): void => {
      entryCount += 1
      if (entryCount > maxEntries) throw new Fault(entry.line, `goes beyond ${maxEntries} entries in one file`)
      if (!entries.has(name)) entries.set(name, entry)
    }
    const merged: { readonly line: number; readonly value: YamlTree }[] = []
    for (const { key, value } of node.items) {
      const line = lineOf(key)
      const name = convert(key, depth + 1)
      if (name.kind !== 'text') throw new Fault(line, 'has a key that is no word')
      const entry = { line, value: convertOr(value, line, depth) }
      if (name.text === '<<' && name.isPlain) merged.push(entry)
      else if (entries.has(name.text)) throw new Fault(line, 'says a key a second time')
      else add(name.text, entry)
    }
    // YAML 1.1: what stands in the map itself wins, then the first of a list.
    for (const { line, value } of merged) {
      for (const each of value.kind === 'list' ? value.items : [value]) {
        if (each.kind !== 'map') throw new Fault(line, 'merges (`<<`) what is no map')
        for (const [name, entry] of each.entries) add(name, entry)
      }
    }
    return entries
  }
  return convert
}

/** By the parser's codes, in words of ours. */
const faults: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_ALIAS: 'has an alias that is not well formed',
  BAD_DQ_ESCAPE: 'has an escape (`\\`) in double quotes that YAML does not know',
  BAD_INDENT: 'is indented wrongly',
  BAD_SCALAR_START: 'begins a value with a character that has to be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'has a `:` too many, or is indented wrongly',
  BLOCK_IN_FLOW: 'has a block within brackets',
  MISSING_CHAR: 'lacks a closing quote, a bracket, a comma or the space behind a `:`',
  MULTILINE_IMPLICIT_KEY: 'lacks a `:`, or is indented wrongly',
  TAB_AS_INDENT: 'is indented with a tab, which YAML does not allow',
}

function describe({ code, pos }: YAMLError, lines: LineCounter): YamlFault {
  return { line: lines.linePos(pos[0]).line, what: faults[code] ?? 'is not valid YAML' }
}
