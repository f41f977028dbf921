import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { AppError } from './app-error.ts'

const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts with AES-256-GCM: nonce, ciphertext, tag in one buffer. `context` is not encrypted but bound: it opens
 * only with the same one, so that sealed values cannot be swapped between places.
 */
export function seal(key: Uint8Array, plaintext: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** Throws `cannot-open` for another key, another context, or changed bytes. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Buffer {
  try {
    const nonce = sealed.subarray(0, nonceBytes)
    const tag = sealed.subarray(sealed.length - tagBytes)
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
  } catch (error) {
    throw new AppError('cannot-open', `cannot decrypt ${context}: wrong key, or the bytes were changed`, {
      cause: error,
    })
  }
}

/** A digest that only who has the key can make or check: it does not give short or guessable content away. */
export function keyedDigest(key: Uint8Array, content: Uint8Array): string {
  return createHmac('sha256', key).update('tocsin-digest\0').update(content).digest('hex')
}
