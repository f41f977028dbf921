import { createOpenAI } from '@ai-sdk/openai'
import type { Provider, ProviderSetup } from '../sdk-model.ts'
import { baseSettings } from './base-settings.ts'
import { streamedAnswers } from './streamed-answer.ts'

const openai = (setup: ProviderSetup) => createOpenAI(baseSettings(setup))

/** OpenAI through the Responses API. `store: false`: nothing is kept at the provider for later retrieval. */
export const openaiResponses: Provider = {
  create: setup => openai(setup).responses(setup.profile.model),
  defaultBaseUrl: () => 'https://api.openai.com/v1',
  providerOptions: { openai: { store: false, strictJsonSchema: true } },
}

/** OpenAI through Chat Completions, for gateways that know only that. */
export const openaiChat: Provider = {
  create: setup => openai({ ...setup, fetch: streamedAnswers(setup.fetch) }).chat(setup.profile.model),
  defaultBaseUrl: () => 'https://api.openai.com/v1',
  providerOptions: { openai: { store: false, strictJsonSchema: true } },
}
