import { createSocket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { createConnection, isIP, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { canonicalJson } from '../../lib/canonical-json.ts'
import type { Checkpoint } from '../checkpoint.ts'
import { type CheckpointTarget, hostOf, notKept } from './checkpoint-target.ts'

/** Facility 13 (log audit), severity 5 (notice): RFC 5424, section 6.2.1. */
const priority = 13 * 8 + 5
const timeoutMs = 15_000

/**
 * Sends checkpoints as syslog messages: RFC 5424 over UDP (RFC 5426), TCP with counted octets (RFC 6587) or TLS
 * (RFC 5425). Syslog acknowledges nothing: over TCP and TLS a closed connection without error is the best there is,
 * over UDP not even that, and a datagram of more than about 1,400 bytes may be cut on its way.
 */
export function syslogTarget(url: URL, extraCa: string | undefined): CheckpointTarget {
  const transport = url.protocol.slice('syslog+'.length, -1)
  const host = hostOf(url)
  const port = url.port === '' ? (transport === 'tls' ? 6514 : 514) : Number(url.port)
  const to = { host, port, secure: transport === 'tls', extraCa }
  return {
    name: url.href,
    compact: transport === 'udp',
    async keep(checkpoint, signal) {
      const message = Buffer.from(syslogMessage(checkpoint))
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        if (transport === 'udp') await sendDatagram(message, host, port)
        else await sendCounted(message, to, limit)
      } catch (error) {
        signal.throwIfAborted()
        throw notKept(url.href, error)
      }
    },
    async check(signal) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      try {
        if (transport === 'udp') {
          await lookup(host)
          return 'the host has an address; whether anything arrives, nobody says over UDP'
        }
        const socket = await connectTo(to, limit)
        socket.destroy()
        return 'the host takes connections'
      } catch (error) {
        signal.throwIfAborted()
        throw notKept(url.href, error)
      }
    },
  }
}

/** `<109>1 2026-03-01T10:00:00.000Z host tocsin 4242 checkpoint - {…}`: all of it ASCII, so no byte order mark. */
function syslogMessage(checkpoint: Checkpoint): string {
  const host =
    hostname()
      .replace(/[^\x21-\x7e]/g, '')
      .slice(0, 255) || '-'
  return `<${priority}>1 ${checkpoint.at} ${host} tocsin ${process.pid} checkpoint - ${canonicalJson(checkpoint)}`
}

async function sendDatagram(message: Buffer, host: string, port: number): Promise<void> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.send(message, port, host, error => (error ? reject(error) : resolve()))
    })
  } finally {
    socket.close()
  }
}

interface Receiver {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  readonly extraCa: string | undefined
}

async function sendCounted(message: Buffer, to: Receiver, signal: AbortSignal): Promise<void> {
  const socket = await connectTo(to, signal)
  try {
    socket.end(Buffer.concat([Buffer.from(`${message.length} `), message]))
    socket.resume() // A receiver that says something does not keep the connection open.
    await once(socket, 'close', { signal })
  } finally {
    socket.destroy()
  }
}

async function connectTo({ host, port, secure, extraCa }: Receiver, signal: AbortSignal): Promise<Socket> {
  const socket = secure
    ? connectTls({
        host,
        port,
        ...(isIP(host) === 0 ? { servername: host } : {}), // RFC 6066: names only; an address is compared all the same.
        rejectUnauthorized: true,
        ...(extraCa === undefined ? {} : { ca: [...rootCertificates, extraCa] }),
      })
    : createConnection({ host, port })
  try {
    await once(socket, secure ? 'secureConnect' : 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}
