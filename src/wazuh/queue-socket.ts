import { spawn } from 'node:child_process'
import { type EventSink, eventLimitBytes, tooLarge, type WazuhEvent } from './event-sink.ts'

// Node has no UNIX datagram sockets. Python has, and every Wazuh manager ships one; the message goes in on standard
// input, so that nothing of it is an argument.
const program = `
import socket, sys
message = sys.stdin.buffer.read()
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(5)
s.connect(sys.argv[1])
s.send(message)
`

export interface QueueSocketOptions {
  /** `/var/ossec/queue/sockets/queue`. */
  readonly path: string
  /** `/var/ossec/framework/python/bin/python3`, or any Python 3. */
  readonly python: string
  readonly timeoutMs: number
}

/** Sends through analysisd's own socket: for a manager on this machine. Keeps the agent that the event is about. */
export function queueSocketSink(options: QueueSocketOptions): EventSink {
  return async (event, signal) => {
    const message = queueMessage(event)
    if (Buffer.byteLength(event.text) > eventLimitBytes) return tooLarge(event)
    return new Promise(resolve => {
      const child = spawn(options.python, ['-I', '-c', program, options.path], {
        stdio: ['pipe', 'ignore', 'pipe'],
        signal,
        timeout: options.timeoutMs,
      })
      let complaint = ''
      child.stderr.setEncoding('utf8').on('data', text => {
        complaint = `${complaint}${text}`.slice(-500)
      })
      child.stdin.on('error', () => undefined) // The exit code tells.
      child.on('error', error =>
        resolve({ kind: 'failed', reason: `cannot run ${options.python}: ${error.message}` }),
      )
      child.on('close', code => {
        const lastLine = complaint.trim().split('\n').at(-1) ?? ''
        resolve(
          code === 0
            ? { kind: 'taken' }
            : {
                kind: 'failed',
                reason: `cannot write to ${options.path}: ${lastLine || `exit code ${code}`}`,
              },
        )
      })
      child.stdin.end(message)
    })
  }
}

const location = 'custom-tocsin'

/**
 * A datagram as analysisd takes it: `1:LOCATION:TEXT`, and for an agent `1:[ID] (NAME) IP->LOCATION:TEXT` with `|` and
 * `:` escaped by `|` in what stands before the text. Source: `integrations/virustotal.py`, measured on 4.14.7.
 */
export function queueMessage(event: WazuhEvent): string {
  const { agent } = event
  if (agent === undefined || /^0+$/.test(agent.id)) return `1:${location}:${event.text}`
  const from = `[${agent.id}] (${agent.name}) ${agent.ip ?? 'any'}->${location}`
    .replaceAll('|', '||')
    .replaceAll(':', '|:')
  return `1:${from}:${event.text}`
}
