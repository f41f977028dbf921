import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { Vault } from './vault.ts'

/*
 * A vault at rest: AES-256-GCM, one record per tenant and case, so that one case can be erased without touching
 * another. The scope and the expiry are authenticated with it: a record moved to another case, or with a later
 * expiry written over it, does not open. The scope is a keyed digest, so a store does not tell which cases it holds.
 */

export const sealedVaultSchema = z.strictObject({
  scope: z.string(),
  /** Milliseconds since the Unix epoch. From then on it does not open, and the next write drops it. */
  expiresAtMs: z.number(),
  nonce: z.base64(),
  data: z.base64(),
})
export type SealedVault = Readonly<z.infer<typeof sealedVaultSchema>>

/** Whose vault: placeholders are issued and revealed within one tenant and case. */
export interface VaultScope {
  readonly tenant: string
  readonly caseId: string
}

/** The name under which a scope's vault is kept. */
export function scopeDigest(scope: VaultScope, key: Buffer): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([scope.tenant, scope.caseId]))
    .digest('hex')
}

/** Encrypts a vault. `key` is 32 bytes; `nonce` is 12 bytes of chance, never used twice with one key. */
export function sealVault(vault: Vault, key: Buffer, nonce: Buffer, expiresAtMs: number): SealedVault {
  const scope = scopeDigest(vault, key)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(`${scope} ${expiresAtMs}`))
  const clear = Buffer.from(JSON.stringify(vault.serialize()), 'utf8')
  const data = Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()])
  return { scope, expiresAtMs, nonce: nonce.toString('base64'), data: data.toString('base64') }
}

/** Throws `vault-expired`, and `vault-unreadable` for a wrong key or a record that was changed or moved. */
export function openSealedVault(record: SealedVault, scope: VaultScope, key: Buffer, nowMs: number): Vault {
  if (record.scope !== scopeDigest(scope, key)) throw unreadable()
  if (record.expiresAtMs <= nowMs) {
    throw new AppError(
      'vault-expired',
      `the vault of case ${scope.caseId} expired: its placeholders stay closed`,
    )
  }
  return Vault.deserialize(JSON.parse(decrypt(record, key)))
}

/**
 * The same vault under another key, until the same day. Whose it is stands in it, sealed: its scope under the new key
 * is another one. Throws `vault-unreadable`.
 */
export function resealVault(record: SealedVault, from: Buffer, to: Buffer, nonce: Buffer): SealedVault {
  const vault = Vault.deserialize(JSON.parse(decrypt(record, from)))
  if (record.scope !== scopeDigest(vault, from)) throw unreadable()
  return sealVault(vault, to, nonce, record.expiresAtMs)
}

/** Throws `vault-unreadable` where the key is not the one that this record was sealed with. */
export function checkVaultKey(record: SealedVault, key: Buffer): void {
  decrypt(record, key)
}

function decrypt(record: SealedVault, key: Buffer): string {
  try {
    const data = Buffer.from(record.data, 'base64')
    const nonce = Buffer.from(record.nonce, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
    decipher.setAAD(Buffer.from(`${record.scope} ${record.expiresAtMs}`))
    decipher.setAuthTag(data.subarray(-16))
    return Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]).toString('utf8')
  } catch (error) {
    throw unreadable(error)
  }
}

function unreadable(cause?: unknown): AppError {
  return new AppError('vault-unreadable', 'the vault does not open: wrong key, or it was changed', { cause })
}
