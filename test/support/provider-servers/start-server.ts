import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject, type WireProtocol, type WireRequest } from './wire-protocol.ts'

/** What the server does with the next request. */
export type Step =
  | {
      readonly kind: 'answer'
      readonly text: string | ((prompt: string) => string)
      /** How long the model thinks before its first piece. */
      readonly afterMs?: number
      /** What it says that its answer was long; of Chat Completions only. */
      readonly outputTokens?: number
    }
  | { readonly kind: 'limit'; readonly text: string }
  | { readonly kind: 'refusal' }
  | { readonly kind: 'tool-call'; readonly name: string; readonly argumentsText: string }
  | {
      readonly kind: 'status'
      readonly status: number
      readonly message?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Closes the socket after this many pieces. */
  | { readonly kind: 'cut'; readonly text: string; readonly after: number }
  /** Ends the stream properly, but early. */
  | { readonly kind: 'stop-early'; readonly text: string; readonly after: number }
  | { readonly kind: 'not-json' }
  /** Answers nothing, ever; `sends` first sends that many pieces. */
  | { readonly kind: 'hang'; readonly text?: string; readonly sends?: number }

export interface ProviderServer {
  readonly url: string
  /** Every request, in order. */
  readonly requests: readonly WireRequest[]
  /** Sockets that the client closed before the answer ended. */
  readonly abandoned: number
  /** Adds steps; a request beyond them is answered 500 and fails the test that looks at `unscripted`. */
  script(...steps: readonly Step[]): void
  /** From now on, every request is answered so, or as this decides. */
  always(step: Step | ((request: WireRequest) => Step)): void
  readonly unscripted: number
  close(): Promise<void>
}

/** A server on this machine that speaks a provider's protocol and refuses what the provider would. */
export async function startProviderServer(protocol: WireProtocol, key: string): Promise<ProviderServer> {
  const requests: WireRequest[] = []
  const steps: Step[] = []
  const counts = { abandoned: 0, unscripted: 0 }
  let standing: Step | ((request: WireRequest) => Step) | undefined
  const server = createServer((incoming, response) => {
    response.on('close', () => {
      if (!response.writableFinished) counts.abandoned++
    })
    void handle(incoming, response).catch(error => response.destroy(error))
  })
  const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming)
    requests.push(request)
    const fail = (status: number, message: string, headers = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(protocol.error(status, message)))
    if (!protocol.authorised(request, key)) return void fail(401, `Incorrect API key provided: ${key}`)
    const fault = protocol.refuses(request)
    if (fault !== undefined) return void fail(400, fault)
    const step = steps.shift() ?? (typeof standing === 'function' ? standing(request) : standing)
    if (step === undefined) {
      counts.unscripted++
      return void fail(500, 'nothing is scripted for this request')
    }
    if (step.kind === 'status') return void fail(step.status, step.message ?? 'scripted', step.headers)
    response.writeHead(200, { 'content-type': protocol.contentType })
    await play(step, protocol, request, response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    get abandoned() {
      return counts.abandoned
    },
    get unscripted() {
      return counts.unscripted
    },
    script: (...more) => void steps.push(...more),
    always(step) {
      standing = step
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  const body: unknown = text === '' ? {} : JSON.parse(text)
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  )
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers,
    body: isObject(body) ? body : {},
  }
}

async function play(
  step: Exclude<Step, { kind: 'status' }>,
  protocol: WireProtocol,
  request: WireRequest,
  response: ServerResponse,
): Promise<void> {
  const send = async (pieces: readonly (string | Uint8Array)[]) => {
    for (const piece of pieces) {
      response.write(piece)
      await sleep(0) // One piece, one packet: the client sees them one by one.
    }
  }
  switch (step.kind) {
    case 'answer':
      if (step.afterMs !== undefined) await sleep(step.afterMs)
      await send(
        protocol.answer(
          typeof step.text === 'string' ? step.text : step.text(protocol.promptOf(request)),
          request,
          step.outputTokens,
        ),
      )
      break
    case 'limit':
      await send(protocol.cutAtLimit(step.text, request))
      break
    case 'refusal':
      await send(protocol.refusal(request))
      break
    case 'tool-call':
      await send(protocol.toolCall(step.name, step.argumentsText, request))
      break
    case 'stop-early':
      await send(protocol.answer(step.text, request).slice(0, step.after))
      break
    case 'not-json':
      await send(
        protocol.contentType.includes('event-stream') && !protocol.contentType.includes('vnd')
          ? ['data: {"this is": not json\n\n']
          : [Buffer.from('no frame at all, and long enough to be read as one')],
      )
      break
    case 'cut':
      await send(protocol.answer(step.text, request).slice(0, step.after))
      response.destroy()
      return
    case 'hang':
      await send(protocol.answer(step.text ?? '', request).slice(0, step.sends ?? 0))
      response.flushHeaders()
      return
  }
  response.end()
}
