import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'

const oldestMajor = 15

/** Throws `database-too-old` for a PostgreSQL server that lacks what the schema uses (`unique nulls not distinct`, `merge`). */
export async function checkServerVersion(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ number: number; name: string }>(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as name`,
  )
  if (row !== undefined && row.number < oldestMajor * 10_000)
    throw new AppError(
      'database-too-old',
      `the database server is PostgreSQL ${row.name}, and Tocsin needs ${oldestMajor} or later: upgrade it, or unset DATABASE_URL for the embedded one`,
    )
}
