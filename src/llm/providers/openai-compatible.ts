import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { Provider } from '../sdk-model.ts'
import { streamedAnswers } from './streamed-answer.ts'

/** Meta Llama and other open weights behind Ollama, vLLM, llama.cpp's server or LM Studio. */
export const openaiCompatible: Provider = {
  create: ({ profile, key, fetch }) =>
    createOpenAICompatible({
      name: 'openai-compatible',
      baseURL: profile.baseUrl ?? '',
      fetch: streamedAnswers(fetch),
      includeUsage: true,
      supportsStructuredOutputs: profile.structured === 'schema',
      ...(key ? { apiKey: key.expose() } : {}),
    }).chatModel(profile.model),
  defaultBaseUrl: () => undefined,
}
