import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, chownSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolConfig } from 'pg'

/** A PostgreSQL server of Debian's, as an organisation runs one, that a test may stop and start. */
export interface PostgresServer {
  readonly connection: PoolConfig
  /** What DATABASE_URL is set to. */
  readonly url: string
  readonly pid: () => number
  /** False once it has ended, by itself too. */
  readonly running: () => boolean
  /** `immediate` is a crash: no checkpoint, recovery at the next start. `killed`: it does not even end its own processes. */
  stop(how?: 'fast' | 'immediate' | 'killed'): Promise<void>
  start(): Promise<void>
}

export interface PostgresServerOptions {
  readonly maxConnections?: number
  /** Listens there besides its socket, for anybody who can reach it. */
  readonly listenOn?: { readonly address: string; readonly port: number }
  readonly settings?: Readonly<Record<string, string>>
}

/** The folder of Debian's binaries; undefined where none are installed. */
export function serverBinaries(): string | undefined {
  return ['15', '16', '17'].map(version => `/usr/lib/postgresql/${version}/bin`).find(existsSync)
}

/** Makes a cluster in `folder` and starts it. Ends with this process at the latest. */
export async function startPostgresServer(
  folder: string,
  { maxConnections = 60, listenOn, settings = {} }: PostgresServerOptions = {},
): Promise<PostgresServer> {
  const binaries = serverBinaries()
  if (binaries === undefined) throw new Error('there is no PostgreSQL server to start: see databaseKinds')
  const account = unprivileged()
  if (account) chownSync(folder, account.uid, account.gid)
  const data = join(folder, 'data')
  const options = { cwd: folder, ...account }
  const made = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'tocsin', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'],
    options,
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  if (listenOn !== undefined) appendFileSync(join(data, 'pg_hba.conf'), 'host all all 0.0.0.0/0 trust\n')
  const port = listenOn?.port ?? 5432
  const flags = Object.entries({
    listen_addresses: listenOn?.address ?? '',
    port: String(port),
    unix_socket_directories: folder,
    max_connections: String(maxConnections),
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  let child: ChildProcess | undefined
  process.once('exit', () => child?.kill('SIGQUIT')) // A test run that breaks off leaves no server behind.
  const ready = () =>
    spawnSync(join(binaries, 'pg_isready'), ['-h', folder, '-p', String(port), '-q']).status === 0
  const start = async () => {
    child = spawn(join(binaries, 'postgres'), ['-D', data, ...flags], { ...options, stdio: 'ignore' })
    while (!ready()) {
      if (child.exitCode !== null) throw new Error(`postgres on ${data} ended with ${child.exitCode}`)
      await sleep(50)
    }
  }
  await start()
  return {
    connection: { host: folder, port, user: 'tocsin', database: 'postgres' },
    url: `postgres://tocsin@localhost:${port}/postgres?host=${encodeURIComponent(folder)}`,
    pid: () => child?.pid ?? 0,
    running: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    start,
    async stop(how = 'fast') {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill(({ fast: 'SIGINT', immediate: 'SIGQUIT', killed: 'SIGKILL' } as const)[how])
      await exit
    },
  }
}

/** Whom PostgreSQL runs as where we are root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(entry => /^(postgres|nobody):/.test(entry))
  const [, , uid, gid] = line?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}
