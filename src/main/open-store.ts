import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import { retry } from '../lib/retry.ts'
import { connectDatabase, type OpenDatabase } from '../store/connect.ts'
import { startEmbeddedPostgres } from '../store/embedded-postgres.ts'
import { migrate } from '../store/migrate.ts'

export interface Store {
  readonly database: OpenDatabase
  readonly kind: 'embedded' | 'server'
  readonly version: string
  close(): Promise<void>
}

/** Opens the database that the settings name, starting the embedded one where none is, and brings it up to date. */
export async function openStore(
  config: Config,
  logger: FastifyBaseLogger,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Store> {
  const embedded =
    config.databaseUrl === undefined
      ? await startEmbeddedPostgres({ dataDir: config.dataDir, onProgress: say, signal })
      : undefined
  const connection = embedded?.connection ?? { connectionString: config.databaseUrl?.expose() }
  const database = connectDatabase({
    connection,
    maxConnections: 16,
    onIdleError: error => logger.warn(`a database connection broke: ${error.message}`),
  })
  const close = async () => {
    await database.close()
    await embedded?.stop()
  }
  try {
    const applied = await retry(() => migrate(database), {
      // A server that starts at the same time as we do takes a moment.
      attempts: embedded === undefined ? 12 : 1,
      firstDelayMs: 500,
      maxDelayMs: 5000,
      random: Math.random,
      signal,
    })
    if (applied.length > 0) say(`database schema brought up to date (${applied.join(', ')})`)
    const [row] = await database.query<{ version: string }>(
      `select current_setting('server_version') as version`,
    )
    return {
      database,
      kind: embedded === undefined ? 'server' : 'embedded',
      version: row?.version ?? 'unknown',
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
