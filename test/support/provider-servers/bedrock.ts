import { crc32 } from 'node:zlib'
import { isObject, list, pieces, type WireProtocol, type WireRequest } from './wire-protocol.ts'

/** One frame of AWS's event stream. Source: AWS, "Amazon Transcribe: event stream encoding". */
function frame(eventType: string, payload: object): Uint8Array {
  const headers = Buffer.concat(
    Object.entries({
      ':event-type': eventType,
      ':content-type': 'application/json',
      ':message-type': 'event',
    }).map(([name, value]) => {
      const length = Buffer.alloc(2)
      length.writeUInt16BE(value.length)
      return Buffer.concat([
        Buffer.from([name.length]),
        Buffer.from(name),
        Buffer.from([7]),
        length,
        Buffer.from(value),
      ])
    }),
  )
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headers, body])
  const end = Buffer.alloc(4)
  end.writeUInt32BE(crc32(message))
  return Buffer.concat([message, end])
}

const forcedTool = ({ body }: WireRequest) => {
  const config = isObject(body.toolConfig) ? body.toolConfig : {}
  const [tool] = list(config.tools).filter(isObject)
  return isObject(config.toolChoice) && isObject(tool?.toolSpec) ? tool.toolSpec.name : undefined
}

function stream(start: object | undefined, deltas: readonly object[], stopReason: string): Uint8Array[] {
  return [
    frame('messageStart', { role: 'assistant' }),
    ...(start ? [frame('contentBlockStart', { contentBlockIndex: 0, start })] : []),
    ...deltas.map(delta => frame('contentBlockDelta', { contentBlockIndex: 0, delta })),
    frame('contentBlockStop', { contentBlockIndex: 0 }),
    frame('messageStop', { stopReason }),
    frame('metadata', {
      usage: { inputTokens: 40, cacheReadInputTokens: 80, outputTokens: 30, totalTokens: 150 },
      metrics: { latencyMs: 10 },
    }),
  ]
}

const toolUse = (name: string, json: string, stopReason: string) =>
  stream(
    { toolUse: { toolUseId: 'tooluse_1', name } },
    pieces(json).map(input => ({ toolUse: { input } })),
    stopReason,
  )

const said = (text: string, request: WireRequest, stopReason: string) => {
  const tool = forcedTool(request)
  if (typeof tool === 'string')
    return toolUse(tool, text, stopReason === 'end_turn' ? 'tool_use' : stopReason)
  return stream(
    undefined,
    pieces(text).map(piece => ({ text: piece })),
    stopReason,
  )
}

/** Amazon Bedrock's Converse API. Source: AWS, "ConverseStream". Checks the form of SigV4, not its value. */
export const bedrock: WireProtocol = {
  name: 'bedrock',
  contentType: 'application/vnd.amazon.eventstream',
  refuses({ method, path, body }) {
    if (method !== 'POST' || !/^\/model\/[^/]+\/converse-stream$/.test(path))
      return `no such path: ${method} ${path}`
    const messages = list(body.messages).filter(isObject)
    if (messages[0]?.role !== 'user') return 'A conversation must start with a user message.'
    if (messages.some(({ content }) => list(content).length === 0)) return 'The content field is empty.'
    const config = isObject(body.inferenceConfig) ? body.inferenceConfig : {}
    return typeof config.maxTokens === 'number' ? undefined : 'the test expects inferenceConfig.maxTokens'
  },
  authorised: ({ headers }, key) => {
    const [id = ''] = key.split(':')
    const signed = new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${id}/\\d{8}/[\\w-]+/bedrock/aws4_request, SignedHeaders=[\\w;-]+, Signature=[0-9a-f]{64}$`,
    )
    return signed.test(headers.authorization ?? '') && headers['x-amz-date'] !== undefined
  },
  answer: (text, request) => said(text, request, 'end_turn'),
  cutAtLimit: (text, request) => said(text, request, 'max_tokens'),
  refusal: () => stream(undefined, [], 'guardrail_intervened'),
  toolCall: (name, argumentsText) => toolUse(name, argumentsText, 'tool_use'),
  error: (_status, message) => ({ message }),
  promptOf: ({ body }) => JSON.stringify([body.system, body.messages]),
}
