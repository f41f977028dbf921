import { randomBytes } from 'node:crypto'
import { AppError } from './app-error.ts'
import { open, seal } from './sealed-box.ts'

/**
 * A secret at rest: encrypted under a key of its own, which is wrapped by the master key. To rotate the master key,
 * only the wrapping is redone. Text of the form `tocsin1.WRAPPED.SEALED`, both base64url.
 */
export function sealEnvelope(masterKey: Uint8Array, secret: string, context: string): string {
  const key = randomBytes(32)
  return join(seal(masterKey, key, wrapping(context)), seal(key, Buffer.from(secret), context))
}

/** Throws `cannot-open`. */
export function openEnvelope(masterKey: Uint8Array, envelope: string, context: string): string {
  const { wrapped, sealed } = split(envelope)
  return open(open(masterKey, wrapped, wrapping(context)), sealed, context).toString('utf8')
}

/** The same envelope under another master key. The secret itself is not decrypted. */
export function rewrapEnvelope(from: Uint8Array, to: Uint8Array, envelope: string, context: string): string {
  const { wrapped, sealed } = split(envelope)
  return join(seal(to, open(from, wrapped, wrapping(context)), wrapping(context)), sealed)
}

const wrapping = (context: string) => `key of ${context}`
const join = (wrapped: Buffer, sealed: Buffer) =>
  `tocsin1.${wrapped.toString('base64url')}.${sealed.toString('base64url')}`

function split(envelope: string): { readonly wrapped: Buffer; readonly sealed: Buffer } {
  const [version, wrapped, sealed, ...rest] = envelope.trim().split('.')
  if (version !== 'tocsin1' || wrapped === undefined || sealed === undefined || rest.length > 0) {
    throw new AppError('cannot-open', 'this is not an envelope of this version of Tocsin')
  }
  return { wrapped: Buffer.from(wrapped, 'base64url'), sealed: Buffer.from(sealed, 'base64url') }
}
