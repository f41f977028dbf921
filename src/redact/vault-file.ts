import { scryptSync } from 'node:crypto'
import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import {
  checkVaultKey,
  openSealedVault,
  type SealedVault,
  scopeDigest,
  sealedVaultSchema,
  type VaultScope,
} from './sealed-vault.ts'
import type { Vault } from './vault.ts'

const vaultFile = z.strictObject({
  format: z.literal('tocsin-vault'),
  version: z.literal(1),
  salt: z.base64(),
  records: z.array(sealedVaultSchema),
})
/** The sealed vaults of many cases under one key, as `tocsin redact --vault` keeps them. */
export type VaultFile = Readonly<z.infer<typeof vaultFile>>

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

/** Puts a sealed vault into the file, in place of the scope's earlier one; drops the expired. */
export function withSealedVault(file: VaultFile, sealed: SealedVault, nowMs: number): VaultFile {
  const others = file.records.filter(record => record.scope !== sealed.scope && record.expiresAtMs > nowMs)
  return { ...file, records: [...others, sealed] }
}

/** The vault of a scope, or `undefined` where the file holds none. Throws as `openSealedVault` does. */
export function openVault(file: VaultFile, scope: VaultScope, key: Buffer, nowMs: number): Vault | undefined {
  const digest = scopeDigest(scope, key)
  const record = file.records.find(candidate => candidate.scope === digest)
  if (record !== undefined) return openSealedVault(record, scope, key, nowMs)
  // A wrong key gives other digests: say so, and do not take the case for an empty one.
  const [first] = file.records
  if (first !== undefined) checkVaultKey(first, key)
  return undefined
}
