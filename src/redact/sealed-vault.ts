import { createCipheriv, createDecipheriv, createHmac, scryptSync } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { Vault } from './vault.ts'

/*
 * A vault at rest: AES-256-GCM, one record per tenant and case, so that one case can be erased without touching
 * another. The scope and the expiry are authenticated with it: a record moved to another case, or with a later
 * expiry written over it, does not open. The scope is a keyed digest, so the file does not tell which cases it holds.
 */

const sealedVault = z.strictObject({
  scope: z.string(),
  /** Milliseconds since the Unix epoch. From then on it does not open, and the next write drops it. */
  expiresAtMs: z.number(),
  nonce: z.base64(),
  data: z.base64(),
})
export type SealedVault = Readonly<z.infer<typeof sealedVault>>

const vaultFile = z.strictObject({
  format: z.literal('tocsin-vault'),
  version: z.literal(1),
  salt: z.base64(),
  records: z.array(sealedVault),
})
/** The sealed vaults of many cases under one key. */
export type VaultFile = Readonly<z.infer<typeof vaultFile>>

/** Whose vault: placeholders are issued and revealed within one tenant and case. */
export interface VaultScope {
  readonly tenant: string
  readonly caseId: string
}

/** An empty file. `salt` is 16 bytes of chance. */
export function newVaultFile(salt: Buffer): VaultFile {
  return { format: 'tocsin-vault', version: 1, salt: salt.toString('base64'), records: [] }
}

/** Throws `vault-unreadable`. */
export function parseVaultFile(text: string): VaultFile {
  try {
    return vaultFile.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('vault-unreadable', 'this is not a vault file', { cause: error })
  }
}

/** The key of a file, from key material of any length (a password or 32 random bytes) by scrypt (RFC 7914). */
export function vaultKey(material: Buffer, file: VaultFile): Buffer {
  if (material.length === 0) throw new AppError('vault-unreadable', 'the vault key is empty')
  return scryptSync(material, Buffer.from(file.salt, 'base64'), 32, { N: 2 ** 14, r: 8, p: 1 })
}

/** Puts a vault into the file, in place of the scope's earlier one. `nonce` is 12 bytes of chance, never reused. */
export function sealVault(
  file: VaultFile,
  vault: Vault,
  seal: {
    readonly key: Buffer
    readonly nonce: Buffer
    readonly nowMs: number
    readonly expiresAtMs: number
  },
): VaultFile {
  const { key, nonce, nowMs, expiresAtMs } = seal
  const scope = scopeDigest(vault, key)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(`${scope} ${expiresAtMs}`))
  const clear = Buffer.from(JSON.stringify(vault.serialize()), 'utf8')
  const data = Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()])
  const others = file.records.filter(record => record.scope !== scope && record.expiresAtMs > nowMs)
  const record = { scope, expiresAtMs, nonce: nonce.toString('base64'), data: data.toString('base64') }
  return { ...file, records: [...others, record] }
}

/**
 * The vault of a scope, or `undefined` where the file holds none. Throws `vault-expired`, and `vault-unreadable`
 * for a wrong key or a record that was tampered with.
 */
export function openVault(file: VaultFile, scope: VaultScope, key: Buffer, nowMs: number): Vault | undefined {
  const digest = scopeDigest(scope, key)
  const record = file.records.find(candidate => candidate.scope === digest)
  if (record === undefined) {
    // A wrong key gives other digests: say so, and do not take the case for an empty one.
    const [first] = file.records
    if (first !== undefined) decrypt(first, key)
    return undefined
  }
  if (record.expiresAtMs <= nowMs) {
    throw new AppError(
      'vault-expired',
      `the vault of case ${scope.caseId} expired: its placeholders stay closed`,
    )
  }
  return Vault.deserialize(JSON.parse(decrypt(record, key)))
}

/** The file without one scope's vault: its placeholders can never be revealed again. */
export function eraseVault(file: VaultFile, scope: VaultScope, key: Buffer): VaultFile {
  const digest = scopeDigest(scope, key)
  return { ...file, records: file.records.filter(record => record.scope !== digest) }
}

function decrypt(record: SealedVault, key: Buffer): string {
  try {
    const data = Buffer.from(record.data, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(record.nonce, 'base64'), {
      authTagLength: 16,
    })
    decipher.setAAD(Buffer.from(`${record.scope} ${record.expiresAtMs}`))
    decipher.setAuthTag(data.subarray(-16))
    return Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]).toString('utf8')
  } catch (error) {
    throw new AppError('vault-unreadable', 'the vault does not open: wrong key, or it was changed', {
      cause: error,
    })
  }
}

function scopeDigest(scope: VaultScope, key: Buffer): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([scope.tenant, scope.caseId]))
    .digest('hex')
}
