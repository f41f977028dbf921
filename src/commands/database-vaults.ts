import type { VaultStore } from '../ask/vault-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { openSealedVault, scopeDigest, sealVault, type VaultScope } from '../redact/sealed-vault.ts'
import { Vault } from '../redact/vault.ts'
import { eraseVaultRow, lockVault, readVault, writeVault } from '../store/vaults.ts'

export interface DatabaseVaults extends VaultStore {
  /** For the viewer, who must hold the right to reveal: the caller checks that and writes the ledger before. */
  read(scope: VaultScope): Promise<Vault>
  /** Makes the placeholders of a case meaningless for ever. False when there was no vault. */
  erase(scope: VaultScope): Promise<boolean>
}

export interface DatabaseVaultOptions {
  readonly database: Database
  /** 32 bytes, from the key ring; the database never sees it. */
  readonly key: Buffer
  readonly clock: Clock
  /** Bytes of chance, for nonces. */
  readonly random: (size: number) => Buffer
  readonly daysKept: number
}

/** Vaults in the database, each encrypted under one key, changed by one at a time. */
export function databaseVaults(options: DatabaseVaultOptions): DatabaseVaults {
  const { database, key, clock, random, daysKept } = options
  const load = async (sql: Parameters<typeof readVault>[0], scope: VaultScope): Promise<Vault> => {
    const row = await readVault(sql, scope.tenant, scopeDigest(scope, key))
    return row === undefined
      ? new Vault(scope.tenant, scope.caseId)
      : openSealedVault(row, scope, key, clock.now())
  }
  return {
    change: (tenant, caseId, change) =>
      database.transaction(async sql => {
        const scope = { tenant, caseId }
        await lockVault(sql, tenant, scopeDigest(scope, key))
        const vault = await load(sql, scope)
        const before = vault.size
        const result = change(vault)
        if (vault.size > before) {
          const expiresAtMs = clock.now() + daysKept * 24 * 3_600_000
          await writeVault(sql, tenant, sealVault(vault, key, random(12), expiresAtMs))
        }
        return result
      }),
    read: scope => load(database, scope),
    erase: scope => eraseVaultRow(database, scope.tenant, scopeDigest(scope, key)),
  }
}
