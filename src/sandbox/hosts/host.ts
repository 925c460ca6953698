/** What a managed identity host is to the sandbox: variables for a child, and answers. One file a host. */
import type { Answer } from '../exchange.ts'
import { answerJson } from '../exchange.ts'
import type { SandboxState } from '../state.ts'
import type { KeyFolder } from './key-folder.ts'

export type PlayedHostName = 'imds' | 'app-service' | 'service-fabric' | 'azure-ml' | 'cloud-shell' | 'azure-arc'

export interface HostExchange {
  readonly method: string
  /** Without the query; not decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Of a body of type `application/x-www-form-urlencoded`; empty for any other. */
  readonly form: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly correlationId: string
}

export interface HostContext {
  readonly state: SandboxState
  /** What the host's header has to say; made at start. */
  readonly secret: string
  /** Where Azure Arc puts its keys. */
  readonly keys: KeyFolder
}

interface Place {
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  readonly secret: string
  /** Of the server's certificate, 40 hex digits; empty without TLS. */
  readonly thumbprint: string
}

export interface PlayedHost {
  readonly name: PlayedHostName
  readonly isTls: boolean
  /** Throws UsageError when this machine cannot have it. */
  prepare(context: HostContext): Promise<void>
  variables(place: Place): Readonly<Record<string, string>>
  answer(exchange: HostExchange, context: HostContext): Promise<Answer>
  /** A refusal in this host's form. */
  refuse(status: number, code: string, message: string, correlationId: string): Answer
}

/** The form of IMDS and Azure Arc. */
export function refuseAsOAuth(status: number, code: string, message: string): Answer {
  return answerJson(status, JSON.stringify({ error: code, error_description: message }))
}

/** The form of Service Fabric and Cloud Shell. */
export function refuseAsObject(status: number, code: string, message: string, correlationId: string): Answer {
  return answerJson(status, JSON.stringify({ error: { correlationId, code, message } }))
}

export async function prepareNothing(): Promise<void> {}
