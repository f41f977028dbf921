import { Vault } from '../redact/vault.ts'

/** Where vaults are kept, encrypted, by whoever composes the program. */
export interface VaultStore {
  /**
   * Runs `change` on the vault of a case, alone, and saves what it added before it resolves: a placeholder that
   * leaves must always be readable again.
   */
  change<Result>(tenant: string, caseId: string, change: (vault: Vault) => Result): Promise<Result>
}

/** Vaults that live as long as the process: for runs that keep nothing. */
export function memoryVaults(): VaultStore {
  const vaults = new Map<string, Vault>()
  return {
    async change(tenant, caseId, change) {
      const name = JSON.stringify([tenant, caseId])
      const vault = vaults.get(name) ?? new Vault(tenant, caseId)
      vaults.set(name, vault)
      return change(vault)
    },
  }
}
