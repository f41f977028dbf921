import { event, isObject, list, pieces, type WireProtocol, type WireRequest } from './wire-protocol.ts'

/** Whether the client asked for its answer as a call of one forced tool, as it does for models without a strict mode. */
const forcedTool = ({ body }: WireRequest) =>
  isObject(body.tool_choice) && (body.tool_choice.type === 'tool' || body.tool_choice.type === 'any')
    ? list(body.tools).find(isObject)?.name
    : undefined

function stream(block: object, deltas: readonly object[], stopReason: string): string[] {
  const send = (data: { readonly type: string } & object) => event(data, data.type)
  return [
    {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude-test',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        // What was read from the cache is beside the input here, not in it.
        usage: { input_tokens: 40, cache_read_input_tokens: 80, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'ping' },
    ...deltas.map(delta => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { output_tokens: 30 },
    },
    { type: 'message_stop' },
  ].map(send)
}

const toolUse = (name: string, json: string, stopReason: string) =>
  stream(
    { type: 'tool_use', id: 'toolu_1', name, input: {} },
    pieces(json).map(partial_json => ({ type: 'input_json_delta', partial_json })),
    stopReason,
  )

const said = (text: string, request: WireRequest, stopReason: string) => {
  const tool = forcedTool(request)
  if (typeof tool === 'string')
    return toolUse(tool, text, stopReason === 'end_turn' ? 'tool_use' : stopReason)
  return stream(
    { type: 'text', text: '' },
    pieces(text).map(piece => ({ type: 'text_delta', text: piece })),
    stopReason,
  )
}

/** Anthropic's Messages API. Source: Anthropic API reference, "Messages" and "Streaming messages". */
export const anthropic: WireProtocol = {
  name: 'anthropic',
  contentType: 'text/event-stream',
  refuses(request) {
    const { method, path, headers, body } = request
    if (method !== 'POST' || path !== '/v1/messages') return `no such path: ${method} ${path}`
    if (headers['anthropic-version'] === undefined) return 'anthropic-version: header is required'
    if (typeof body.model !== 'string') return 'model: Field required'
    if (typeof body.max_tokens !== 'number') return 'max_tokens: Field required'
    const messages = list(body.messages).filter(isObject)
    if (messages[0]?.role !== 'user') return 'messages: first message must use the "user" role'
    if (messages.some(message => message.role === 'system')) return 'messages: Unexpected role "system"'
    if (
      messages.some(({ content }) =>
        list(content).some(part => isObject(part) && part.type === 'text' && part.text === ''),
      )
    )
      return 'messages: text content blocks must be non-empty'
    const structured =
      isObject(body.output_config) || isObject(body.output_format) || forcedTool(request) !== undefined
    return structured ? undefined : 'the test expects a structured answer'
  },
  authorised: ({ headers }, key) => headers['x-api-key'] === key,
  answer: (text, request) => said(text, request, 'end_turn'),
  cutAtLimit: (text, request) => said(text, request, 'max_tokens'),
  refusal: () => stream({ type: 'text', text: '' }, [], 'refusal'),
  toolCall: (name, argumentsText) => toolUse(name, argumentsText, 'tool_use'),
  error: (status, message) => ({
    type: 'error',
    error: { type: status === 529 ? 'overloaded_error' : 'api_error', message },
  }),
  promptOf: ({ body }) => JSON.stringify([body.system, body.messages]),
}
