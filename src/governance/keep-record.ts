import { appendEntries } from '../ledger/database-ledger.ts'
import { AppError } from '../lib/app-error.ts'
import { digestOf } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { writeRecord } from '../store/governance-records.ts'
import { type RecordKind, recordKinds, singleKinds } from './record-kinds.ts'

export interface RecordParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
}

/**
 * Writes a new record, or the next version of one; the older ones stay. The ledger gets the digest: that a register was
 * changed afterwards shows. Throws `bad-request` for content of another shape, `conflict` where somebody was quicker.
 */
export async function keepRecord(
  parts: RecordParts,
  tenant: string,
  record: {
    readonly kind: RecordKind
    /** Left out for a new one. */
    readonly id?: string | undefined
    readonly content: unknown
    /** The version that was changed; 0 for a new one. */
    readonly before: number
  },
  by: string,
): Promise<string> {
  const parsed = recordKinds[record.kind].safeParse(record.content)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new AppError('bad-request', `${issue?.path.join('.') || record.kind}: ${issue?.message}`)
  }
  const single = singleKinds.includes(record.kind)
  const id = single ? record.kind : (record.id ?? parts.ids.next(record.kind))
  const nowMs = parts.clock.now()
  await parts.database.transaction(async sql => {
    const kept = { id, kind: record.kind, content: parsed.data }
    if (!(await writeRecord(sql, tenant, kept, record.before, by, nowMs)))
      throw new AppError('conflict', 'somebody has changed this meanwhile: read it again')
    const body = { setting: record.kind, version: record.before + 1, digest: digestOf(parsed.data) }
    await appendEntries(
      sql,
      [{ kind: 'config-change', tenant, actor: `user:${by}`, subject: id, body }],
      nowMs,
    )
  })
  return id
}
