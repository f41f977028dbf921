import type { Sql } from '../../src/lib/database.ts'

export interface Column {
  readonly table: string
  readonly name: string
  readonly type: string
}

/** The columns of a table that take values. */
export function columnsOf(database: Sql, table: string): Promise<Column[]> {
  return database.query<Column>(
    `select $1::text as table, a.attname as name, format_type(a.atttypid, null) as type
     from pg_attribute a where a.attrelid = ('"' || $1 || '"')::regclass and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = '' and a.attidentity = ''`,
    [table],
  )
}

/** Takes keys to other tables and checks out of force: they are in the way of made-up values. */
export async function dropChecks(owner: Sql): Promise<void> {
  const checks = await owner.query<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, conname as name from pg_constraint
     where contype in ('c', 'f') and connamespace = 'public'::regnamespace`,
  )
  for (const { table, name } of checks) await owner.query(`alter table ${table} drop constraint "${name}"`)
}

/** An insert of values that fit the columns' types, and of those that are given by name. */
export function madeUpRow(
  columns: readonly Column[],
  given: Readonly<Record<string, string | null>>,
  mark: string,
): { readonly text: string; readonly values: readonly (string | null)[] } {
  const madeUp = ({ name, type }: Column): string | null => {
    const said = given[name]
    if (said !== undefined) return said
    if (type.endsWith('[]')) return '{}'
    if (/^json/.test(type)) return '{}'
    if (type === 'boolean') return 'false'
    if (/int|numeric|double|real/.test(type)) return '7'
    if (/timestamp/.test(type)) return '2026-01-01T00:00:00Z'
    if (type === 'bytea') return '\\x00'
    return mark
  }
  const numbered = columns.map((column, index) => `$${index + 1}::text::${column.type}`)
  return {
    text: `insert into "${columns[0]?.table}" (${columns.map(({ name }) => `"${name}"`).join(', ')}) values (${numbered.join(', ')})`,
    values: columns.map(madeUp),
  }
}
