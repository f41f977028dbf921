import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Secret } from '../lib/secret.ts'
import type { ModelProfile } from './profile.ts'

/** What a provider file makes a model of. */
export interface ProviderSetup {
  readonly profile: ModelProfile
  readonly key: Secret | undefined
  /** Reaches only what the egress rules name, and shows each request before it is sent. */
  readonly fetch: typeof globalThis.fetch
}

/** A provider: how its SDK is set up, and options that keep it to the schema. */
export interface Provider {
  readonly create: (setup: ProviderSetup) => LanguageModelV4
  /** Where requests go when no base URL is set. */
  readonly defaultBaseUrl: (profile: ModelProfile) => string | undefined
  readonly providerOptions?: { readonly [provider: string]: { readonly [option: string]: string | boolean } }
}
