import { event, isObject, list, pieces, type WireProtocol } from './wire-protocol.ts'

const usageMetadata = {
  promptTokenCount: 120,
  cachedContentTokenCount: 80,
  candidatesTokenCount: 30,
  totalTokenCount: 150,
}
const candidate = (parts: readonly object[], finishReason?: string) =>
  event({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...(finishReason ? { finishReason } : {}) }],
    modelVersion: 'gemini-test',
    responseId: 'r1',
    usageMetadata,
  })

const said = (text: string, finish: string) => {
  const parts = pieces(text)
  return parts.map((piece, index) =>
    candidate([{ text: piece }], index === parts.length - 1 ? finish : undefined),
  )
}

/** Google's Generative Language API. Source: Gemini API reference, "models.streamGenerateContent". */
export const google: WireProtocol = {
  name: 'google',
  contentType: 'text/event-stream',
  refuses({ method, path, body }) {
    if (method !== 'POST' || !/^\/v1beta\/models\/[\w.-]+:streamGenerateContent\?alt=sse$/.test(path))
      return `no such path: ${method} ${path}`
    const contents = list(body.contents).filter(isObject)
    if (contents.length === 0) return 'GenerateContentRequest.contents: contents is not specified'
    if (contents.some(({ role }) => role !== 'user' && role !== 'model'))
      return 'Please use a valid role: user, model.'
    const config = isObject(body.generationConfig) ? body.generationConfig : {}
    if (config.responseMimeType !== 'application/json')
      return 'the test expects responseMimeType application/json'
    if (!isObject(config.responseSchema) && !isObject(config.responseJsonSchema))
      return 'the test expects a response schema'
    if (typeof config.maxOutputTokens !== 'number') return 'the test expects maxOutputTokens'
    return undefined
  },
  authorised: ({ headers }, key) => headers['x-goog-api-key'] === key,
  answer: text => said(text, 'STOP'),
  cutAtLimit: text => said(text, 'MAX_TOKENS'),
  refusal: () => [
    event({
      candidates: [{ index: 0, finishReason: 'SAFETY', content: { role: 'model', parts: [] } }],
      usageMetadata,
    }),
  ],
  toolCall: (name, argumentsText) => [
    candidate([{ functionCall: { name, args: JSON.parse(argumentsText) } }], 'STOP'),
  ],
  error: (status, message) => ({
    error: { code: status, message, status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL' },
  }),
  promptOf: ({ body }) => JSON.stringify([body.systemInstruction, body.contents]),
}
