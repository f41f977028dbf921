import type { Sql } from '../lib/database.ts'
import { listRecords } from '../store/governance-records.ts'
import { recordKinds } from './record-kinds.ts'

/** The newest entry of a provider in the supplier register. */
export async function findSupplier(
  sql: Sql,
  tenant: string,
  provider: string,
): Promise<{ readonly reviewDueMs: number } | undefined> {
  for (const { content } of await listRecords(sql, tenant, 'supplier')) {
    const supplier = recordKinds.supplier.parse(content)
    if (supplier.provider === provider)
      return { reviewDueMs: Date.parse(`${supplier.reviewDue}T23:59:59.999Z`) }
  }
  return undefined
}
