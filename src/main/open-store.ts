import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { retry } from '../lib/retry.ts'
import { connectDatabase, type OpenDatabase } from '../store/connect.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { migrate, pendingMigrations } from '../store/migrate.ts'
import { checkServerVersion } from '../store/server-version.ts'
import { checkBoundTo } from '../store/tenants.ts'

/** A database that is open, whatever its schema. */
export interface OpenedStore {
  readonly database: OpenDatabase
  readonly kind: 'embedded' | 'server'
  /** Resolves when the embedded server ends by itself. */
  readonly ended?: Promise<AppError>
  close(): Promise<void>
}

export interface Store extends OpenedStore {
  readonly version: string
}

/** Opens the database that the settings name, starting the embedded one where none is, and brings it up to date. */
export async function openStore(
  config: Config,
  logger: FastifyBaseLogger,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Store> {
  const store = await openStoreAsIs(config, logger, say, signal)
  let told = false
  const tried = async () => {
    try {
      return await bringUpToDate(store.database, config)
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'database-unavailable')) throw error
      if (!told) say(`the database does not answer (${error.message}): trying again for a while`)
      told = true
      throw new AppError(
        error.code,
        `the database does not answer: ${error.message}. Is the server of DATABASE_URL up, and does it let this machine in?`,
        { retryable: error.retryable, cause: error },
      )
    }
  }
  try {
    const applied = await retry(
      store.kind === 'server' ? tried : () => bringUpToDate(store.database, config),
      {
        // A server that starts at the same time as we do takes a moment.
        attempts: store.kind === 'server' ? 12 : 1,
        firstDelayMs: 500,
        maxDelayMs: 5000,
        random: Math.random,
        signal,
      },
    )
    if (applied.length > 0) say(toldMigrations(applied))
    const [row] = await store.database.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    )
    return { ...store, version: row?.version ?? 'unknown' }
  } catch (error) {
    await store.close()
    throw error
  }
}

function toldMigrations(applied: readonly string[]): string {
  // Of a new database nobody wants to read all of them.
  return applied.length > 10
    ? `database schema made (${applied.length} steps, the last ${applied.at(-1)})`
    : `database schema brought up to date (${applied.join(', ')})`
}

/** The schema is the owner's affair: the process of a tenant makes sure that it is there, and that it is bound. */
async function bringUpToDate(database: OpenDatabase, config: Config): Promise<string[]> {
  await checkServerVersion(database)
  if (!config.tenantBound) return migrate(database)
  const missing = await pendingMigrations(database)
  if (missing.length > 0)
    throw new AppError(
      'schema-too-old',
      `the schema lacks ${missing.length} changes of this version: the owner of the database runs 'tocsin tenant list' with this version once, which makes them`,
      { retryable: true },
    )
  await checkBoundTo(database, config.tenant)
  return []
}

/** The same without touching the schema: for a look, and for a restore, which makes it as it was at the backup. */
export async function openStoreAsIs(
  config: Config,
  logger: FastifyBaseLogger,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<OpenedStore> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, onProgress: say, signal })
      : undefined
  const connection = embedded?.connection ?? { connectionString: config.databaseUrl?.expose() }
  const database = connectDatabase({
    connection,
    maxConnections: 16,
    rowSecurity: config.tenantBound,
    onIdleError: error => logger.warn(`a database connection broke: ${error.message}`),
  })
  return {
    database,
    kind: embedded === undefined ? 'server' : 'embedded',
    ...(embedded && { ended: embedded.ended }),
    async close() {
      await database.close()
      await embedded?.stop()
    },
  }
}
