import { createMistral } from '@ai-sdk/mistral'
import type { Provider } from '../sdk-model.ts'
import { baseSettings } from './base-settings.ts'

/** Mistral AI's own service. */
export const mistral: Provider = {
  create: setup => createMistral(baseSettings(setup)).languageModel(setup.profile.model),
  defaultBaseUrl: () => 'https://api.mistral.ai/v1',
  providerOptions: { mistral: { structuredOutputs: true, strictJsonSchema: true } },
}
