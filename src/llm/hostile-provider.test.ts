import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AnsweringProvider, openAnsweringProvider } from '../../test/support/answering-provider.ts'

// A provider that goes on for ever, answers with gigabytes or with nonsense: each call ends, with an error that says why.

const maxAnswerBytes = 8 * 1024 * 1024
let provider: AnsweringProvider
beforeAll(async () => {
  provider = await openAnsweringProvider(maxAnswerBytes)
})
afterAll(() => provider.close())

const ask = (answer: (response: ServerResponse) => void) =>
  provider.ask(answer, 'openai-compatible', { structured: 'schema' })

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
