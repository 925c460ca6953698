/** Asks every link at once, also those behind the winner, and says what the chain itself would have made of it. */
import { concludeChain, type Link, runChain } from './chain.ts'
import type { ChainEvent, ChainResult, EnginePorts, TokenRequest } from './types.ts'

/**
 * Takes as long as the slowest link. Every link has an attempt of its own, in the order of the chain; winner and stopper
 * are those that the chain would have had. Never rejects.
 */
export async function runAllLinks(
  links: readonly Link[],
  request: TokenRequest,
  ports: EnginePorts,
  signal: AbortSignal,
  tell: (event: ChainEvent) => void = () => {},
): Promise<ChainResult> {
  const began = ports.clock.monotonic()
  const results = await Promise.all(links.map((link) => runChain([link], request, ports, signal, tell)))
  return concludeChain(
    results.flatMap(({ attempts }) => attempts),
    Math.round(ports.clock.monotonic() - began),
  )
}
