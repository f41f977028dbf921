import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenDatabase } from '../../src/store/connect.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { migrate } from '../../src/store/migrate.ts'
import { serverBinaries, startPostgresServer } from './postgres-server.ts'

export type DatabaseKind = 'embedded' | 'server'

/** A migrated database of its own, on a server of its own that ends with it. */
export interface TestDatabase {
  readonly kind: DatabaseKind
  readonly database: OpenDatabase
  readonly connection: Parameters<typeof connectDatabase>[0]['connection']
  /** Another, independent pool on the same database. */
  connect(maxConnections?: number): OpenDatabase
  /** Kills the embedded server as a crash would, and starts it anew on the same data. Pools open new connections by themselves. */
  crash(): Promise<void>
  close(): Promise<void>
}

/** The kinds that can run here: both on Debian with postgresql-15, else the embedded one, said out loud. */
export const databaseKinds: readonly DatabaseKind[] =
  serverBinaries() === undefined ? ['embedded'] : ['embedded', 'server']
if (databaseKinds.length === 1)
  console.warn('SKIPPED: no PostgreSQL server in /usr/lib/postgresql (Debian: postgresql-15): embedded only')

/** Starts a server and migrates a fresh database. */
export async function openTestDatabase(kind: DatabaseKind = 'embedded'): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-db-'))
  let server = kind === 'embedded' ? await startEmbedded(dataDir) : await startPostgresServer(dataDir)
  const opened: OpenDatabase[] = []
  let crashed = false
  const connect = (maxConnections = 8) => {
    const database = connectDatabase({
      connection: server.connection,
      maxConnections,
      onIdleError: error => {
        if (!crashed) console.error(error)
      },
    })
    opened.push(database)
    return database
  }
  const database = connect()
  await migrate(database).catch(async error => {
    await database.close()
    await server.stop()
    throw error
  })
  return {
    kind,
    database,
    connection: server.connection,
    connect,
    async crash() {
      crashed = true
      const [pid] = readFileSync(join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      await server.stop()
      server = await startEmbedded(dataDir)
    },
    async close() {
      await Promise.all(opened.map(pool => pool.close()))
      await server.stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

interface Server {
  readonly connection: TestDatabase['connection']
  stop(): Promise<void>
}

function startEmbedded(dataDir: string): Promise<Server> {
  return startEmbeddedPostgres({ dataDir, onProgress: () => {}, signal: new AbortController().signal })
}
