import type { Sql } from '../lib/database.ts'
import { peopleByIds } from '../store/people.ts'
import type { Person } from './contract.ts'

/** Looks people up once; the answer turns an id into a person, or null where there is no such account any more. */
export async function namedPeople(
  sql: Sql,
  tenant: string,
  ids: readonly (string | null)[],
): Promise<(id: string | null) => Person | null> {
  const wanted = [...new Set(ids.filter(id => id !== null))]
  const rows = await peopleByIds(sql, tenant, wanted)
  const people = new Map(rows.map(({ id, username, displayName }) => [id, { id, username, displayName }]))
  return id => (id === null ? null : (people.get(id) ?? null))
}
