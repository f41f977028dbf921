import { randomInt } from 'node:crypto'
import { type Algorithm, hash, verify } from '@node-rs/argon2'

// argon2id with 19 MiB, two passes, one lane: OWASP's recommendation (Password Storage Cheat Sheet).
const options = { algorithm: 2 satisfies Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export function hashPassword(password: string): Promise<string> {
  return hash(password, options)
}

/** A hash of nothing in particular: verifying against it takes as long as against a real one. */
let decoy: Promise<string> | undefined

/** Checks a password. Without a hash (no such account, or one without a password) it takes as long, and answers false. */
export async function verifyPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  decoy ??= hashPassword(oneTimePassword())
  const known = passwordHash !== undefined && passwordHash !== noPassword
  const matches = await verify(known ? passwordHash : await decoy, password)
  return matches && known
}

/** In place of a hash, for accounts that sign in through a provider: no password fits. */
export const noPassword = ''

// No letters or digits that look alike: it is read from a terminal and typed.
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'

/** 20 characters in groups of five: 98 bits. */
export function oneTimePassword(): string {
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return Array.from({ length: 4 }, group).join('-')
}
