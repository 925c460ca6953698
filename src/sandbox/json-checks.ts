/** Small checks of parsed JSON that compose: a value and where it stands in, a typed value out. */

/** What is wrong with a JSON document, and where: `$.apps[0].clientId`. */
export interface JsonProblem {
  readonly path: string
  /** Follows the path in a sentence: `is not a GUID`. */
  readonly reason: string
}

/** Thrown by checks and caught where the document as a whole is read. */
export class JsonMismatch extends Error {
  readonly problem: JsonProblem

  constructor(path: string, reason: string) {
    super(`${path} ${reason}`)
    this.name = 'JsonMismatch'
    this.problem = { path, reason }
  }
}

export type Check<Value> = (value: unknown, path: string) => Value

type Shape = Readonly<Record<string, Check<unknown>>>
type Checked<S extends Shape> = { readonly [Key in keyof S]: ReturnType<S[Key]> }

/** An object with these members and no others. */
export function objectOf<S extends Shape>(shape: S): Check<Checked<S>> {
  return (value, path) => {
    const members = anyObject(value, path)
    for (const name of Object.keys(members)) {
      if (!Object.hasOwn(shape, name) && name !== '$schema') {
        throw new JsonMismatch(path, `has the unknown member '${name}'; it may have ${Object.keys(shape).join(', ')}`)
      }
    }
    const checked = Object.entries(shape).map(([name, check]) => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined
      return [name, check(member, `${path}.${name}`)]
    })
    return Object.fromEntries(checked) as Checked<S>
  }
}

export const anyObject: Check<Readonly<Record<string, unknown>>> = (value, path) => {
  refuseAbsent(value, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new JsonMismatch(path, 'is not an object')
  return value as Readonly<Record<string, unknown>>
}

/** An absent list is empty. */
export function listOf<Value>(check: Check<Value>): Check<readonly Value[]> {
  return (value, path) => {
    if (value === undefined) return []
    if (!Array.isArray(value)) throw new JsonMismatch(path, 'is not a list')
    return value.map((entry, index) => check(entry, `${path}[${index}]`))
  }
}

/** An object whose members all pass `check`; an absent one is empty. */
export function mapOf<Value>(check: Check<Value>): Check<Readonly<Record<string, Value>>> {
  return (value, path) => {
    if (value === undefined) return {}
    const members = Object.entries(anyObject(value, path))
    return Object.fromEntries(members.map(([name, member]) => [name, check(member, `${path}['${name}']`)]))
  }
}

export function optional<Value, const Fallback>(check: Check<Value>, fallback: Fallback): Check<Value | Fallback> {
  return (value, path) => (value === undefined ? fallback : check(value, path))
}

export const text: Check<string> = (value, path) => {
  refuseAbsent(value, path)
  if (typeof value !== 'string') throw new JsonMismatch(path, 'is not a text')
  if (value === '') throw new JsonMismatch(path, 'is empty')
  return value
}

export const flag: Check<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new JsonMismatch(path, 'is neither true nor false')
  return value
}

/** A text that passes `test`; `reason` follows the path when it does not. */
export function textLike(test: (value: string) => boolean, reason: string): Check<string> {
  return (value, path) => {
    const checked = text(value, path)
    if (!test(checked)) throw new JsonMismatch(path, reason)
    return checked
  }
}

export function refuseAbsent(value: unknown, path: string): void {
  if (value === undefined) throw new JsonMismatch(path, 'is missing')
}
