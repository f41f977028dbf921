import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenDatabase } from '../../src/store/connect.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { migrate } from '../../src/store/migrate.ts'

export type DatabaseKind = 'embedded' | 'server'

/** A migrated database of its own, on a server of its own that ends with it. */
export interface TestDatabase {
  readonly kind: DatabaseKind
  readonly database: OpenDatabase
  readonly connection: Parameters<typeof connectDatabase>[0]['connection']
  /** A second, independent pool on the same database. */
  connect(): OpenDatabase
  close(): Promise<void>
}

/** The kinds that can run here: both on Debian with postgresql-15, else the embedded one, said out loud. */
export const databaseKinds: readonly DatabaseKind[] =
  serverBinaries() === undefined ? ['embedded'] : ['embedded', 'server']

function serverBinaries(): string | undefined {
  const found = ['15', '16', '17'].map(version => `/usr/lib/postgresql/${version}/bin`).find(existsSync)
  if (found === undefined)
    console.warn(
      'SKIPPED: no PostgreSQL server in /usr/lib/postgresql (Debian: postgresql-15): embedded only',
    )
  return found
}

/** Starts a server and migrates a fresh database. */
export async function openTestDatabase(kind: DatabaseKind = 'embedded'): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-db-'))
  const server = kind === 'embedded' ? await startEmbedded(dataDir) : await startServer(dataDir)
  const opened: OpenDatabase[] = []
  const connect = () => {
    const database = connectDatabase({
      connection: server.connection,
      maxConnections: 8,
      onIdleError: error => console.error(error),
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

async function startServer(dataDir: string): Promise<Server> {
  const binaries = serverBinaries()
  if (binaries === undefined) throw new Error('there is no PostgreSQL server to start: see databaseKinds')
  const account = unprivileged()
  if (account) chownSync(dataDir, account.uid, account.gid)
  const data = join(dataDir, 'data')
  const options = { cwd: dataDir, ...account }
  const made = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'tocsin', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'],
    options,
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const flags = [
    '-c',
    'listen_addresses=',
    '-c',
    `unix_socket_directories=${dataDir}`,
    '-c',
    'max_connections=60',
  ]
  const child = spawn(join(binaries, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL')) // A test run that breaks off leaves no server behind.
  const ready = () => spawnSync(join(binaries, 'pg_isready'), ['-h', dataDir, '-q']).status === 0
  while (!ready() && child.exitCode === null) await new Promise(resolve => setTimeout(resolve, 50))
  return {
    connection: { host: dataDir, user: 'tocsin', database: 'postgres' },
    async stop() {
      const exit = once(child, 'exit')
      child.kill('SIGINT')
      await exit
    },
  }
}

function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => /^(postgres|nobody):/.test(entry))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}
