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
 * Runs `use` on a connection to the session bus of `address` (the value of DBUS_SESSION_BUS_ADDRESS) and closes it. After
 * `timeoutMs` everything under way rejects with `timeout`.
 */
export async function withSessionBus<T>(
  address: string,
  userId: number,
  timeoutMs: number,
  use: (bus: BusConnection) => Promise<T>,
): Promise<T> {
  const path = socketPath(address)
  if (path === null) throw new BusError('connect', 'the address of the session bus names no socket')
  const exchange = createExchange(path)
  const stopLimit = limitTurns(timeoutMs, () =>
    exchange.fail(new BusError('timeout', `no answer within ${timeoutMs} ms`)),
  )
  try {
    // What follows BEGIN may be sent at once: the bus reads it when it has accepted who we are.
    exchange.send(Buffer.from(`\0AUTH EXTERNAL ${Buffer.from(String(userId)).toString('hex')}\r\nBEGIN\r\n`))
    const hello = exchange.call({ ...busItself, member: 'Hello' })
    hello.catch(() => {})
    const result = await use(exchange)
    await hello
    return result
  } finally {
    stopLimit()
    exchange.end()
  }
}

/**
 * Calls `act` after `ms` of which this process had its share: in steps, each of which lets arrived answers be read first.
 * Where a hundred processes want the processor, a limit on the clock alone would end calls that were answered long ago.
 */
function limitTurns(ms: number, act: () => void): () => void {
  const steps = 10
  let left = steps
  let timer = setTimeout(step, ms / steps)
  function step(): void {
    left -= 1
    if (left > 0) timer = setTimeout(step, ms / steps)
    else setImmediate(act)
  }
  return () => clearTimeout(timer)
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
function createExchange(path: string): Exchange {
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
    end: () => void socket.destroy(),
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
  { destination, path, interface: name, member, signature, body }: BusCall,
  serial: number,
): Buffer {
  const content = createWriter()
  if (signature !== undefined) content.write(signature, body ?? [])
  const bytes = content.bytes()
  const fields: BusValue[] = [
    [field.path, { signature: 'o', value: path }],
    [field.interface, { signature: 's', value: name }],
    [field.member, { signature: 's', value: member }],
    [field.destination, { signature: 's', value: destination }],
  ]
  if (signature !== undefined) fields.push([field.signature, { signature: 'g', value: signature }])
  const header = createWriter()
  header.write('yyyyuua(yv)', ['l'.charCodeAt(0), methodCall, noAutoStart, 1, bytes.length, serial, fields])
  header.align(8)
  return Buffer.concat([header.bytes(), bytes])
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
  const [, type, , , , , list] = createReader(bytes.subarray(0, headerLength), isLittle).read('yyyyuua(yv)')
  const fields = new Map((list as [number, Variant][]).map(([code, { value }]) => [code, value]))
  const signature = fields.get(field.signature)
  const body = createReader(bytes.subarray(headerLength, length), isLittle)
  return {
    length,
    replyTo: typeof fields.get(field.replySerial) === 'number' ? (fields.get(field.replySerial) as number) : 0,
    error: type === errorReply ? String(fields.get(field.error)) : null,
    body: typeof signature === 'string' ? body.read(signature) : [],
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

interface Writer {
  write(signature: string, values: readonly BusValue[]): void
  align(size: number): void
  bytes(): Buffer
}

/** Into one buffer, which grows where it must: a message of ours has some hundred bytes. */
function createWriter(): Writer {
  let buffer = Buffer.alloc(512)
  let length = 0
  /** Makes room, filled with zeros, and says where it begins. */
  const take = (count: number): number => {
    if (length + count > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length + count)])
    length += count
    return length - count
  }
  const pad = (size: number): void => void take(align(length, size) - length)
  const writeByte = (value: number): void => {
    const at = take(1)
    buffer[at] = value
  }
  const writeUint32 = (value: number): void => {
    const at = take(4)
    buffer.writeUInt32LE(value, at)
  }
  /** With the zero that ends it. */
  const writeText = (text: string, size: number): void => {
    const at = take(size + 1)
    buffer.write(text, at)
  }

  const writeOne = (type: string, value: BusValue): void => {
    pad(alignmentOf(type))
    switch (type[0]) {
      case 'y':
        writeByte(value as number)
        break
      case 'b':
        writeUint32(value === true ? 1 : 0)
        break
      case 'u':
        writeUint32(value as number)
        break
      case 's':
      case 'o': {
        const size = Buffer.byteLength(value as string)
        writeUint32(size)
        writeText(value as string, size)
        break
      }
      case 'g':
        writeByte((value as string).length)
        writeText(value as string, (value as string).length)
        break
      case 'v': {
        const variant = value as Variant
        writeOne('g', variant.signature)
        writeOne(variant.signature, variant.value)
        break
      }
      case 'a':
        writeArray(type.slice(1), value)
        break
      case '(':
      case '{':
        writeAll(type.slice(1, -1), value as readonly BusValue[])
        break
      default:
        throw new Error(`no value of type '${type}' is ever sent`)
    }
  }

  const writeArray = (memberType: string, value: BusValue): void => {
    const sizeAt = take(4)
    pad(alignmentOf(memberType))
    const start = length
    if (memberType === 'y' && value instanceof Uint8Array) {
      const at = take(value.length)
      buffer.set(value, at)
    } else for (const member of value as readonly BusValue[]) writeOne(memberType, member)
    buffer.writeUInt32LE(length - start, sizeAt)
  }

  const writeAll = (signature: string, values: readonly BusValue[]): void => {
    const types = splitSignature(signature)
    for (let index = 0; index < types.length; index++) writeOne(types[index] as string, values[index] as BusValue)
  }

  return { write: writeAll, align: pad, bytes: () => buffer.subarray(0, length) }
}

/** Reads past the end throw a RangeError, as Buffer's own methods do. */
function createReader(bytes: Buffer, isLittle: boolean): { read(signature: string): BusValue[] } {
  let at = 0
  const take = (count: number): Buffer => {
    if (at + count > bytes.length) throw new RangeError('message cut short')
    at += count
    return bytes.subarray(at - count, at)
  }
  const readUint32 = (): number => {
    const chunk = take(4)
    return isLittle ? chunk.readUInt32LE() : chunk.readUInt32BE()
  }
  const readText = (length: number): string => take(length + 1).toString('utf8', 0, length)

  const readOne = (type: string): BusValue => {
    at = align(at, alignmentOf(type))
    switch (type[0]) {
      case 'y':
        return take(1)[0] as number
      case 'b':
        return readUint32() === 1
      case 'n':
      case 'q':
        return isLittle ? take(2).readUInt16LE() : take(2).readUInt16BE()
      case 'i':
      case 'u':
        return readUint32()
      case 'x':
      case 't':
        return isLittle ? take(8).readBigUInt64LE() : take(8).readBigUInt64BE()
      case 'd':
        return isLittle ? take(8).readDoubleLE() : take(8).readDoubleBE()
      case 's':
      case 'o':
        return readText(readUint32())
      case 'g':
        return readText(take(1)[0] as number)
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
    if (memberType === 'y') return Uint8Array.from(take(size))
    const end = at + size
    const members: BusValue[] = []
    while (at < end) members.push(readOne(memberType))
    return members
  }

  return { read: (signature) => splitSignature(signature).map(readOne) }
}
