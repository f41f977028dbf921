import { z } from 'zod'
import { ModelError } from '../completion.ts'

// Servers and proxies exist that ignore `stream: true`: they answer with one completion as a JSON document, or with the
// chunks as lines of JSON without the framing of events. Both hold everything that a stream would have brought.

/** What is longer than this is no answer to a question of ours. */
const maxDocumentLength = 8_000_000

const completionSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ tool_calls: z.array(z.looseObject({})).nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
})
const chunkSchema = z.looseObject({ choices: z.array(z.looseObject({ delta: z.looseObject({}) })) })
const errorSchema = z.looseObject({
  error: z.unknown().refine(error => error !== undefined && error !== null),
})

/** `fetch` for Chat Completions: whatever form the answer comes in, it is read as a stream of events. */
export function streamedAnswers(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const type = response.headers.get('content-type') ?? ''
    if (!response.ok || response.body === null || /^text\/event-stream\b/i.test(type)) return response
    const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(asEvents())
    const headers = new Headers(response.headers)
    headers.set('content-type', 'text/event-stream')
    return new Response(events.pipeThrough(new TextEncoderStream()), { status: response.status, headers })
  }
}

/** `json`: it begins so, and its first line, which tells lines of JSON from a document, has not ended. */
type Form = 'unknown' | 'json' | 'events' | 'lines' | 'document'

/** Tells from the first character and the first line what comes; holds back no more than it must. */
function asEvents(): TransformStream<string, string> {
  let kept = ''
  let form: Form = 'unknown'
  return new TransformStream({
    transform(text, controller) {
      if (form === 'events') return controller.enqueue(text)
      kept += text
      if (form === 'unknown') {
        kept = kept.trimStart()
        form = formOf(kept)
      }
      // A server may send a letter at a time: what is kept is looked at where a line ends, not with each letter.
      const lineEnds = text.includes('\n')
      if (form === 'json' && lineEnds) form = formOfFirstLine(kept)
      if (form === 'events') {
        controller.enqueue(kept)
        kept = ''
      } else if (form === 'lines' && lineEnds) {
        const lines = kept.split('\n')
        kept = lines.pop() ?? ''
        for (const line of lines) controller.enqueue(eventOf(line))
      }
      if (kept.length > maxDocumentLength)
        throw new ModelError('model-answer-too-long', 'the answer is longer than any that was asked for')
    },
    flush(controller) {
      if (form === 'events') return
      if (kept.trim() === '' && form !== 'lines')
        throw notUnderstood('an empty document', 'look into its log, or at what stands between')
      controller.enqueue(`${eventOf(kept)}data: [DONE]\n\n`)
    },
  })
}

function formOf(start: string): Form {
  if (start === '') return 'unknown'
  if (/^(?:data|event|id|retry)?:/.test(start)) return 'events'
  if (start.startsWith('<'))
    throw notUnderstood(
      'a web page',
      'baseUrl most likely lacks its end: Ollama, vLLM, llama.cpp and LM Studio serve models below /v1',
    )
  if (start.startsWith('{')) return 'json'
  // The start of a field of events, cut by the packet.
  return start.length < 6 ? 'unknown' : 'document'
}

function formOfFirstLine(text: string): Form {
  const end = text.indexOf('\n')
  if (end < 0) return 'json'
  return parsed(text.slice(0, end)) === undefined ? 'document' : 'lines'
}

/** One JSON text as an event. A completion becomes the chunk that would have brought all of it. */
function eventOf(text: string): string {
  if (text.trim() === '' || text.trim() === '[DONE]') return ''
  const value = parsed(text)
  if (value === undefined)
    throw new ModelError('model-stream-cut', 'the answer is no complete JSON: it ended early', {
      retryable: true,
    })
  const completion = completionSchema.safeParse(value)
  if (completion.success) {
    const choices = completion.data.choices.map(({ message, ...choice }) => ({
      ...choice,
      finish_reason: choice.finish_reason ?? 'stop',
      delta: {
        ...message,
        ...(message.tool_calls
          ? { tool_calls: message.tool_calls.map((call, index) => ({ index, ...call })) }
          : {}),
      },
    }))
    return `data: ${JSON.stringify({ ...completion.data, object: 'chat.completion.chunk', choices })}\n\n`
  }
  if (chunkSchema.safeParse(value).success || errorSchema.safeParse(value).success)
    return `data: ${JSON.stringify(value)}\n\n`
  throw notUnderstood(
    'JSON that is no chat completion',
    "baseUrl most likely leads to another interface (Ollama's own is below /api, the one that is asked here below /v1)",
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Trying again changes nothing: somebody has to look at the setting. */
function notUnderstood(what: string, todo: string): ModelError {
  return new ModelError(
    'model-answer-not-understood',
    `the model server answered with ${what} instead of a stream of events: ${todo}`,
  )
}
