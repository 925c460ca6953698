/** What every host is to the client: where it is asked, with which headers. One file a host says so for its own. */
import type { AskedHost } from './profile.ts'

/** The variables that were looked at, as they are; a variable that is not set is absent. */
export type Variables = ReadonlyMap<string, string>

export interface Header {
  readonly name: string
  readonly value: string
  /** The variable that holds the value, when it is a secret of the host. */
  readonly variable?: string
}

export interface IdentityHost {
  readonly name: AskedHost
  /** As people call it. */
  readonly title: string
  /** `POST` sends the parameters as a form. */
  readonly method: 'GET' | 'POST'
  /** The variables it may look at. */
  readonly variables: readonly string[]
  readonly address: (variables: Variables) => {
    readonly variable: string
    readonly text: string
    readonly path?: string
  }
  readonly headers: (variables: Variables) => readonly Header[]
  readonly needsHttps?: true
}

/** The `Metadata` header proves that a request is meant for the host: a browser or an open proxy cannot be made to send it. */
export const metadataHeader: Header = { name: 'Metadata', value: 'true' }

/** A header whose value is the secret in a variable. */
export function secretHeader(name: string, variable: string, variables: Variables): Header {
  return { name, value: variables.get(variable) ?? '', variable }
}

/** A row that is the same at every host. */
export function everyHost<Value>(value: Value): Readonly<Record<AskedHost, Value>> {
  return {
    imds: value,
    'app-service': value,
    'service-fabric': value,
    'azure-ml': value,
    'cloud-shell': value,
    'azure-arc': value,
  }
}
