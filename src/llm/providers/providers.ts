import type { ProviderKind } from '../profile.ts'
import type { Provider } from '../sdk-model.ts'

/** Every provider that is reached over the network: one file, one line here. Loaded when a model of it is set up. */
export const providers: Record<Exclude<ProviderKind, 'in-process'>, () => Promise<Provider>> = {
  openai: async () => (await import('./openai.ts')).openaiResponses,
  'openai-chat': async () => (await import('./openai.ts')).openaiChat,
  azure: async () => (await import('./azure.ts')).azure,
  anthropic: async () => (await import('./anthropic.ts')).anthropic,
  google: async () => (await import('./google.ts')).google,
  mistral: async () => (await import('./mistral.ts')).mistral,
  'openai-compatible': async () => (await import('./openai-compatible.ts')).openaiCompatible,
  bedrock: async () => (await import('./bedrock.ts')).bedrock,
}
