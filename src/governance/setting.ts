import type { z } from 'zod'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Database, Sql } from '../lib/database.ts'
import { readGovernanceSetting, writeGovernanceSetting } from '../store/governance-settings.ts'

/** A setting that people change while Tocsin runs; each change is in the ledger as it was and as it is. */
export interface GovernanceSetting<Value> {
  readonly name: string
  readonly schema: z.ZodType<Value>
  /** In force until somebody sets another. */
  readonly initial: Value
}

export interface SettingInForce<Value> {
  readonly value: Value
  /** Null: the initial value, nobody has set it. */
  readonly changed: { readonly by: string | null; readonly atMs: number } | null
}

export async function readSetting<Value>(
  sql: Sql,
  tenant: string,
  setting: GovernanceSetting<Value>,
): Promise<SettingInForce<Value>> {
  const stored = await readGovernanceSetting(sql, tenant, setting.name)
  if (stored === undefined) return { value: setting.initial, changed: null }
  return {
    value: setting.schema.parse(stored.value),
    changed: { by: stored.changedBy, atMs: stored.changedMs },
  }
}

export async function changeSetting<Value extends Json>(
  database: Database,
  tenant: string,
  setting: GovernanceSetting<Value>,
  value: Value,
  by: string,
  nowMs: number,
): Promise<void> {
  await database.transaction(async sql => {
    const before = await readSetting(sql, tenant, setting)
    await writeGovernanceSetting(sql, tenant, setting.name, value, by, nowMs)
    const body = { setting: setting.name, from: before.value, to: value }
    const entry = { kind: 'config-change', tenant, actor: `user:${by}`, subject: setting.name, body } as const
    await appendEntries(sql, [entry], nowMs)
  })
}
