import { createGoogle } from '@ai-sdk/google'
import type { Provider } from '../sdk-model.ts'
import { baseSettings } from './base-settings.ts'

/** Google Gemini through the Generative Language API. */
export const google: Provider = {
  create: setup => createGoogle(baseSettings(setup)).languageModel(setup.profile.model),
  defaultBaseUrl: () => 'https://generativelanguage.googleapis.com/v1beta',
  providerOptions: { google: { structuredOutputs: true } },
}
