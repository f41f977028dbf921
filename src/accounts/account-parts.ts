import type { Json } from '../lib/canonical-json.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import { addAccountEvent } from '../store/account-events.ts'
import type { Provider } from './provider.ts'

/** What account functions work with. */
export interface AccountParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly tenant: string
  /** Seals TOTP secrets at rest. */
  readonly masterKey: () => Promise<Uint8Array>
  /** The address that browsers use, where it is set: passkeys are bound to its host. */
  readonly publicUrl: string | undefined
  /** Who signs people in beside us, where one is set up. */
  readonly provider: Provider | undefined
  /** Whether this tenant is the operator of others: its admins are shown the page of their counts. */
  readonly servesTenants: boolean
  /** How long whoever made an account, raised it or renewed its credentials counts as being behind it. */
  readonly newRightMs: (sql: Sql) => Promise<number>
  /** Writes into the ledger, in the caller's transaction, what weighs more than a line of the account log. Call it last. */
  readonly record: (sql: Sql, ...entries: readonly AccountRecord[]) => Promise<void>
}

/** What accounts have the ledger keep. */
export interface AccountRecord {
  readonly kind: 'approval' | 'break-glass' | 'config-change'
  readonly actor: string
  readonly subject: string
  readonly body: { readonly [key: string]: Json }
}

/** Writes a line of the account log. Never put a password or a token in it. */
export function logAccountEvent(
  sql: Sql,
  parts: AccountParts,
  event: {
    readonly kind: string
    readonly byId: string | null
    readonly subject: string
    readonly detail?: string
  },
): Promise<void> {
  return addAccountEvent(sql, parts.tenant, {
    id: parts.ids.next('event'),
    atMs: parts.clock.now(),
    kind: event.kind,
    byId: event.byId,
    subject: event.subject,
    detail: event.detail ?? '',
  })
}
