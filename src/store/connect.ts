import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Database, Sql, Transaction, TransactionOptions } from '../lib/database.ts'
import { arrayLiteral } from './array-literal.ts'
import { PreparedStatements } from './prepared-statements.ts'

// bigint arrives as text by default; ours are milliseconds, counts and sequence numbers, all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export interface ConnectOptions {
  /** As `pg` takes it: a `connectionString`, or host, user, password and database. */
  readonly connection: pg.PoolConfig
  readonly maxConnections: number
  /**
   * The role is bound by row security, under which PostgreSQL has no COPY FROM: rows then go through a temporary table, and each
   * meets the policy.
   */
  readonly rowSecurity?: boolean
  /** Called for a connection that broke while idle; the pool opens another. */
  readonly onIdleError: (error: Error) => void
  /** How often a connection that listens is asked whether it still stands, and how long its answer may take. */
  readonly listenCheckMs?: number
}

export interface OpenDatabase extends Database {
  /** Waits for running queries and closes every connection. */
  close(): Promise<void>
}

/** Opens a pool. Nothing is connected until the first query; faults then throw AppError `database-…`. */
export function connectDatabase(options: ConnectOptions): OpenDatabase {
  const pool = new pg.Pool({
    ...options.connection,
    max: options.maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: 'tocsin',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The pool waits for it.
    onConnect: client => client.query(settings),
  })
  // A connection that breaks while somebody uses it fails their statement; without a listener it would end the process too.
  pool.on('connect', client => client.on('error', () => undefined))
  let closing = false
  // Once closing, connections that the server ends first are no news.
  pool.on('error', error => {
    if (!closing) options.onIdleError(error)
  })
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (action, transactionOptions) =>
      inTransaction(pool, options.rowSecurity ?? false, action, transactionOptions),
    listen: (channel, onNotice, onGap, signal) => listen(options, channel, onNotice, onGap, signal),
    async close() {
      closing = true
      await pool.end()
    },
  }
}

/** All connections speak of a statement by the same name. */
const prepared = new PreparedStatements()

/**
 * Plans: see `PreparedStatements`. The others: a process that a cut network took away in the middle of a transaction holds its
 * locks for as long as the server believes in it, two hours by the kernel's own settings. It must not stop the others.
 */
const settings = `select set_config('plan_cache_mode', 'force_custom_plan', false), set_config('idle_in_transaction_session_timeout', '60s', false),
  set_config('tcp_keepalives_idle', '20', false), set_config('tcp_keepalives_interval', '5', false),
  set_config('tcp_keepalives_count', '4', false), set_config('tcp_user_timeout', '60s', false)`

interface Runs {
  query(statement: pg.QueryConfig): Promise<{ rows: unknown[] }>
}

async function run<Row>(on: Runs, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  try {
    // Without values a text may be several statements, which cannot be prepared.
    const name = values.length > 0 ? prepared.nameFor(text) : undefined
    const result = await on.query({
      text,
      values: values.map(asParameter),
      ...(name !== undefined && { name }),
    })
    // The caller names the row type of its own statement (see Sql.query).
    return result.rows as Row[]
  } catch (error) {
    throw databaseError(error)
  }
}

/**
 * One after the other on a connection, in the order in which they were asked for: who asks for several at once makes the
 * next one ready while the database works. The driver wants to be told one by one.
 */
function inTurn(): <Result>(action: () => Promise<Result>) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve()
  return action => {
    const result = before.then(action)
    before = result.catch(() => {}) // For whoever asked for it; the transaction refuses what comes after.
    return result
  }
}

/** As the driver takes it. */
function asParameter(value: unknown): unknown {
  return Array.isArray(value) ? (arrayLiteral(value) ?? value) : value
}

async function inTransaction<Result>(
  pool: pg.Pool,
  rowSecurity: boolean,
  action: (sql: Transaction) => Promise<Result>,
  { durability = 'kept', reads = 'latest' }: TransactionOptions = {},
): Promise<Result> {
  const client = await pool.connect().catch(error => {
    throw databaseError(error)
  })
  let broken: Error | undefined
  // A server that dies in the middle is told to the client itself, to which the pool does not listen while it is out: an
  // error that nobody hears would end the process.
  const hear = (error: Error) => {
    broken = error
  }
  client.on('error', hear)
  const inOrder = inTurn()
  let over = false
  const next: typeof inOrder = action =>
    over ? Promise.reject(new AppError('database-failed', 'the transaction is over')) : inOrder(action)
  const sql: Sql = {
    query: (text, values) => run({ query: statement => next(() => client.query(statement)) }, text, values),
  }
  const end = (text: string) => {
    // Whoever asks after this would write into the next transaction of this connection.
    over = true
    return run({ query: statement => inOrder(() => client.query(statement)) }, text)
  }
  try {
    const begin = reads === 'latest' ? 'begin' : 'begin isolation level repeatable read read only'
    await sql.query(durability === 'kept' ? begin : `${begin}; set local synchronous_commit = off`)
    const result = await action({
      ...sql,
      copyIn: (statement, chunks) =>
        next(() => (rowSecurity ? copyThrough : copyIn)(client, statement, chunks)),
      copyOut: statement => copyOut(client, statement),
    })
    await end('commit')
    return result
  } catch (error) {
    await end('rollback').catch(rollbackError => {
      broken = rollbackError
    })
    if (error instanceof AppError && isStale(error.cause)) broken = error
    throw error
  } finally {
    // A connection that could not even roll back, or whose statements are stale, is thrown away instead of going back to the pool.
    if (broken === undefined) client.off('error', hear)
    client.release(broken)
  }
}

async function copyIn(
  client: pg.PoolClient,
  statement: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const stream = client.query(copyFrom(statement))
  const finished = once(stream, 'finish')
  // The server may give up in the middle (its disk is full). The driver forgets the connection as soon as it has said so:
  // ended any later, the stream would go on writing to nobody, and that would end the process. What it says of its end (a
  // CopyFail) a server that has given up passes over.
  stream.on('error', () => stream.destroy())
  try {
    // A chunk is made while PostgreSQL takes in the one before.
    let taken: Promise<unknown> | undefined
    for await (const chunk of chunks) {
      await taken
      taken = stream.write(chunk) ? undefined : Promise.race([once(stream, 'drain'), finished])
      taken?.catch(() => {}) // Heard by whoever waits for it.
    }
    stream.end()
    await finished
  } catch (error) {
    if (!stream.destroyed) stream.destroy()
    finished.catch(() => {}) // Already reported below.
    throw databaseError(error)
  }
}

/** The same for a role that is bound by row security. */
async function copyThrough(
  client: pg.PoolClient,
  statement: string,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  const [, table, columns, rest] = /^copy\s+("?\w+"?)\s*\(([^)]+)\)\s+(from stdin.*)$/s.exec(statement) ?? []
  if (table === undefined || columns === undefined || rest === undefined)
    throw new AppError('database-failed', `not a COPY that can go through a temporary table: ${statement}`)
  const through = `pg_temp.through_${table.replaceAll('"', '')}`
  // For the connection's life; empty again after each transaction.
  await run(
    client,
    `create temporary table if not exists ${through.replace('pg_temp.', '')} on commit delete rows as
     select ${columns} from ${table} with no data`,
  )
  await copyIn(client, `copy ${through} (${columns}) ${rest}`, chunks)
  await run(client, `insert into ${table} (${columns}) select ${columns} from ${through}`)
  await run(client, `delete from ${through}`)
}

async function* copyOut(client: pg.PoolClient, statement: string): AsyncGenerator<Buffer> {
  try {
    yield* client.query(copyTo(statement))
  } catch (error) {
    throw databaseError(error)
  }
}

async function listen(
  { connection, listenCheckMs = 15_000 }: ConnectOptions,
  channel: string,
  onNotice: (payload: string) => void,
  onGap: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({
      ...connection,
      application_name: 'tocsin-listen',
      connectionTimeoutMillis: 10_000,
      query_timeout: listenCheckMs,
    })
    const over = new AbortController()
    try {
      const gone = new Promise<void>(resolve => {
        client.on('end', () => resolve())
        client.on('error', () => resolve())
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      client.on('notification', notice => onNotice(notice.payload ?? ''))
      await client.connect()
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
      onGap()
      await Promise.race([gone, silent(client, listenCheckMs, over.signal)])
    } catch {
      // The server is away: everybody else sees the same error on a query that matters. Try again below.
    } finally {
      over.abort()
      await client.end().catch(() => {})
    }
    if (!signal.aborted) await sleep(1000, signal).catch(() => {})
  }
}

/**
 * Resolves once the connection answers no more: one that only listens sends nothing by itself, so a network that was cut, or
 * that forgot an idle connection, would leave it listening to nobody for ever.
 */
async function silent(client: pg.Client, everyMs: number, over: AbortSignal): Promise<void> {
  try {
    for (;;) {
      await sleep(everyMs, over)
      await client.query('select')
    }
  } catch {
    // No answer in time, or nobody waits for one any more.
  }
}

/** A statement was prepared before a migration changed what it returns. Another connection prepares it anew. */
const isStale = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.message.startsWith('cached plan')

/** Connection trouble and serialisation conflicts are worth another try; a wrong statement is not. */
function databaseError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const connection = /^(08(?!P01)|57P|53)|^E[A-Z]+$/.test(code) || code === ''
  const conflict = code === '40001' || code === '40P01' || code === '55P03' || isStale(error)
  const name = connection ? 'database-unavailable' : conflict ? 'database-conflict' : 'database-failed'
  // A name with two addresses fails once for each, and the whole says nothing.
  const said = error instanceof AggregateError ? error.errors.map(messageOf).join(', ') : messageOf(error)
  const full =
    code === '53100'
      ? 'the disk of the database is full: what was taken in is kept, and it goes on once there is room: '
      : ''
  return new AppError(name, `${full}${said}${code ? ` (${code})` : ''}`, {
    retryable: connection || conflict,
    cause: error,
  })
}
