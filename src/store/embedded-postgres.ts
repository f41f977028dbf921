import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { access, chmod, chown, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { withFileLock } from '../lib/file-lock.ts'
import { type Account, type PostgresBinaries, postgresBinaries, reachable } from './postgres-binaries.ts'
import { beginUse, isRunning, joinUsers, type ServerUse } from './server-users.ts'

// A real PostgreSQL as a child process: one dialect and one queue for one machine and for many. It listens on a
// socket in a private folder only, never on the network. It cannot outlive the Tocsin processes that use it, not even
// after kill -9: a shell between them and it waits for the end of its standard input (server-users.ts).

export interface EmbeddedPostgres {
  readonly connection: pg.PoolConfig
  /** Resolves when the server that this process has started ends without having been told to: killed, or its disk full. */
  readonly ended: Promise<AppError>
  /** Ends this process's use of the server, and the server where nobody else uses it. Close the pools first. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Tocsin's data folder; everything lies under `postgres/` in it. */
  readonly dataDir: string
  /** One line for each step that takes long. */
  readonly onProgress: (line: string) => void
  readonly signal: AbortSignal
}

interface Place {
  readonly dataDir: string
  readonly data: string
  readonly sockets: string
  /** The folder of all this. */
  readonly base: string
  readonly passwordFile: string
  readonly logFile: string
  /** Whom PostgreSQL runs as; undefined: as we do. */
  readonly account: Account | undefined
}

const user = 'tocsin'

/**
 * Starts the embedded server on `dataDir`, creating the database at the first start, or joins the one that other live
 * Tocsin processes use there (`tocsin audit` beside `tocsin up`). It runs until the last of them has stopped using it,
 * whoever started it. After a crash it recovers as PostgreSQL does.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { signal } = options
  const place = await preparePlace(options.dataDir)
  const binaries = await postgresBinaries(place.account, join(place.dataDir, 'postgres', 'programs'))
  // Who comes while another starts or stops the server waits for it: a recovery may take minutes.
  const alone = <Result>(action: () => Promise<Result>) =>
    withFileLock(join(place.base, 'users.lock'), action, { waitMs: 330_000, signal })
  return alone(async () => {
    await initialise(place, binaries, options)
    const connection = {
      host: place.sockets,
      user,
      database: 'postgres',
      password: (await readFile(place.passwordFile, 'utf8')).trim(),
    }
    const joined = await joinUsers(place.base)
    const saidBytes = (await stat(place.logFile).catch(() => undefined))?.size ?? 0
    const { use, child } = joined
      ? { use: joined, child: undefined }
      : await startServer(place, binaries, signal)
    try {
      await waitUntilReady(connection, signal, place, saidBytes, () => child?.exitCode)
    } catch (error) {
      await use.leave()
      throw error
    }
    let stopping = false
    return {
      connection,
      ended: new Promise(resolve => {
        child?.once('exit', async () => {
          if (!stopping) resolve(await endedByItself(place, saidBytes))
        })
      }),
      // Not to be given up: what is left half stopped keeps the next start waiting.
      stop() {
        stopping = true
        const lock = join(place.base, 'users.lock')
        return withFileLock(lock, () => leave(use, child, place), { waitMs: 330_000 })
      },
    }
  })
}

async function startServer(
  place: Place,
  binaries: PostgresBinaries,
  signal: AbortSignal,
): Promise<{ readonly use: ServerUse; readonly child: ChildProcess }> {
  await waitUntilStopped(place, signal)
  const { use, keeperInput } = await beginUse(place.base)
  try {
    return { use, child: await launch(place, binaries, keeperInput.fd) }
  } catch (error) {
    await use.leave()
    throw error
  } finally {
    await keeperInput.close()
  }
}

/** Whether the first start has made the database already. */
export function hasEmbeddedDatabase(dataDir: string): Promise<boolean> {
  return access(join(dataDir, 'postgres', 'data', 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

async function preparePlace(dataDir: string): Promise<Place> {
  const base = join(dataDir, 'postgres')
  await mkdir(base, { recursive: true, mode: 0o755 })
  const data = join(base, 'data')
  // A socket's path may have 107 bytes at most.
  const near = join(base, 'sockets')
  const short = join(tmpdir(), `tocsin-${createHash('sha256').update(base).digest('hex').slice(0, 12)}`)
  const sockets = Buffer.byteLength(near) < 80 ? near : short
  const account = process.getuid?.() === 0 ? await unprivilegedAccount(data) : undefined
  for (const folder of [data, sockets]) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (account) await chown(folder, account.uid, account.gid)
  }
  if (account) {
    await chmod(dataDir, ((await stat(dataDir)).mode & 0o777) | 0o011) // Ours: PostgreSQL's account passes through.
    if (!(await reachable(join(data, 'PG_VERSION'), account))) {
      throw new AppError(
        'data-folder-unreachable',
        `PostgreSQL does not run as root, and the account ${account.uid} cannot reach ${dataDir}: set TOCSIN_DATA to a folder outside private ones, such as /var/lib/tocsin`,
      )
    }
  }
  return {
    dataDir,
    data,
    sockets,
    base,
    passwordFile: join(base, 'password'),
    logFile: join(base, 'postgres.log'),
    account,
  }
}

/** Who already owns the data; else the system's `postgres`; else `nobody`. */
async function unprivilegedAccount(data: string): Promise<Account> {
  const owner = await stat(data).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const passwd = await readFile('/etc/passwd', 'utf8')
  for (const name of ['tocsin', 'postgres', 'nobody']) {
    const [, , uid, gid] =
      passwd
        .split('\n')
        .find(line => line.startsWith(`${name}:`))
        ?.split(':') ?? []
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new AppError(
    'no-unprivileged-account',
    'PostgreSQL does not run as root and /etc/passwd has neither tocsin, postgres nor nobody: run Tocsin as another user, or set DATABASE_URL',
  )
}

async function initialise(
  place: Place,
  binaries: PostgresBinaries,
  { onProgress: say, signal }: EmbeddedOptions,
): Promise<void> {
  if (await stat(join(place.data, 'PG_VERSION')).catch(() => undefined)) return
  say('creating the embedded database (once)')
  const password = randomBytes(24).toString('base64url')
  await writeFile(place.passwordFile, password, { mode: 0o600 })
  const forInitdb = join(place.sockets, 'password')
  await writeFile(forInitdb, password, { mode: 0o600 })
  if (place.account) await chown(forInitdb, place.account.uid, place.account.gid)
  const args = ['-D', place.data, '-U', user, '--auth=scram-sha-256', `--pwfile=${forInitdb}`, '--no-locale']
  const child = spawn(binaries.initdb, [...args, '--encoding=UTF8', '--no-instructions'], {
    ...runAs(place),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr?.on('data', chunk => {
    errors += chunk
  })
  const [code] = await once(child, 'close')
  await rm(forInitdb, { force: true })
  if (code !== 0) {
    await rm(place.data, { recursive: true, force: true }) // Half a cluster would never start.
    signal.throwIfAborted() // Ctrl-C at a terminal ends initdb, too.
    throw new AppError('database-not-created', `initdb failed: ${reasonIn(errors) ?? `exit code ${code}`}`)
  }
}

/** The last complaint in what PostgreSQL's programs said, with its detail; what comes after it is only their tidying up. */
function reasonIn(text: string): string | undefined {
  const lines = text.split('\n').map(line => line.replace(/^[\d-]+ [\d:.]+ UTC +/, ''))
  const at = lines.findLastIndex(line => /\b(?:FATAL|PANIC|ERROR|error): /.test(line))
  if (at < 0) return undefined
  const detail = lines[at + 1]?.startsWith('DETAIL:') ? ` ${lines[at + 1]}` : ''
  const full = /No space left on device/.test(`${lines[at]}`)
    ? '. The disk is full: make room and start again'
    : ''
  return `${lines[at]?.trim()}${detail}${full}`
}

async function endedByItself({ logFile }: Place, saidBytes: number): Promise<AppError> {
  const reason = (await complaintSince(logFile, saidBytes)) ?? 'it was killed'
  return new AppError(
    'database-ended',
    `the embedded PostgreSQL has ended by itself (${reason}). What was taken in is kept: start Tocsin again. The log of PostgreSQL is ${logFile}`,
  )
}

/** What the server has complained of since `fromByte` of its log. */
async function complaintSince(logFile: string, fromByte: number): Promise<string | undefined> {
  const text = (await readFile(logFile).catch(() => Buffer.alloc(0))).subarray(fromByte)
  return reasonIn(text.toString('utf8'))
}

// Standard input's end (the last user is gone) is the order to stop; SIGINT is PostgreSQL's fast shutdown. A wait that a signal or the
// reader ends early is repeated by the second one. The order is given again and again: a server that has only just been started does not
// hear it yet.
const keeper = `exec 3<&0
"$@" </dev/null 3<&- & server=$!
(read -r line <&3; while kill -INT $server; do sleep 1; done) 2>/dev/null & reader=$!
wait $server; code=$?
kill $reader 2>/dev/null
exit $code`

async function launch(place: Place, binaries: PostgresBinaries, keeperInput: number): Promise<ChildProcess> {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: place.sockets,
    unix_socket_permissions: '0700',
    max_connections: '100',
    shared_buffers: '192MB',
    // Fewer, calmer checkpoints: ingest writes in bursts.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    // Compiling a plan and starting parallel workers cost more than our short queries take.
    jit: 'off',
    max_parallel_workers_per_gather: '0',
    // Two cores: vacuum early and gently rather than late and long.
    autovacuum_vacuum_scale_factor: '0.05',
    log_line_prefix: '%m ',
    log_checkpoints: 'off',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(place.logFile, 'a', 0o600)
  try {
    const args = ['-c', keeper, 'tocsin-postgres', binaries.postgres, '-D', place.data, ...flags]
    // Detached: Ctrl-C in a terminal reaches the whole group, and the database must outlive our own clean-up.
    const child = spawn('/bin/sh', args, {
      ...runAs(place),
      detached: true,
      stdio: [keeperInput, log.fd, log.fd],
    })
    child.unref() // Others may go on using the server when this process is done.
    return child
  } finally {
    await log.close()
  }
}

function runAs(place: Place) {
  const environment = { PATH: process.platform === 'win32' ? '' : '/usr/bin:/bin', TZ: 'UTC', LC_ALL: 'C' }
  return { cwd: place.data, env: environment, ...(place.account ?? {}) }
}

/** After a crash of Tocsin its server is still shutting down for a moment. */
async function waitUntilStopped(place: Place, signal?: AbortSignal): Promise<void> {
  const pidFile = join(place.data, 'postmaster.pid')
  for (let waitedMs = 0; ; waitedMs += 50) {
    const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
    if (!(pid > 0) || !(await isRunning(pid))) return
    if (waitedMs > 30_000) {
      throw new AppError(
        'database-in-use',
        `a PostgreSQL server (process ${pid}) still runs on ${place.data}: stop it and try again`,
      )
    }
    await sleep(50, signal)
  }
}

async function waitUntilReady(
  connection: pg.ClientConfig,
  signal: AbortSignal,
  { logFile }: Place,
  saidBytes: number,
  exitCode: () => number | null | undefined,
): Promise<void> {
  // Recovery after a crash replays at most a few GB of log: minutes at worst.
  for (let waitedMs = 0; ; waitedMs += 25) {
    const client = new pg.Client(connection)
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (typeof exitCode() === 'number' || waitedMs > 300_000) {
        const complaint = (await complaintSince(logFile, saidBytes)) ?? messageOf(error)
        throw new AppError(
          'database-not-started',
          `the embedded PostgreSQL did not start (${complaint}): its log is ${logFile}`,
          { cause: error },
        )
      }
    }
    await sleep(25, signal)
  }
}

/** Ends this process's use. The last to leave waits until the server is down. */
async function leave(use: ServerUse, child: ChildProcess | undefined, place: Place): Promise<void> {
  const running = child !== undefined && child.exitCode === null && child.signalCode === null
  const exit = running ? once(child, 'exit') : undefined
  const { othersStay } = await use.leave()
  if (othersStay) return
  if (exit !== undefined) {
    child?.ref()
    await exit
  } else await waitUntilStopped(place)
}
