import { z } from 'zod'
import { appendEntries } from '../ledger/database-ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import { retry } from '../lib/retry.ts'
import {
  type AgingRecord,
  agingRecords,
  countOld,
  deleteOld,
  findOldCases,
  findOldChats,
} from '../store/old-records.ts'
import { dropExpiredVaults } from '../store/vaults.ts'
import { type ErasureParts, eraseCases, eraseChats } from './erase.ts'
import { changeSetting, type GovernanceSetting, readSetting, type SettingInForce } from './setting.ts'

const dayMs = 86_400_000
/** Each batch makes every process that groups alerts load the open cases again: neither many small ones nor one that lasts. */
const caseBatch = { cases: 500, alerts: 5000 } as const
const chatBatch = 50
const rowBatch = 1000
/** A batch may meet somebody who adds to one of its cases: see `CaseErasure.atRest`. */
const again = { attempts: 5, firstDelayMs: 200, maxDelayMs: 2000, random: Math.random } as const

/** Days after which each kind of record is deleted; null: never. The ledger is always kept whole. */
export const retentionSchema = z.strictObject(
  Object.fromEntries(agingRecords.map(kind => [kind, z.int().min(1).max(36_500).nullable()])) as {
    // One member for each kind: `fromEntries` cannot say so.
    [kind in AgingRecord]: z.ZodNullable<z.ZodInt>
  },
)
export type Retention = Readonly<z.infer<typeof retentionSchema>>

/** In force until somebody sets another: long enough for a year's audit, never for ever. */
export const defaultRetention: Retention = {
  'closed-cases': 400,
  chats: 400,
  mails: 400,
  'threat-reports': null,
  quarantine: 90,
  'account-events': 730,
  'dead-jobs': 90,
  'alert-counts': 400,
}

export type RetentionInForce = SettingInForce<Retention>

const setting: GovernanceSetting<Retention> = {
  name: 'retention',
  // A kind that came after it was set ages by its default.
  schema: z.preprocess(
    stored => (typeof stored === 'object' ? { ...defaultRetention, ...stored } : stored),
    retentionSchema,
  ),
  initial: defaultRetention,
}

export function readRetention(sql: Sql, tenant: string): Promise<RetentionInForce> {
  return readSetting(sql, tenant, setting)
}

export function changeRetention(
  database: Database,
  tenant: string,
  days: Retention,
  by: string,
  nowMs: number,
): Promise<void> {
  return changeSetting(database, tenant, setting, days, by, nowMs)
}

/** How many records of each kind are too old now. */
export async function countDue(
  sql: Sql,
  tenant: string,
  { value: days }: RetentionInForce,
  nowMs: number,
): Promise<Record<AgingRecord, number>> {
  const counts = agingRecords.map(async kind => {
    const limit = days[kind]
    return [kind, limit === null ? 0 : await countOld(sql, tenant, kind, nowMs - limit * dayMs)] as const
  })
  return Object.fromEntries(await Promise.all(counts)) as Record<AgingRecord, number> // All kinds are in it.
}

/**
 * Deletes what is too old, in small transactions so that nobody waits for it. What was deleted is written to the
 * ledger in each; a run that is broken off goes on where it was.
 */
export async function runRetention(
  parts: ErasureParts & { readonly clock: Clock },
  tenant: string,
  signal: AbortSignal,
): Promise<Partial<Record<AgingRecord, number>>> {
  const { database, clock } = parts
  const { value: days } = await readRetention(database, tenant)
  const deleted: Partial<Record<AgingRecord, number>> = {}
  await dropExpiredVaults(database, clock.now())
  for (const kind of agingRecords) {
    const limit = days[kind]
    if (limit === null) continue
    const beforeMs = clock.now() - limit * dayMs
    const batch = () =>
      kind === 'closed-cases'
        ? retry(() => deleteOldCases(parts, tenant, beforeMs), { ...again, signal })
        : kind === 'chats'
          ? database.transaction(async sql =>
              eraseChats(parts, sql, tenant, await findOldChats(sql, tenant, beforeMs, chatBatch)),
            )
          : database.transaction(sql => deleteOld(sql, tenant, kind, beforeMs, rowBatch))
    for (let count = await batch(); count > 0 && !signal.aborted; count = await batch())
      deleted[kind] = (deleted[kind] ?? 0) + count
  }
  const { 'closed-cases': _cases, ...others } = deleted // Those wrote their entries themselves.
  if (Object.keys(others).length > 0) {
    const body = { text: 'deleted by age', deleted: others }
    const entry = { kind: 'note', tenant, actor: 'job:retention', subject: setting.name, body } as const
    await database.transaction(sql => appendEntries(sql, [entry], clock.now()))
  }
  return deleted
}

async function deleteOldCases(
  parts: ErasureParts & { readonly clock: Clock },
  tenant: string,
  beforeMs: number,
): Promise<number> {
  const ids = await findOldCases(parts.database, tenant, beforeMs, caseBatch)
  if (ids.length === 0) return 0
  const { cases } = await eraseCases(parts, {
    tenant,
    caseIds: ids,
    actor: 'job:retention',
    reason: 'older than the retention of closed cases',
    atRest: true,
  })
  return cases
}
