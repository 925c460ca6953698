/** A help document → text that fits the terminal. */
import type { Style } from '../output/style.ts'
import { displayWidth, padTo, wrap } from '../output/text.ts'
import type { HelpBlock, HelpDocument } from './help.ts'

/** Beyond this, lines get hard to follow. */
const widest = 120
const narrowest = 40

/** Where the text of a list begins: as far right as the terms need, but never past this part of the line. */
const largestTermShare = 0.45

/** Headings bold where there is colour. Ends in one newline. */
export function drawHelp(document: HelpDocument, style: Style, terminalColumns: number): string {
  const columns = Math.min(widest, Math.max(narrowest, terminalColumns))
  const sections = document.map(({ heading, blocks }) => {
    const indent = heading === undefined ? '' : '  '
    const body = joinBlocks(blocks.map((block) => drawBlock(block, style, columns, indent)))
    return heading === undefined ? body : `${style.bold(heading)}\n${body}`
  })
  return `${sections.join('\n\n')}\n`
}

/** Single lines stand close together (a synopsis); anything longer is set apart. */
function joinBlocks(blocks: readonly string[]): string {
  return blocks.join(blocks.some((block) => block.includes('\n')) ? '\n\n' : '\n')
}

function drawBlock(block: HelpBlock, style: Style, columns: number, indent: string): string {
  switch (block.kind) {
    case 'text':
      return wrap(block.text, columns, indent)
    case 'examples':
      return block.items
        .map(
          ({ text, command }) => `${style.dim(wrap(`# ${text}`, columns, indent))}\n${indent}${style.accent(command)}`,
        )
        .join('\n')
    case 'list':
      return drawList(block.items, columns, indent)
    default:
      return block satisfies never
  }
}

function drawList(items: readonly { term: string; text: string }[], columns: number, indent: string): string {
  const limit = Math.floor(columns * largestTermShare)
  const fitting = items.map(({ term }) => displayWidth(term)).filter((width) => width <= limit)
  const width = Math.max(...fitting, 0) + 2
  const margin = ' '.repeat(indent.length + width)
  return items
    .map(({ term, text }) => {
      const lines = wrap(text, columns, margin)
      return displayWidth(term) + 2 <= width
        ? `${indent}${padTo(term, width)}${lines.slice(margin.length)}`
        : `${indent}${term}\n${lines}`
    })
    .join('\n')
}
