import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { type GatewayAnswer, gatewayAnswer, unavailableHeader } from '../gateway-answer.ts'
import { largestMessageBytes, type TakeMail } from './intake.ts'

export interface MilterOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** What happens to a mail that could not be analysed: delivered with a tag, or put off. */
  readonly unavailable: 'deliver' | 'defer'
  readonly onFailure: (error: unknown) => void
}

export interface MilterServer {
  readonly port: number
  close(): Promise<void>
}

const addHeaders = 0x01
const quarantine = 0x20
const largestPacketBytes = 16 * 1024 * 1024

/**
 * A milter (protocol version 6, as Sendmail and Postfix speak it): collects a mail as the server receives it and answers at
 * its end with a header, and with quarantine where harm is all but certain. It never rejects: a person can always find the mail.
 * Where Tocsin is down, the server's own `milter_default_action` decides.
 */
export async function milterServer(take: TakeMail, options: MilterOptions): Promise<MilterServer> {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', options.onFailure)
    serveConnection(socket, take, options).catch(error => {
      options.onFailure(error)
      socket.destroy()
    })
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function serveConnection(socket: Socket, take: TakeMail, options: MilterOptions): Promise<void> {
  let collected: Buffer[] = []
  let size = 0
  let sender: string | null = null
  let recipients: string[] = []
  const keep = (bytes: Buffer) => {
    size += bytes.length
    if (size <= largestMessageBytes) collected.push(bytes)
  }
  const forget = () => {
    collected = []
    size = 0
    sender = null
    recipients = []
  }
  for await (const { command, data } of packetsOf(socket)) {
    switch (command) {
      case 'O':
        socket.write(packet('O', numbers(Math.min(6, data.readUInt32BE(0)), addHeaders | quarantine, 0)))
        break
      case 'M':
        forget()
        sender = pathOf(data)
        socket.write(packet('c'))
        break
      case 'R':
        if (recipients.length < 1_000) recipients.push(pathOf(data))
        socket.write(packet('c'))
        break
      case 'L': {
        const [name = '', value = ''] = fields(data)
        keep(Buffer.from(`${name}: ${value.replace(/\r?\n/g, '\r\n')}\r\n`, 'latin1'))
        socket.write(packet('c'))
        break
      }
      case 'N':
        keep(Buffer.from('\r\n'))
        socket.write(packet('c'))
        break
      case 'B':
        keep(Buffer.from(data))
        socket.write(packet('c'))
        break
      case 'E':
        if (data.length > 0) keep(Buffer.from(data))
        for (const reply of await verdictPackets(
          Buffer.concat(collected),
          { sender, recipients },
          take,
          options,
        ))
          socket.write(reply)
        forget()
        break
      case 'A':
        forget()
        break
      case 'D':
        break // Macros want no answer.
      case 'Q':
        socket.end()
        return
      default:
        socket.write(packet('c'))
    }
  }
}

/** The answer at the end of a mail: headers and quarantine first, then go on, or try again later. */
async function verdictPackets(
  bytes: Buffer,
  envelope: { readonly sender: string | null; readonly recipients: readonly string[] },
  take: TakeMail,
  options: MilterOptions,
): Promise<Buffer[]> {
  try {
    const { report } = await take({
      bytes,
      source: 'milter',
      reporter: envelope.sender,
      recipients: envelope.recipients,
    })
    const { action, header }: GatewayAnswer = gatewayAnswer(report)
    const tag = packet('h', Buffer.from(`${header.name}\0${header.value}\0`))
    const hold = action === 'quarantine' ? [packet('q', Buffer.from(`Tocsin: ${report.verdict}\0`))] : []
    return [tag, ...hold, packet('c')]
  } catch (error) {
    options.onFailure(error)
    if (options.unavailable === 'defer') return [packet('t')]
    return [packet('h', Buffer.from(`${unavailableHeader.name}\0${unavailableHeader.value}\0`)), packet('c')]
  }
}

/** Packets are a length (four bytes, of command and data), a command letter, and data. */
async function* packetsOf(socket: Socket): AsyncGenerator<{ command: string; data: Buffer }> {
  let buffer: Buffer = Buffer.alloc(0)
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk as Buffer]) // A socket without an encoding gives buffers.
    while (buffer.length >= 5) {
      const length = buffer.readUInt32BE(0)
      if (length < 1 || length > largestPacketBytes)
        throw new Error(`a milter packet of ${length} bytes is none`)
      if (buffer.length < 4 + length) break
      yield { command: String.fromCharCode(buffer[4] ?? 0), data: buffer.subarray(5, 4 + length) }
      buffer = buffer.subarray(4 + length)
    }
  }
}

function packet(command: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(data.length + 1, 0)
  head.write(command, 4, 'latin1')
  return Buffer.concat([head, data])
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4)
  return bytes
}

/** The address of an envelope command, without its brackets. */
function pathOf(data: Buffer): string {
  return (fields(data)[0] ?? '').replace(/^<|>$/g, '')
}

/** Texts that end in a NUL each. */
function fields(data: Buffer): string[] {
  return data.toString('latin1').split('\0')
}
