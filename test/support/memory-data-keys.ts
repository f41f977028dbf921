import { randomBytes } from 'node:crypto'
import { type DataKeys, keyErased } from '../../src/ledger/sealed-content.ts'

/** Data keys that live as long as the process. */
export function memoryDataKeys(): DataKeys {
  const keys = new Map<string, Uint8Array | 'erased'>()
  return {
    async keyOf(tenant, caseId) {
      const name = JSON.stringify([tenant, caseId])
      const known = keys.get(name) ?? randomBytes(32)
      if (known === 'erased') throw keyErased(caseId)
      keys.set(name, known)
      return known
    },
    async erase(tenant, caseId) {
      keys.set(JSON.stringify([tenant, caseId]), 'erased')
    },
  }
}
