/** What a word in YAML stands for once it is a variable's value: numbers and booleans are said anew, as Compose does. */
import type { YamlText } from './yaml.ts'

/** Null: nothing (`KEY:`, `~`, `null`). Quoted and block texts are as they stand. */
export function readScalar({ text, isPlain, tag }: Pick<YamlText, 'text' | 'isPlain' | 'tag'>): string | null {
  if (!isPlain && tag?.startsWith('tag:yaml.org,2002:') !== true) return text
  if (tag === 'tag:yaml.org,2002:str') return text
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null
  if (/^(?:true|True|TRUE)$/.test(text)) return 'true'
  if (/^(?:false|False|FALSE)$/.test(text)) return 'false'
  return readInteger(text) ?? readFloat(text) ?? text
}

function readInteger(text: string): string | null {
  const [, sign, body] = /^([-+]?)(\d[\d_A-FXOa-fxo]*)$/.exec(text) ?? []
  if (body === undefined) return null
  const digits = body.replaceAll('_', '').toLowerCase()
  const octal = /^0o?([0-7]+)$/.exec(digits)?.[1]
  if (octal === undefined && !/^(?:0|[1-9]\d*|0x[\da-f]+|0b[01]+)$/.test(digits)) return null
  const value = BigInt(octal === undefined ? digits : `0o${octal}`)
  // Beyond 64 bits it is a float to Compose.
  if (value > (sign === '-' ? 1n << 63n : (1n << 64n) - 1n)) return null
  return `${sign === '-' ? '-' : ''}${value}`
}

function readFloat(text: string): string | null {
  const digits = text.replaceAll('_', '')
  if (!/^[-+]?[.\d]/.test(text) || !/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits)) return null
  const value = Number(digits)
  return Number.isFinite(value) ? sayFloat(value) : null
}

/** The shortest digits that mean the same, with an exponent where it is below -4 or above 5: Go's `%v`. */
function sayFloat(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return Object.is(value, -0) ? '-0' : String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}
