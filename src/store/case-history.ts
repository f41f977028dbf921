import type { Sql } from '../lib/database.ts'

export type HistoryKind =
  | 'created'
  | 'claimed'
  | 'released'
  | 'verdict'
  | 'reopened'
  | 'note'
  | 'merged'
  | 'split'
  | 'brief'
  | 'brief-review'
  | 'published'
  | 'severity-raised'
  | 'step'
  | 'response'

export interface HistoryDraft {
  readonly id: string
  readonly caseId: string
  readonly kind: HistoryKind
  /** null: Tocsin itself. */
  readonly byId: string | null
  readonly detail: string
}

/** Who did what to which case, written in the transaction that does it. */
export async function addHistory(
  sql: Sql,
  tenant: string,
  atMs: number,
  entries: readonly HistoryDraft[],
): Promise<void> {
  if (entries.length === 0) return
  await sql.query(
    `insert into case_history (tenant_id, id, case_id, at_ms, kind, by_id, detail)
     select $1, id, case_id, $2, kind, by_id, detail
     from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as r (id, case_id, kind, by_id, detail)`,
    [
      tenant,
      atMs,
      entries.map(entry => entry.id),
      entries.map(entry => entry.caseId),
      entries.map(entry => entry.kind),
      entries.map(entry => entry.byId),
      entries.map(entry => entry.detail),
    ],
  )
}
