import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A bearer secret (of a session or an API token): `id.secret`. Only the hash of the secret is stored. */
export interface NewCredential {
  readonly id: string
  /** What its owner sends. Shown once. */
  readonly value: string
  readonly secretHash: Buffer
}

/** Makes one. 256 random bits need no slow hash: there is nothing to guess. */
export function newCredential(id: string): NewCredential {
  const secret = randomBytes(32).toString('base64url')
  return { id, value: `${id}.${secret}`, secretHash: sha256(secret) }
}

/** Splits what was sent; `undefined` when it is not of that form. */
export function readCredential(value: string): { readonly id: string; readonly secret: string } | undefined {
  const match = /^([a-z]+_[0-9a-z]{4,40})\.([\w-]{43})$/.exec(value)
  return match?.[1] !== undefined && match[2] !== undefined ? { id: match[1], secret: match[2] } : undefined
}

/** Compares in constant time. */
export function credentialMatches(secret: string, secretHash: Uint8Array): boolean {
  return timingSafeEqual(sha256(secret), secretHash)
}

/** Compares two texts in constant time, whatever their lengths. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
