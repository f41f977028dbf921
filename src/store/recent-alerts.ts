import type { Sql } from '../lib/database.ts'

export interface ReceivedAlertRow {
  readonly raw: string
  readonly receivedMs: number
  readonly caseId: string
}

/** Alerts taken in after a moment, the newest `limit` of them, oldest first. */
export function alertsReceivedAfter(
  sql: Sql,
  tenant: string,
  afterMs: number,
  limit: number,
): Promise<ReceivedAlertRow[]> {
  return sql.query<ReceivedAlertRow>(
    `select * from (
       select raw, received_ms as "receivedMs", case_id as "caseId" from alerts
       where tenant_id = $1 and received_ms > $2 order by received_ms desc limit $3
     ) as newest order by "receivedMs"`,
    [tenant, afterMs, limit],
  )
}
