import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'

export interface SyslogServer {
  readonly port: number
  /** Messages of RFC 5424 that were taken, in order. */
  readonly messages: readonly string[]
  /** What was refused, and why. */
  readonly refused: readonly string[]
  /** Resolves when so many messages came. */
  received(count: number): Promise<void>
  close(): Promise<void>
}

/** RFC 5424, section 6: header, structured data, message. */
const shape =
  /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d) [\x21-\x7e]{1,255} [\x21-\x7e]{1,48} [\x21-\x7e]{1,128} [\x21-\x7e]{1,32} (?:-|\[.+\]) [\s\S]+$/

/** A syslog receiver over UDP, TCP or TLS that takes only well-formed messages, framed by counted octets where it streams. */
export async function startSyslogServer(
  transport: 'udp' | 'tcp' | 'tls',
  tls?: { readonly keyPem: string; readonly certificatePem: string },
): Promise<SyslogServer> {
  const messages: string[] = []
  const refused: string[] = []
  const take = (message: string) => {
    const priority = Number(shape.exec(message)?.[1] ?? Number.NaN)
    if (priority >= 0 && priority <= 191) messages.push(message)
    else refused.push(message.slice(0, 80))
  }
  const received = async (count: number) => {
    while (messages.length < count) await new Promise(resolve => setTimeout(resolve, 5))
  }
  if (transport === 'udp') {
    const socket = createSocket('udp4')
    // What many networks carry in one piece.
    socket.on('message', data => (data.length > 1400 ? refused.push('too long') : take(data.toString())))
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    const close = async () => void socket.close()
    return { port: socket.address().port, messages, refused, received, close }
  }
  const onSocket = (socket: Socket) => {
    const chunks: Buffer[] = []
    socket.on('data', chunk => chunks.push(chunk))
    socket.on('error', () => undefined)
    socket.on('end', () => {
      const text = Buffer.concat(chunks)
      const counted = /^([1-9]\d*) /.exec(text.subarray(0, 12).toString())
      const start = counted?.[0].length ?? 0
      if (text.length - start === Number(counted?.[1])) take(text.subarray(start).toString())
      else refused.push('not framed by counted octets')
      socket.end()
    })
  }
  const server =
    transport === 'tls'
      ? createTlsServer({ key: tls?.keyPem, cert: tls?.certificatePem }, onSocket).on(
          'tlsClientError',
          error => refused.push(String(error)),
        )
      : createServer(onSocket)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // A TCP server has such an address.
    messages,
    refused,
    received,
    async close() {
      server.close()
      await once(server, 'close')
    },
  }
}
