/** Exit codes: one table, documented in `man azid-exit-codes`. */
export const exitCodes = {
  done: { code: 0, meaning: 'done' },
  refused: {
    code: 1,
    meaning: 'authentication failed: a credential tried and was refused; or `explain` recognised nothing',
  },
  usage: { code: 2, meaning: 'wrong usage; nothing was sent' },
  unavailable: { code: 3, meaning: 'no credential was available here' },
  person: { code: 4, meaning: 'a person has to act: MFA, consent, an expired sign-in' },
  network: { code: 5, meaning: 'network, proxy, TLS or a time limit' },
  expectation: {
    code: 7,
    meaning: 'an expectation failed: `--expect-tenant`, `--expect-user`, `--expect-type`, `--verify`',
  },
  bug: { code: 70, meaning: 'a bug in azid' },
  interrupted: { code: 130, meaning: 'interrupted (SIGINT)' },
  terminated: { code: 143, meaning: 'terminated (SIGTERM)' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>

export type ExitName = keyof typeof exitCodes
