/**
 * A D-Bus client of the size that the Secret Service needs: one connection, calls sent in one go, all within one time limit
 * (https://dbus.freedesktop.org/doc/dbus-specification.html). A bus that hangs costs that limit and nothing else.
 */
/** A value of a D-Bus message; the signature says which type it is. A variant is `{ signature, value }`. */
export type BusValue = string | number | bigint | boolean | Uint8Array | readonly BusValue[] | Variant

export interface Variant {
  readonly signature: string
  readonly value: BusValue
}

export interface BusCall {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  readonly signature?: string
  readonly body?: readonly BusValue[]
}

export class BusError extends Error {
  /** A D-Bus error name, or `connect`, `closed`, `rejected`, `timeout`. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'BusError'
    this.code = code
  }
}

export interface BusConnection {
  /** The values of the reply; rejects with a `BusError`. */
  call(request: BusCall): Promise<readonly BusValue[]>
}

/** A message is refused beyond this size: a keyring item has a few kilobytes. */
const largestMessage = 16 * 1024 * 1024

/**
 * Runs `use` on a connection to the session bus of `address` (the value of DBUS_SESSION_BUS_ADDRESS) and closes it. Where
 * nothing is answered for `timeoutMs`, everything under way rejects with `timeout`.
 */
export async function withSessionBus<T>(
  address: string,
  userId: number,
  timeoutMs: number,
  use: (bus: BusConnection) => Promise<T>,
): Promise<T> {
  const path = socketPath(address)
  if (path === null) throw new BusError('connect', 'the address of the session bus names no socket')
  const limit = limitTurns(timeoutMs, () => exchange.fail(new BusError('timeout', `no answer within ${timeoutMs} ms`)))
  const exchange = createExchange(path, limit.restart)
  try {
    // What follows BEGIN may be sent at once: the bus reads it when it has accepted who we are.
    exchange.send(Buffer.from(`\0AUTH EXTERNAL ${Buffer.from(String(userId)).toString('hex')}\r\nBEGIN\r\n`))
    const hello = exchange.call({ ...busItself, member: 'Hello' })
    hello.catch(() => {})
    const result = await use(exchange)
    await hello
    return result
  } finally {
    limit.stop()
    exchange.end()
  }
}

/**
 * Calls `act` after `ms` of which this process had its share: in steps, each of which lets arrived answers be read first.
 * Where a hundred processes want the processor, a limit on the clock alone would end calls that were answered long ago.
 */
function limitTurns(ms: number, act: () => void): { restart: () => void; stop: () => void } {
  const steps = 10
  let left = steps
  let timer = setTimeout(step, ms / steps)
  function step(): void {
    left -= 1
    if (left > 0) timer = setTimeout(step, ms / steps)
    else setImmediate(end)
  }
  function end(): void {
    if (left > 0) step()
    else act()
  }
  return {
    restart: () => {
      left = steps
    },
    stop: () => clearTimeout(timer),
  }
}

const busItself = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
}

/** The first address with a UNIX socket; abstract ones begin with a zero byte. Values are percent-encoded. */
function socketPath(address: string): string | null {
  for (const part of address.split(';')) {
    const [transport, rest = ''] = splitOnce(part, ':')
    if (transport !== 'unix') continue
    const keys = new Map(rest.split(',').map((pair) => splitOnce(pair, '=')))
    const path = keys.get('path')
    const abstract = keys.get('abstract')
    if (path !== undefined) return decodeURIComponent(path)
    if (abstract !== undefined) return `\0${decodeURIComponent(abstract)}`
  }
  return null
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

interface Waiting {
  resolve(values: readonly BusValue[]): void
  reject(error: BusError): void
}

interface Exchange extends BusConnection {
  send(bytes: Buffer): void
  fail(error: BusError): void
  end(): void
}

/**
 * What is sent in one turn goes out in one piece, and what arrives does not pass through the stream's own buffers: a first
 * run of those costs a millisecond.
 */
function createExchange(path: string, tellAnswer: () => void): Exchange {
  const waiting = new Map<number, Waiting>()
  let serial = 0
  let failure: BusError | undefined
  let isAccepted = false
  let received: Buffer = Buffer.alloc(0)

  const fail = (error: BusError): void => {
    failure ??= error
    for (const { reject } of waiting.values()) reject(failure)
    waiting.clear()
    socket.destroy()
  }

  const readAcceptance = (): boolean => {
    const end = received.indexOf('\r\n')
    if (end < 0) return false
    const line = received.toString('latin1', 0, end)
    if (!line.startsWith('OK ')) {
      fail(new BusError('rejected', 'the bus does not accept this user'))
      return false
    }
    isAccepted = true
    received = received.subarray(end + 2)
    return true
  }

  const take = (): void => {
    if (!isAccepted && !readAcceptance()) return
    for (;;) {
      const message = readMessage(received)
      if (message === null) return
      received = received.subarray(message.length)
      const one = waiting.get(message.replyTo)
      if (one === undefined) continue
      waiting.delete(message.replyTo)
      tellAnswer()
      if (message.error === null) one.resolve(message.body)
      else
        one.reject(new BusError(message.error, typeof message.body[0] === 'string' ? message.body[0] : message.error))
    }
  }

  const read = (length: number, buffer: Uint8Array): boolean => {
    received = Buffer.concat([received, buffer.subarray(0, length)])
    try {
      take()
    } catch (error) {
      fail(new BusError('closed', `the bus sent what is no message: ${(error as Error).message}`))
    }
    return true
  }

  let outgoing: Buffer[] = []
  const send = (bytes: Buffer): void => {
    outgoing.push(bytes)
    if (outgoing.length > 1) return
    void Promise.resolve().then(() => {
      socket.write(Buffer.concat(outgoing))
      outgoing = []
    })
  }

  // Asked for here, because the bundle of a warm run holds this file whether there is a bus or not.
  const socket = process
    .getBuiltinModule('node:net')
    .createConnection({ path, onread: { buffer: Buffer.allocUnsafe(16 * 1024), callback: read } })
  socket.on('error', (error: NodeJS.ErrnoException) => fail(new BusError('connect', error.code ?? 'error')))
  socket.on('close', () => fail(new BusError('closed', 'the bus closed the connection')))

  return {
    send,
    fail,
    // Not at once: it takes half a millisecond, and a warm run is over before its turn comes.
    end: () => void setImmediate(() => socket.destroy()),
    call: (request) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) {
          reject(failure)
          return
        }
        serial += 1
        waiting.set(serial, { resolve, reject })
        send(writeMessage(request, serial))
      }),
  }
}

const methodCall = 1
const errorReply = 3
/** The service is not started for us: a keyring that nobody started has nobody to unlock it. */
const noAutoStart = 2
const field = { path: 1, interface: 2, member: 3, error: 4, replySerial: 5, destination: 6, signature: 8 }

function writeMessage(
  { destination, path, interface: name, member, signature = '', body = [] }: BusCall,
  serial: number,
): Buffer {
  const content = writeValues(signature, body)
  const start = `l${byte(methodCall)}${byte(noAutoStart)}${byte(1)}${uint32(content.length)}${uint32(serial)}`
  // What 'a(yv)' would be, written out: a list of a number, a signature and a text each.
  let fields = ''
  const addField = (code: number, type: 'o' | 's' | 'g', text: string): void => {
    const size = type === 'g' ? byte(text.length) : uint32(text.length)
    fields = `${pad(fields, 8)}${byte(code)}${byte(1)}${type}\0${size}${text}\0`
  }
  addField(field.path, 'o', path)
  addField(field.interface, 's', name)
  addField(field.member, 's', member)
  addField(field.destination, 's', destination)
  if (signature !== '') addField(field.signature, 'g', signature)
  return Buffer.from(pad(start + uint32(fields.length) + fields, 8) + content, 'latin1')
}

interface Message {
  readonly length: number
  readonly replyTo: number
  /** The name of an error reply. */
  readonly error: string | null
  readonly body: readonly BusValue[]
}

/** Null: not all of it has arrived. Throws when the bytes are no message. */
function readMessage(bytes: Buffer): Message | null {
  if (bytes.length < 16) return null
  const isLittle = bytes[0] === 'l'.charCodeAt(0)
  if (!isLittle && bytes[0] !== 'B'.charCodeAt(0)) throw new Error('unknown byte order')
  const read = (at: number): number => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at))
  const bodyLength = read(4)
  const headerLength = align(16 + read(12), 8)
  const length = headerLength + bodyLength
  if (length > largestMessage) throw new Error('message too large')
  if (bytes.length < length) return null
  const [list] = createReader(bytes.subarray(0, headerLength), isLittle, 12).read('a(yv)')
  const fieldOf = (code: number): BusValue | undefined =>
    (list as [number, Variant][]).find(([found]) => found === code)?.[1].value
  const [signature, replyTo] = [fieldOf(field.signature), fieldOf(field.replySerial)]
  return {
    length,
    replyTo: typeof replyTo === 'number' ? replyTo : 0,
    error: bytes[1] === errorReply ? String(fieldOf(field.error)) : null,
    body:
      typeof signature === 'string'
        ? createReader(bytes.subarray(0, length), isLittle, headerLength).read(signature)
        : [],
  }
}

const alignments: Readonly<Record<string, number>> = {
  y: 1,
  g: 1,
  v: 1,
  n: 2,
  q: 2,
  b: 4,
  i: 4,
  u: 4,
  s: 4,
  o: 4,
  a: 4,
  x: 8,
  t: 8,
  d: 8,
  '(': 8,
  '{': 8,
}

function align(offset: number, size: number): number {
  return Math.ceil(offset / size) * size
}

function alignmentOf(type: string): number {
  const size = alignments[type[0] ?? '']
  if (size === undefined) throw new Error(`unknown type '${type}'`)
  return size
}

/** `a{ss}u` → `a{ss}`, `u`. */
function splitSignature(signature: string): string[] {
  const types: string[] = []
  let at = 0
  while (at < signature.length) {
    const end = endOfType(signature, at)
    types.push(signature.slice(at, end))
    at = end
  }
  return types
}

function endOfType(signature: string, start: number): number {
  let at = start
  while (signature[at] === 'a') at += 1
  const opening = signature[at]
  if (opening === undefined) throw new Error('signature cut short')
  if (opening !== '(' && opening !== '{') return at + 1
  let depth = 0
  for (; at < signature.length; at++) {
    if (signature[at] === '(' || signature[at] === '{') depth += 1
    if (signature[at] === ')' || signature[at] === '}') depth -= 1
    if (depth === 0) return at + 1
  }
  throw new Error('signature cut short')
}

/** What is written is gathered as a string of bytes: for some hundred of them that is one call into Node in place of dozens. */
type Bytes = string

function byte(value: number): Bytes {
  return String.fromCharCode(value)
}

function uint32(value: number): Bytes {
  return String.fromCharCode(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24)
}

function pad(bytes: Bytes, size: number): Bytes {
  return bytes.padEnd(align(bytes.length, size), '\0')
}

function writeValues(signature: string, values: readonly BusValue[]): Bytes {
  return splitSignature(signature).reduce((before, type, index) => append(before, type, values[index] as BusValue), '')
}

/** `before` decides where the value begins: each type has its own alignment. */
function append(before: Bytes, type: string, value: BusValue): Bytes {
  const start = pad(before, alignmentOf(type))
  switch (type[0]) {
    case 'b':
      return start + uint32(value === true ? 1 : 0)
    case 's':
    case 'o': {
      const text = Buffer.from(value as string, 'utf8').toString('latin1')
      return `${start}${uint32(text.length)}${text}\0`
    }
    case 'g':
      return `${start}${byte((value as string).length)}${value}\0`
    case 'v': {
      const variant = value as Variant
      return append(append(start, 'g', variant.signature), variant.signature, variant.value)
    }
    case 'a':
      return appendList(start, type.slice(1), value)
    case '(':
    case '{': {
      const members = value as readonly BusValue[]
      return splitSignature(type.slice(1, -1)).reduce(
        (done, member, index) => append(done, member, members[index] as BusValue),
        start,
      )
    }
    default:
      throw new Error(`no value of type '${type}' is ever sent`)
  }
}

function appendList(before: Bytes, memberType: string, value: BusValue): Bytes {
  const first = pad(before + uint32(0), alignmentOf(memberType))
  const whole =
    value instanceof Uint8Array
      ? first + Buffer.from(value).toString('latin1')
      : (value as readonly BusValue[]).reduce<Bytes>((done, member) => append(done, memberType, member), first)
  return before + uint32(whole.length - first.length) + whole.slice(before.length + 4)
}

/** Reads past the end throw a RangeError, as Buffer's own methods do. */
function createReader(bytes: Buffer, isLittle: boolean, start: number): { read(signature: string): BusValue[] } {
  let at = start
  /** Where the next `count` bytes begin. */
  const take = (count: number): number => {
    if (at + count > bytes.length) throw new RangeError('message cut short')
    at += count
    return at - count
  }
  const readByte = (): number => bytes[take(1)] as number
  const readUint32 = (): number => (isLittle ? bytes.readUInt32LE(take(4)) : bytes.readUInt32BE(take(4)))
  const readText = (length: number): string => {
    const begin = take(length + 1)
    return bytes.toString('utf8', begin, begin + length)
  }

  const readOne = (type: string): BusValue => {
    at = align(at, alignmentOf(type))
    switch (type[0]) {
      case 'y':
        return readByte()
      case 'b':
        return readUint32() === 1
      case 'n':
      case 'q':
        return isLittle ? bytes.readUInt16LE(take(2)) : bytes.readUInt16BE(take(2))
      case 'i':
      case 'u':
        return readUint32()
      case 'x':
      case 't':
        return isLittle ? bytes.readBigUInt64LE(take(8)) : bytes.readBigUInt64BE(take(8))
      case 'd':
        return isLittle ? bytes.readDoubleLE(take(8)) : bytes.readDoubleBE(take(8))
      case 's':
      case 'o':
        return readText(readUint32())
      case 'g':
        return readText(readByte())
      case 'v': {
        const signature = readOne('g') as string
        return { signature, value: readOne(signature) }
      }
      case 'a':
        return readArray(type.slice(1))
      default:
        return splitSignature(type.slice(1, -1)).map(readOne)
    }
  }

  const readArray = (memberType: string): BusValue => {
    const size = readUint32()
    at = align(at, alignmentOf(memberType))
    if (memberType === 'y') {
      const begin = take(size)
      return Uint8Array.from(bytes.subarray(begin, begin + size))
    }
    const end = at + size
    const members: BusValue[] = []
    while (at < end) members.push(readOne(memberType))
    return members
  }

  return { read: (signature) => splitSignature(signature).map(readOne) }
}
