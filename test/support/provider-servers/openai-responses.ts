import { event, isObject, list, pieces, strictSchemaFault, type WireProtocol } from './wire-protocol.ts'

const usage = {
  input_tokens: 120,
  input_tokens_details: { cached_tokens: 80 },
  output_tokens: 30,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 150,
}
const response = (status: string, more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_770_000_000,
  model: 'gpt-test',
  status,
  output: [],
  usage: null,
  incomplete_details: null,
  error: null,
  ...more,
})

/** One message item with its parts, between `created` and the closing event. */
function stream(
  deltas: readonly { readonly type: string; readonly delta: string }[],
  part: object,
  closing: object,
): string[] {
  const send = (data: { readonly type: string } & object, index: number) =>
    event({ sequence_number: index, ...data }, data.type)
  const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  return [
    { type: 'response.created', response: response('in_progress') },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...at, part },
    ...deltas.map(({ type, delta }) => ({ type, ...at, delta, logprobs: [] })),
    { type: 'response.content_part.done', ...at, part },
    {
      type: 'response.output_item.done',
      output_index: 0,
      item: { ...item, status: 'completed', content: [part] },
    },
    closing as { readonly type: string },
  ].map(send)
}

const textDeltas = (text: string) =>
  pieces(text).map(delta => ({ type: 'response.output_text.delta', delta }))
const textPart = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })

/** OpenAI's Responses API. Source: OpenAI API reference, "Responses" and "Streaming events". */
export const openaiResponses: WireProtocol = {
  name: 'openai',
  contentType: 'text/event-stream',
  refuses({ method, path, body }) {
    if (method !== 'POST' || path !== '/v1/responses') return `no such path: ${method} ${path}`
    if (typeof body.model !== 'string') return "missing required parameter: 'model'"
    if (list(body.input).length === 0) return "missing required parameter: 'input'"
    if (typeof body.max_output_tokens !== 'number') return 'the test expects max_output_tokens'
    if (body.store !== false) return 'the test expects store: false'
    const format = isObject(body.text) && isObject(body.text.format) ? body.text.format : {}
    if (format.type !== 'json_schema' || format.strict !== true)
      return "the test expects a strict 'text.format'"
    if (typeof format.name !== 'string') return "missing required parameter: 'text.format.name'"
    return strictSchemaFault(format.schema)
  },
  authorised: ({ headers }, key) => headers.authorization === `Bearer ${key}`,
  answer: text =>
    stream(textDeltas(text), textPart(text), {
      type: 'response.completed',
      response: response('completed', { usage }),
    }),
  cutAtLimit: text =>
    stream(textDeltas(text), textPart(text), {
      type: 'response.incomplete',
      response: response('incomplete', { usage, incomplete_details: { reason: 'max_output_tokens' } }),
    }),
  refusal: () => {
    const refusal = "I'm sorry, I can't help with that."
    return stream(
      [{ type: 'response.refusal.delta', delta: refusal }],
      { type: 'refusal', refusal },
      { type: 'response.completed', response: response('completed', { usage }) },
    )
  },
  toolCall(name, argumentsText) {
    const item = {
      id: 'fc_1',
      type: 'function_call',
      call_id: 'call_1',
      name,
      arguments: '',
      status: 'in_progress',
    }
    return [
      { type: 'response.created', response: response('in_progress') },
      { type: 'response.output_item.added', output_index: 0, item },
      ...pieces(argumentsText).map(delta => ({
        type: 'response.function_call_arguments.delta',
        item_id: 'fc_1',
        output_index: 0,
        delta,
      })),
      {
        type: 'response.function_call_arguments.done',
        item_id: 'fc_1',
        output_index: 0,
        arguments: argumentsText,
      },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', arguments: argumentsText },
      },
      { type: 'response.completed', response: response('completed', { usage }) },
    ].map((data, index) => event({ sequence_number: index, ...data }, data.type))
  },
  error: (status, message) => ({
    error: {
      message,
      type: status === 401 ? 'invalid_request_error' : 'server_error',
      param: null,
      code: null,
    },
  }),
  promptOf: ({ body }) => JSON.stringify(body.input),
}
