import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type AnsweringProvider,
  type ChatProvider,
  openAnsweringProvider,
} from '../../test/support/answering-provider.ts'
import { streamedAnswers } from './providers/streamed-answer.ts'

// Model servers, and proxies before them, that are asked for a stream and answer otherwise.

let provider: AnsweringProvider
beforeAll(async () => {
  provider = await openAnsweringProvider()
})
afterAll(() => provider.close())

const kinds: readonly ChatProvider[] = ['openai-compatible', 'openai-chat']
const ask = (kind: ChatProvider, answer: (response: ServerResponse) => void) => provider.ask(answer, kind)

/** Writes the pieces in packets of their own. */
const send =
  (type: string | undefined, ...pieces: string[]) =>
  async (response: ServerResponse) => {
    response.writeHead(200, type === undefined ? {} : { 'content-type': type })
    for (const piece of pieces) await new Promise(resolve => response.write(piece, resolve))
    response.end()
  }

const text = '{"headline":"Für [USER-1] 🚨\\nzwei"}'
const usage = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 }
const whole = (message: object, finish: string | null = 'stop') => ({
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage,
})
const part = (delta: object, finish: string | null = null) =>
  JSON.stringify({
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
const parts = [
  part({ role: 'assistant', content: text.slice(0, 12) }),
  part({ content: text.slice(12) }),
  part({}, 'stop'),
  JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage }),
]
const document = JSON.stringify(whole({ content: text }))
const asEvents = [...parts, '[DONE]'].map(each => `data: ${each}\n\n`).join('')

it.each(kinds)('%s: understands a whole document, lines of JSON, and events by another name', async kind => {
  const understood: readonly [string, ReturnType<typeof send>][] = [
    ['one document', send('application/json', document)],
    [
      'one document, in pieces',
      send('application/json; charset=utf-8', ...(document.match(/.{1,7}/gsu) ?? [])),
    ],
    ['one document with a line end', send('application/json', `${document}\n`)],
    ['one document, laid out', send('application/json', JSON.stringify(JSON.parse(document), null, 2))],
    [
      'one document without a reason for its end',
      send('application/json', JSON.stringify(whole({ content: text }, null))),
    ],
    ['lines', send('application/x-ndjson', `${parts.join('\n')}\n`)],
    [
      'lines in pieces, without a last line end',
      send('application/json', ...(parts.join('\r\n').match(/.{1,7}/gsu) ?? [])),
    ],
    ['lines with the mark of the end', send('text/plain', `${parts.join('\n')}\n[DONE]\n`)],
    ['events called text', send('text/plain', 'da', asEvents.slice(2))],
    ['events called nothing', send(undefined, `: hello\n\n${asEvents}`)],
  ]
  for (const [form, answer] of understood) {
    const completion = await ask(kind, answer).catch((error: unknown) => ({ error: String(error) }))
    expect(completion, form).toMatchObject({
      text,
      finish: 'stop',
      usage: { inputTokens: 120, outputTokens: 30, estimated: false },
    })
  }
})

it.each(kinds)('%s: reads limits, refusals and calls of tools out of a document', async kind => {
  const answered = (message: object, finish: string) =>
    ask(kind, send('application/json', JSON.stringify(whole(message, finish))))
  expect((await answered({ content: text }, 'length')).finish).toBe('length')
  expect((await answered({ content: '' }, 'content_filter')).finish).toBe('refusal')
  const call = { id: 'call_1', type: 'function', function: { name: 'search', arguments: '{"q":"x"}' } }
  expect(await answered({ content: null, tool_calls: [call] }, 'tool_calls')).toMatchObject({
    finish: 'tool-calls',
    toolCalls: [{ name: 'search', argumentsText: '{"q":"x"}' }],
  })
})

it.each([
  [
    'a web page',
    send('text/html', '<!doctype html><title>LM'),
    'model-answer-not-understood',
    false,
    /a web page.*below \/v1/,
  ],
  ['nothing', send('application/json', ''), 'model-answer-not-understood', false, /an empty document/],
  [
    'another interface',
    send('application/x-ndjson', '{"model":"m","message":{"content":"x"},"done":false}\n{"done":true}\n'),
    'model-answer-not-understood',
    false,
    /no chat completion.*\/api/,
  ],
  ['prose', send('text/plain', 'hello, how can I help?'), 'model-stream-cut', true, /no complete JSON/],
  [
    'half a document',
    send('application/json', document.slice(0, -20)),
    'model-stream-cut',
    true,
    /ended early/,
  ],
  [
    'half of the lines',
    send('application/x-ndjson', `${parts.slice(0, 2).join('\n')}\n`),
    'model-stream-cut',
    true,
    /stream ended|closed early/,
  ],
  [
    'half of the events',
    send('text/event-stream', `data: ${parts[0]}\n\n`),
    'model-stream-cut',
    true,
    /stream ended|closed early/,
  ],
  [
    'a connection that breaks',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '9999' })
      response.write(document.slice(0, 40), () => response.destroy())
    },
    'model-stream-cut',
    true,
    /.*/,
  ],
  [
    'an error with status 200',
    send('application/json', '{"error":{"message":"the model is not loaded"}}'),
    'model-(stream-cut|failed)',
    true,
    /the model is not loaded/,
  ],
  [
    'a document without end',
    (response: ServerResponse) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const write = () => {
        while (!response.destroyed) if (!response.write(`{"a":"${'a'.repeat(65_536)}`)) return
      }
      response.on('drain', write).on('error', () => {})
      write()
    },
    'model-answer-too-long',
    false,
    /longer than any/,
  ],
] as const)(
  '%s ends as an error that says what came, and what to do',
  async (_, answer, code, retryable, message) => {
    for (const kind of kinds) {
      const error = await ask(kind, answer).then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).toMatchObject({
        code: expect.stringMatching(`^${code}$`),
        retryable,
        message: expect.stringMatching(message),
      })
    }
  },
)

it.each([
  ['a document in one line', (long: string) => `{"choices":[{"message":{"content":"${long}"}}]}`],
  [
    'blanks before one',
    (long: string) => `${' '.repeat(long.length)}{"choices":[{"message":{"content":"x"}}]}`,
  ],
  [
    'a long line behind a short one',
    (long: string) => `{"choices":[]}\n{"choices":[{"message":{"content":"${long}"}}]}`,
  ],
])('%s that comes a letter at a time is looked at once, not with each letter', async (_, textOf) => {
  // Looked at with each letter, a million of them copy half a terabyte.
  const letters = textOf('a'.repeat(1_000_000))[Symbol.iterator]()
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = letters.next()
      if (done) controller.close()
      else controller.enqueue(new TextEncoder().encode(value))
    },
  })
  const fetch = streamedAnswers(
    async () => new Response(body, { headers: { 'content-type': 'application/json' } }),
  )
  expect(await (await fetch('http://model.example/')).text()).toMatch(/^data: .*\n\ndata: \[DONE\]\n\n$/s)
})
