/** By which a person, an administrator and a log can name one request. */
import type { Exchange } from '../exchange.ts'
import type { PageFacts } from '../pages/layout.ts'
import { formatTimestamp, type RefusalContext } from '../refusals.ts'
import type { SandboxState } from '../state.ts'

export function factsOf({ traceId, correlationId, now }: Exchange): PageFacts {
  return { requestId: traceId, correlationId, timestamp: formatTimestamp(now) }
}

export function contextOf(exchange: Exchange, { directory }: SandboxState): RefusalContext {
  return { ...exchange, hasMultilineErrors: directory.hasMultilineErrors }
}
