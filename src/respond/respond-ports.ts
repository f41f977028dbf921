import type { ResponseSettings } from '../domain/response-settings.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import type { PersonNow } from './authorise.ts'
import type { ResponsePolicy } from './response-policy.ts'

/** Who these ids are at this moment, read in the caller's transaction: role and activity as they are now, not as cached. */
export type PeopleNow = (
  sql: Sql,
  tenant: string,
  ids: readonly string[],
  nowMs: number,
) => Promise<ReadonlyMap<string, PersonNow>>

/** What every step of a response needs. */
export interface RespondPorts {
  readonly database: Database
  readonly people: PeopleNow
  /** What the operator's file decides. */
  readonly fileSettings: ResponseSettings
  /** What holds now, read in the caller's transaction: never cached. */
  readonly policy: (sql: Sql, tenant: string) => Promise<ResponsePolicy>
  readonly clock: Clock
  readonly ids: IdSource
  /** 32 hexadecimal digits that nobody can guess. */
  readonly nonce: () => string
}
