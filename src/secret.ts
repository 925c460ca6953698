/** A value that must never be seen: it prints as stars however it is printed. */
const STARS = '***'

export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The only way to the value. Call it where the value goes onto the wire or into the promised output, nowhere else. */
  reveal(): string {
    return this.#value
  }

  get isEmpty(): boolean {
    return this.#value === ''
  }

  toString(): string {
    return STARS
  }

  toJSON(): string {
    return STARS
  }

  [Symbol.toPrimitive](): string {
    return STARS
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return STARS
  }
}
