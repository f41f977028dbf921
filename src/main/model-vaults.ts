import type { VaultStore } from '../ask/vault-store.ts'
import type { DataKeys } from '../ledger/sealed-content.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { open, seal } from '../lib/sealed-box.ts'
import { Vault } from '../redact/vault.ts'
import { lockCaseVault, writeCaseVault } from '../store/case-vaults.ts'

/** Placeholders can be read back for a year after they were last used. */
const keptMs = 365 * 24 * 60 * 60 * 1000

/** Vaults in the database, each encrypted under the data key of its case: erasing that key erases the vault too. */
export function databaseVaults(database: Database, dataKeys: DataKeys, clock: Clock): VaultStore {
  return {
    async change(tenant, caseId, change) {
      const key = await dataKeys.keyOf(tenant, caseId)
      const context = `vault of ${tenant}/${caseId}`
      return database.transaction(async sql => {
        const sealed = await lockCaseVault(sql, tenant, caseId)
        const vault = sealed
          ? Vault.deserialize(JSON.parse(open(key, sealed, context).toString('utf8')))
          : new Vault(tenant, caseId)
        const before = vault.size
        const result = change(vault)
        if (vault.size !== before) {
          const bytes = seal(key, Buffer.from(JSON.stringify(vault.serialize())), context)
          const nowMs = clock.now()
          await writeCaseVault(sql, { tenant, caseId, sealed: bytes, expiresAtMs: nowMs + keptMs }, nowMs)
        }
        return result
      })
    },
  }
}
