import type { FastifyReply } from 'fastify'

const beatMs = 15_000
/** A reader this far behind is cut off: it reads its page again when it comes back. */
const maxBufferedBytes = 1024 * 1024

/** A stream of server-sent events on a reply (HTML standard, "Server-sent events"). */
export interface EventStream {
  send(kind: string, data: unknown): void
  end(): void
}

/** Takes the reply over. Beats every 15 s, so that proxies keep it open; ends where the reader is too far behind. */
export function openEventStream(reply: FastifyReply, first = ''): EventStream {
  const stream = reply.raw
  const headers = reply.getHeaders()
  reply.hijack()
  stream.writeHead(200, {
    ...(headers as Record<string, string>), // What hooks have set: the security headers.
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  stream.write(first)
  const write = (text: string) => {
    if (stream.writableLength > maxBufferedBytes) stream.destroy()
    else stream.write(text)
  }
  const beat = setInterval(() => write(': beat\n\n'), beatMs)
  return {
    send: (kind, data) => write(`event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`),
    end() {
      clearInterval(beat)
      stream.end()
    },
  }
}
