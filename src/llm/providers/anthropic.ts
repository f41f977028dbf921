import { createAnthropic } from '@ai-sdk/anthropic'
import type { Provider } from '../sdk-model.ts'
import { baseSettings } from './base-settings.ts'

/** Anthropic Claude through the Messages API. */
export const anthropic: Provider = {
  create: setup => createAnthropic(baseSettings(setup)).languageModel(setup.profile.model),
  defaultBaseUrl: () => 'https://api.anthropic.com/v1',
}
