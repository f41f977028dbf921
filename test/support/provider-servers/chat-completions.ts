import {
  event,
  isObject,
  list,
  pieces,
  strictSchemaFault,
  type WireProtocol,
  type WireRequest,
} from './wire-protocol.ts'

interface Dialect {
  readonly name: string
  readonly path: RegExp
  /** The header that carries the key, as the service wants it. */
  readonly authorisation: (key: string) => { readonly header: string; readonly value: string }
  /** Whether `response_format: json_schema` must be strict. */
  readonly strict: boolean
  /** Whether `stream_options.include_usage` is known (Mistral sends usage by itself). */
  readonly streamOptions: boolean
  readonly tokenLimit: readonly string[]
}

/** OpenAI's Chat Completions, and the services that speak it. */
function chatCompletions(dialect: Dialect): WireProtocol {
  const chunk = (request: WireRequest, choices: readonly unknown[], more = {}) =>
    event({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 1_770_000_000,
      model: request.body.model ?? 'deployment',
      choices,
      ...more,
    })
  const stream = (request: WireRequest, deltas: readonly object[], finish: string, outputTokens = 30) => {
    const usage = {
      prompt_tokens: 120,
      prompt_tokens_details: { cached_tokens: 80 },
      completion_tokens: outputTokens,
      total_tokens: 120 + outputTokens,
    }
    const wantsUsage =
      !dialect.streamOptions ||
      (isObject(request.body.stream_options) && request.body.stream_options.include_usage === true)
    return [
      chunk(request, [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]),
      ...deltas.map(delta => chunk(request, [{ index: 0, delta, finish_reason: null }])),
      chunk(
        request,
        [{ index: 0, delta: {}, finish_reason: finish }],
        dialect.streamOptions ? {} : { usage },
      ),
      ...(wantsUsage && dialect.streamOptions ? [chunk(request, [], { usage })] : []),
      'data: [DONE]\n\n',
    ]
  }
  return {
    name: dialect.name,
    contentType: 'text/event-stream',
    refuses(request) {
      const { body } = request
      if (request.method !== 'POST' || !dialect.path.test(request.path))
        return `no such path: ${request.method} ${request.path}`
      if (typeof body.model !== 'string') return 'you must provide a model parameter'
      const messages = list(body.messages)
      if (messages.length === 0) return "'messages' must not be empty"
      if (
        !messages.every(
          message =>
            isObject(message) &&
            ['system', 'developer', 'user', 'assistant', 'tool'].includes(String(message.role)),
        )
      )
        return "an unknown 'role'"
      if (!dialect.tokenLimit.some(name => typeof body[name] === 'number'))
        return `one of ${dialect.tokenLimit.join(', ')} is missing`
      if (body.stream_options !== undefined && !dialect.streamOptions)
        return 'Extra inputs are not permitted: stream_options'
      const format = body.response_format
      if (!isObject(format)) return 'the test expects a response_format'
      if (format.type === 'json_schema') {
        const wanted = format.json_schema
        if (!isObject(wanted) || typeof wanted.name !== 'string' || !/^[\w-]{1,64}$/.test(wanted.name))
          return "'response_format.json_schema.name' does not match the pattern"
        if (dialect.strict && wanted.strict !== true) return 'the test expects strict mode'
        if (wanted.strict === true) return strictSchemaFault(wanted.schema)
      } else if (format.type === 'json_object') {
        if (!/json/i.test(JSON.stringify(messages)))
          return "'messages' must contain the word 'json' to use 'json_object'"
      } else return `unknown response_format ${String(format.type)}`
      return undefined
    },
    authorised(request, key) {
      const { header, value } = dialect.authorisation(key)
      return request.headers[header] === value
    },
    answer: (text, request, outputTokens) =>
      stream(
        request,
        pieces(text).map(content => ({ content })),
        'stop',
        outputTokens,
      ),
    cutAtLimit: (text, request) =>
      stream(
        request,
        pieces(text).map(content => ({ content })),
        'length',
      ),
    refusal: request => stream(request, [{ refusal: "I'm sorry, I can't help with that." }], 'stop'),
    toolCall(name, argumentsText, request) {
      const [first = '', ...rest] = pieces(argumentsText)
      const part = (value: object) => ({ tool_calls: [{ index: 0, ...value }] })
      return stream(
        request,
        [
          part({ id: 'call_1abcdefgh', type: 'function', function: { name, arguments: first } }),
          ...rest.map(piece => part({ function: { arguments: piece } })),
        ],
        'tool_calls',
      )
    },
    error: (status, message) => ({
      error: {
        message,
        type: status === 401 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: null,
      },
    }),
    promptOf: request => JSON.stringify(request.body.messages),
  }
}

const bearer = (key: string) => ({ header: 'authorization', value: `Bearer ${key}` })

export const openaiChat = chatCompletions({
  name: 'openai-chat',
  path: /^\/v1\/chat\/completions$/,
  authorisation: bearer,
  strict: true,
  streamOptions: true,
  tokenLimit: ['max_tokens', 'max_completion_tokens'],
})

export const azure = chatCompletions({
  name: 'azure',
  path: /^\/openai\/(?:v1|deployments\/[\w.-]+)\/chat\/completions\?api-version=[\w-]+$/,
  authorisation: key => ({ header: 'api-key', value: key }),
  strict: true,
  streamOptions: true,
  tokenLimit: ['max_tokens', 'max_completion_tokens'],
})

export const mistral = chatCompletions({
  name: 'mistral',
  path: /^\/v1\/chat\/completions$/,
  authorisation: bearer,
  strict: true,
  streamOptions: false,
  tokenLimit: ['max_tokens'],
})

/** Ollama, vLLM, llama.cpp's server and LM Studio. */
export const openaiCompatible = chatCompletions({
  name: 'openai-compatible',
  path: /^\/v1\/chat\/completions$/,
  authorisation: bearer,
  strict: false,
  streamOptions: true,
  tokenLimit: ['max_tokens'],
})
