import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { AppError, messageOf } from './app-error.ts'
import { openEnvelope } from './envelope.ts'
import { Secret } from './secret.ts'

/** Where a secret of a settings file lies: never in the file itself, unless sealed by the master key. */
export const secretPlace = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ sealed: z.string().min(1) }),
])
export type SecretPlace = z.infer<typeof secretPlace>

/** Where secrets come from: the environment is read by `config.ts` alone, and the master key is the caller's. */
export interface SecretSources {
  readonly environment: (name: string) => Secret | undefined
  readonly masterKey: () => Promise<Uint8Array>
}

/** The secret. `what` names its owner for a person, `context` is what it was sealed for. Throws `key-missing`, never with the secret. */
export async function secretAt(
  place: SecretPlace,
  what: string,
  context: string,
  sources: SecretSources,
): Promise<Secret> {
  if ('env' in place) {
    const value = sources.environment(place.env)
    if (value === undefined) throw new AppError('key-missing', `${what}: ${place.env} is not set`)
    return value
  }
  if ('file' in place) {
    try {
      return new Secret((await readFile(place.file, 'utf8')).trim())
    } catch (error) {
      throw new AppError('key-missing', `${what}: cannot read its key file: ${messageOf(error)}`)
    }
  }
  return new Secret(openEnvelope(await sources.masterKey(), place.sealed, context))
}
