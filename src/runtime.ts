/** The ports: every look at the outside world goes through one of these. Types only; nothing here touches anything. */
import type { Secret } from './secret.ts'

/** The process environment, read-only. Names keep their exact case. */
export interface Env {
  get(name: string): string | undefined
  names(): readonly string[]
}

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Milliseconds on a clock that never goes back; only differences mean anything. */
  monotonic(): number
  /** Resolves after `ms`, or rejects with the signal's reason. `isBackground`: the process may end meanwhile. */
  sleep(ms: number, signal?: AbortSignal, options?: { readonly isBackground?: boolean }): Promise<void>
}

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'pipe' | 'link' | 'other'
  readonly size: number
  readonly modifiedMs: number
  /** Permission bits (0o777); 0 where the platform has none. */
  readonly mode: number
  readonly userId: number
}

export type FileErrorCode =
  | 'not-found'
  | 'denied'
  | 'exists'
  | 'is-folder'
  | 'not-a-file'
  | 'too-large'
  | 'no-space'
  | 'read-only'
  | 'other'

export interface FileError {
  readonly code: FileErrorCode
  readonly path: string
  /** The operating system's own word for it, for example `ENOENT`. */
  readonly detail: string
}

export type FileResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: FileError }

export interface ReadOptions {
  /** Larger files are `too-large` and are not read. */
  readonly maxBytes: number
  /** Also read a pipe (`<(command)`), for files that a person names. Without it a FIFO is `not-a-file` and never blocks. */
  readonly allowPipe?: boolean
  /** Ends the wait for the writer of a pipe. */
  readonly signal?: AbortSignal
  /** Refuse a symbolic link in the last path component. */
  readonly noFollow?: boolean
}

export interface FileSystem {
  read(path: string, options: ReadOptions): Promise<FileResult<Uint8Array>>
  /** Does not follow a link in the last component when `noFollow`. */
  stat(path: string, options?: { readonly noFollow?: boolean }): Promise<FileResult<FileStat>>
  /** Names in a folder, in no order. */
  list(path: string): Promise<FileResult<readonly string[]>>
  /** Can this process read it? */
  isReadable(path: string): Promise<boolean>
  /** Writes a temporary file beside `path` with `mode`, syncs it and renames it: a reader sees the old or the new, never half. */
  writeAtomic(path: string, content: Uint8Array, options: { readonly mode: number }): Promise<FileResult<void>>
  /** Creates `path` with `content`; `exists` when it is there already (O_EXCL). */
  createExclusive(path: string, content: Uint8Array, options: { readonly mode: number }): Promise<FileResult<void>>
  append(path: string, content: Uint8Array): Promise<FileResult<void>>
  rename(from: string, to: string): Promise<FileResult<void>>
  remove(path: string): Promise<FileResult<void>>
  /** Creates the folder and its parents. */
  makeFolder(path: string, options: { readonly mode: number }): Promise<FileResult<void>>
  /** Sets the modification time to now: a heartbeat. */
  touch(path: string): Promise<FileResult<void>>
}

export interface ProcessRequest {
  /** Absolute path of the executable: nothing is looked up, no shell is used. */
  readonly file: string
  readonly args: readonly string[]
  /** Changes to the inherited environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  readonly timeoutMs?: number
  /** Records name the file alone: a person's own command may have secrets among its arguments. */
  readonly areArgsPrivate?: boolean
  /** Windows: the arguments are a command line as it stands, quoted by the caller. Elsewhere it changes nothing. */
  readonly areArgsVerbatim?: boolean
  /** Output beyond this is cut. Default 4 MiB a stream. */
  readonly maxOutputBytes?: number
}

export type ProcessResult =
  | { readonly kind: 'exited'; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'killed'; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'timed-out'; readonly timeoutMs: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'not-started'; readonly detail: string }

export interface AttachedRequest {
  readonly file: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

export type AttachedResult =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly detail: string }

export interface ProcessRunner {
  /** Runs with stdin closed and both outputs captured; the whole process group ends with the signal or the time limit. */
  run(request: ProcessRequest, signal?: AbortSignal): Promise<ProcessResult>
  /** Runs with this process's own streams, passing signals on. */
  attach(request: AttachedRequest): Promise<AttachedResult>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole exchange. */
  readonly timeoutMs?: number
  /** For the connection alone. */
  readonly connectTimeoutMs?: number
  /** A larger answer is `too-large`. Default 4 MiB. */
  readonly maxBytes?: number
  /** `never`: straight to the host whatever the variables say. Loopback and link-local never use one either way. */
  readonly proxy?: 'environment' | 'never'
  /** Trust only a server certificate with this SHA-1 thumbprint (40 hex digits), checked before any header is written. */
  readonly pinnedSha1?: string
  /** Another TLS server name than the URL's host. */
  readonly serverName?: string
  /** PEM roots trusted besides the configured ones. */
  readonly extraRoots?: string
  /** PEM roots of which alone the host's certificate may be; nothing else counts, `extraRoots` neither. Not of a proxy. */
  readonly onlyRoots?: string
}

export interface HttpResponse {
  readonly status: number
  readonly statusText: string
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded as UTF-8. Redirects are answers like any other: none is followed. */
  readonly body: string
}

export type NetworkErrorCode =
  | 'dns'
  | 'refused'
  | 'unreachable'
  | 'reset'
  | 'timeout'
  | 'tls'
  | 'proxy'
  | 'too-large'
  | 'protocol'
  | 'aborted'

export interface NetworkError {
  readonly code: NetworkErrorCode
  readonly host: string
  /** The runtime's own words, for example `connect ECONNREFUSED 127.0.0.1:1`. Never holds a header or a body. */
  readonly detail: string
  /** Only for `tls`: who issued the certificate that was shown, and why it failed. */
  readonly certificate?: { readonly issuer: string; readonly subject: string; readonly reason: string }
  /** The proxy in use, without its credentials. */
  readonly proxy?: string
}

export type HttpResult =
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly error: NetworkError }

export interface Http {
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpResult>
  /** The same with the proxy variables of another environment. Absent: this one heeds none. */
  forEnvironment?(env: Env): Http
}

export type KeyringErrorCode = 'unavailable' | 'locked' | 'timeout' | 'denied' | 'other'

export type KeyringResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: { readonly code: KeyringErrorCode; readonly detail: string } }

/** Which operating system store is meant; pinned, never chosen by the library behind it. */
export type KeyringBackend = 'keychain' | 'credential-manager' | 'secret-service' | 'keyutils'

/** An item that another program keeps in a keyring. */
export interface KeyringItem {
  readonly label: string
  readonly attributes: Readonly<Record<string, string>>
  /** Null where it is locked. */
  readonly secret: Secret | null
}

export interface Keyring {
  /** The backends of this platform, in the order to try them. */
  readonly backends: readonly KeyringBackend[]
  /** `value` is null when there is no such entry. Every call ends within `timeoutMs`. */
  get(backend: KeyringBackend, account: string, timeoutMs: number): Promise<KeyringResult<string | null>>
  set(backend: KeyringBackend, account: string, value: string, timeoutMs: number): Promise<KeyringResult<void>>
  remove(backend: KeyringBackend, account: string, timeoutMs: number): Promise<KeyringResult<void>>
  /** Items of other programs by their attributes. Never unlocks or prompts. Absent: no backend here can be searched. */
  find?(
    backend: KeyringBackend,
    attributes: Readonly<Record<string, string>>,
    timeoutMs: number,
  ): Promise<KeyringResult<readonly KeyringItem[]>>
}

export interface OutputStream {
  readonly isTerminal: boolean
  /** Columns of the terminal; 80 where unknown. */
  readonly columns: number
  /** A closed pipe is no error: it resolves and later writes do nothing. */
  write(text: string): Promise<void>
}

export interface InputStream {
  readonly isTerminal: boolean
  /** All of it; `too-large` past the limit. A closed or absent stdin reads as empty. */
  read(maxBytes: number): Promise<FileResult<Uint8Array>>
  /** One line typed by a person; null when there is no terminal or it ended. */
  question(prompt: string): Promise<string | null>
}

export interface Terminal {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

/** One request that reached a loopback listener. */
export interface LoopbackRequest {
  readonly method: string
  /** Path and query as sent: `/?code=…`. */
  readonly target: string
  /** The `Host` header, in lower case; empty where none was sent. */
  readonly host: string
}

export interface LoopbackAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface LoopbackListener {
  readonly port: number
  /** Answers that are under way are finished, for at most a second. Safe to call twice. */
  close(): Promise<void>
}

export type LoopbackResult =
  | { readonly ok: true; readonly value: LoopbackListener }
  | { readonly ok: false; readonly error: { readonly code: 'in-use' | 'denied' | 'other'; readonly detail: string } }

/** A small HTTP server that this machine alone can reach. */
export interface Loopback {
  /**
   * Listens on 127.0.0.1 (and on ::1 too, where there is one). `port` 0: any free one. A request line or headers of more
   * than 16 KiB are answered 431, and bodies are never read: `handle` sees neither.
   */
  listen(port: number, handle: (request: LoopbackRequest) => Promise<LoopbackAnswer>): Promise<LoopbackResult>
}

export interface Browser {
  /** Opens the URL with the person's browser; null when it could be started, else the reason. */
  open(url: string): Promise<string | null>
}

/** Facts about the machine and this process that do not change while it runs. */
export interface Host {
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other'
  readonly architecture: string
  readonly homeFolder: string
  readonly currentFolder: string
  readonly temporaryFolder: string
  readonly processId: number
  /** -1 where the platform has none. */
  readonly userId: number
  readonly nodeVersion: string
  /** The operating system's release, for example `6.1.0-microsoft-standard-WSL2`. */
  readonly release: string
}

export interface Random {
  bytes(count: number): Uint8Array
  uuid(): string
}

export interface Runtime {
  readonly env: Env
  readonly clock: Clock
  readonly files: FileSystem
  readonly processes: ProcessRunner
  readonly http: Http
  readonly keyring: Keyring
  readonly terminal: Terminal
  readonly browser: Browser
  readonly loopback: Loopback
  readonly host: Host
  readonly random: Random
  /** Aborts on SIGINT and SIGTERM; the reason is the signal's name. */
  readonly interrupted: AbortSignal
}
