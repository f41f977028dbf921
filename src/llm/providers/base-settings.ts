import type { ProviderSetup } from '../sdk-model.ts'

/** What most providers' SDKs take: the key, the fetch, and the base URL where one is set. */
export function baseSettings({ profile, key, fetch }: ProviderSetup): {
  apiKey: string
  fetch: typeof globalThis.fetch
  baseURL?: string
} {
  // An empty key is still a key for the SDK: without one it would look into the environment by itself.
  const settings = { apiKey: key?.expose() ?? 'none', fetch }
  return profile.baseUrl === undefined ? settings : { ...settings, baseURL: profile.baseUrl }
}
