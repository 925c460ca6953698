/** The one error for a wrong command line or configuration: thrown anywhere above the engine, caught once in `main.ts`. */
export interface UsageFacts {
  /** What is wrong, lower case, no full stop: `the tenant 'a b' is not a GUID or a domain name`. Never holds a secret. */
  readonly message: string
  /** Where the bad value came from: `--tenant`, `AZID_TENANT`, a path. */
  readonly source?: string
  /** What to do, imperative: `give the tenant's id or its primary domain`. */
  readonly fix?: string
  /** Nearest right spelling, for `did you mean`. */
  readonly suggestion?: string
}

export class UsageError extends Error {
  readonly facts: UsageFacts

  constructor(facts: UsageFacts) {
    super(facts.message)
    this.name = 'UsageError'
    this.facts = facts
  }
}
