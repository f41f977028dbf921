import { appendEntries, listEntries } from '../../ledger/database-ledger.ts'
import type { LedgerEntry } from '../../ledger/entry.ts'
import { type DataKeys, isSealed, openContent } from '../../ledger/sealed-content.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import { type LedgerEntryView, ledgerEndpoints } from '../contract-ledger.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'

/** The ledger, for reading. Nothing here can change an entry. */
export function ledgerRoutes(parts: {
  readonly database: Database
  readonly clock: Clock
  readonly tenant: string
  readonly dataKeys: DataKeys
}): Route[] {
  const { database, tenant, dataKeys } = parts
  return [
    route(ledgerEndpoints.listEntries, async ({ query }) => {
      const { limit, before, subject } = query
      const entries = await listEntries(database, { tenant, limit: limit + 1, before, subject })
      const page = entries.slice(0, limit)
      const people = await namedActors(database, tenant, page)
      return {
        entries: page.map(entry => ({ ...viewOf(entry), by: people(entry.actor) })),
        next: entries.length > limit ? (page.at(-1)?.seq ?? null) : null,
      }
    }),
    route(ledgerEndpoints.readContent, async ({ params, caller }) => {
      const [entry] = await listEntries(database, { tenant, limit: 1, before: params.seq + 1 })
      if (entry?.seq !== params.seq) throw new RequestError('not-found', `there is no entry ${params.seq}`)
      if (caller.kind !== 'person') throw new RequestError('forbidden', 'this takes a person')
      await database.transaction(sql =>
        appendEntries(
          sql,
          [
            {
              kind: 'vault-reveal',
              tenant,
              actor: `user:${caller.user.username}`,
              subject: entry.subject,
              body: { what: 'ledger-content', seq: entry.seq },
            },
          ],
          parts.clock.now(),
        ),
      )
      return openAll(entry, dataKeys)
    }),
  ]
}

/** An actor names a person by id, or, at a terminal and in older entries, by user name. */
async function namedActors(database: Database, tenant: string, entries: readonly LedgerEntry[]) {
  const idOf = (actor: string) => (actor.startsWith('user:') ? actor.slice('user:'.length) : null)
  const named = await namedPeople(
    database,
    tenant,
    entries.map(({ actor }) => idOf(actor)),
  )
  return (actor: string) => named(idOf(actor))
}

function viewOf(entry: LedgerEntry): Omit<LedgerEntryView, 'by'> {
  const { seq, at, kind, actor, subject, hash } = entry
  const members = Object.entries(entry.body)
  return {
    seq,
    atMs: Date.parse(at),
    kind,
    actor,
    subject,
    hash,
    // The bodies are JSON that we wrote; only readonly differs.
    body: Object.fromEntries(members.filter(([, value]) => !isSealed(value))) as LedgerEntryView['body'],
    sealed: members.filter(([, value]) => isSealed(value)).map(([name]) => name),
  }
}

async function openAll(entry: LedgerEntry, dataKeys: DataKeys) {
  const parts: { name: string; text: string }[] = []
  for (const [name, value] of Object.entries(entry.body)) {
    if (!isSealed(value)) continue
    try {
      const text = (await openContent(dataKeys, entry.tenant, entry.subject, value)).toString('utf8')
      parts.push({ name, text })
    } catch (error) {
      if (error instanceof AppError && error.code === 'key-erased') return { parts: [], erased: true }
      throw error
    }
  }
  return { parts, erased: false }
}
