import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { systemClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import type { CompletionRequest } from './completion.ts'
import { modelProfileSchema } from './profile.ts'
import { providers } from './providers/providers.ts'
import { createSdkClient } from './sdk-client.ts'

// A provider that goes on for ever, answers with gigabytes or with nonsense: each call ends, with an error that says why.

const request: CompletionRequest = {
  system: 'Answer as JSON.',
  messages: [{ role: 'user', text: 'x' }],
  schema: { type: 'object' },
  schemaName: 'x',
  maxOutputTokens: 100,
  temperature: 0,
}
const maxAnswerBytes = 8 * 1024 * 1024

let answering: (response: ServerResponse) => void = () => {}
const server = createServer((incoming, response) => {
  incoming.resume()
  answering(response)
})
let egress: EgressClient
let base = ''

beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // A listening TCP server has an address with a port.
  base = `http://127.0.0.1:${port}/v1`
  egress = createEgressFetch({ rules: [{ host: '127.0.0.1', port }], maxAnswerBytes })
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await egress.close()
})

async function ask(answer: (response: ServerResponse) => void) {
  answering = answer
  const profile = modelProfileSchema.parse({
    name: 'hostile',
    provider: 'openai-compatible',
    model: 'm',
    baseUrl: base,
    zone: 'local',
    structured: 'schema',
  })
  const provider = await providers['openai-compatible']()
  const client = createSdkClient({
    profile,
    provider,
    key: undefined,
    fetch: egress.fetch,
    clock: systemClock,
  })
  return client.complete(request, async () => {}, AbortSignal.timeout(400_000))
}

/** One event of a chat completion. */
const event = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`

/** Writes the same until nobody reads. */
function forEver(text: string | Buffer) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const write = () => {
      while (!response.destroyed) if (!response.write(text)) return
    }
    response.on('drain', write).on('error', () => {})
    write()
  }
}

it.each([
  ['text without end', forEver(event({ content: 'a'.repeat(2000) })), 'model-answer-too-long'],
  [
    'tools by the thousand',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (let index = 0; index < 2000; index++)
        response.write(
          event({
            tool_calls: [
              { index, id: `c${index}`, type: 'function', function: { name: 't', arguments: '{}' } },
            ],
          }),
        )
      response.end(`${event({}, 'tool_calls')}data: [DONE]\n\n`)
    },
    'model-answer-too-long',
  ],
  ['a line without end', forEver('data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'), /^model-/],
  ['reasoning without end', forEver(event({ reasoning_content: 'hm '.repeat(500) })), /^model-/],
  ['bytes that are no text', forEver(Buffer.concat([Buffer.from('data: '), Buffer.alloc(4096, 0xff), Buffer.from('\n\n')])), /^model-/], // biome-ignore format: a row
  [
    'a few kilobytes that unpack to many',
    (response: ServerResponse) => {
      const bomb = gzipSync(event({ reasoning_content: 'x'.repeat(2 * maxAnswerBytes) }))
      response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' }).end(bomb)
    },
    /^(?:model-|answer-too-large)/,
  ],
  [
    'brackets a hundred thousand deep',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${'['.repeat(100_000)}${']'.repeat(100_000)}\n\ndata: [DONE]\n\n`)
    },
    /^model-/,
  ],
])('%s ends as an error', async (_, answer, code) => {
  const error = await ask(answer).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: code instanceof RegExp ? expect.stringMatching(code) : code })
})

it('a provider that wants to be left alone for ever is asked again within the hour', async () => {
  for (const header of ['9'.repeat(400), '99999999999'])
    await expect(
      ask(response => response.writeHead(429, { 'retry-after': header }).end('{}')),
    ).rejects.toMatchObject({ code: 'model-rate-limited', retryAfterMs: 3_600_000 })
})
