import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A local HTTP server that keeps the body of each request as it came over the wire. */
export interface CaptureServer {
  readonly url: string
  /** Sends a body and returns what the server received. */
  send(body: Buffer): Promise<Buffer>
  close(): Promise<void>
}

export async function captureServer(): Promise<CaptureServer> {
  let received = Buffer.alloc(0)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      received = Buffer.concat(chunks)
      response.end('{}')
    })
  })
  // Requests come as fast as the work between them allows: a connection that was idle for long is none that was left.
  server.keepAliveTimeout = 0
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo // listening on a port, not a pipe
  const url = `http://127.0.0.1:${port}/v1/chat/completions`
  return {
    url,
    async send(body) {
      const answer = await fetch(url, { method: 'POST', body: new Uint8Array(body) })
      await answer.arrayBuffer()
      return received
    },
    close: () => new Promise(done => server.close(() => done())),
  }
}
