import type { Secret } from '../lib/secret.ts'
import { type SecretSources, secretAt } from '../lib/secret-place.ts'
import type { ModelProfile } from './profile.ts'

/** The key of a model, where it needs one. Throws `key-missing`, which names the place and never the key. */
export async function apiKeyOf(
  { key, name }: ModelProfile,
  sources: SecretSources,
): Promise<Secret | undefined> {
  return key === undefined ? undefined : secretAt(key, `model ${name}`, apiKeyContext(name), sources)
}

/** What a sealed key is bound to: it opens for no other model. */
export function apiKeyContext(model: string): string {
  return `api key of model ${model}`
}
