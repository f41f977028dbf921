import { readFile } from 'node:fs/promises'
import { AppError, messageOf } from '../lib/app-error.ts'
import { openEnvelope } from '../lib/envelope.ts'
import { Secret } from '../lib/secret.ts'
import type { ModelProfile } from './profile.ts'

/** Where keys come from: the environment is read by `config.ts` alone, and the master key is the caller's. */
export interface KeySources {
  readonly environment: (name: string) => Secret | undefined
  readonly masterKey: () => Promise<Uint8Array>
}

/** The key of a model, where it needs one. Throws `key-missing`, which names the place and never the key. */
export async function apiKeyOf(profile: ModelProfile, sources: KeySources): Promise<Secret | undefined> {
  const { key, name } = profile
  if (key === undefined) return undefined
  if ('env' in key) {
    const value = sources.environment(key.env)
    if (value === undefined) throw new AppError('key-missing', `model ${name}: ${key.env} is not set`)
    return value
  }
  if ('file' in key) {
    try {
      return new Secret((await readFile(key.file, 'utf8')).trim())
    } catch (error) {
      throw new AppError('key-missing', `model ${name}: cannot read its key file: ${messageOf(error)}`)
    }
  }
  return new Secret(openEnvelope(await sources.masterKey(), key.sealed, apiKeyContext(name)))
}

/** What a sealed key is bound to: it opens for no other model. */
export function apiKeyContext(model: string): string {
  return `api key of model ${model}`
}
