import { once } from 'node:events'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { sleep } from '../lib/abort.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import type { Database, Sql, Transaction, TransactionOptions } from '../lib/database.ts'

// bigint arrives as text by default; ours are milliseconds, counts and sequence numbers, all below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)

export interface ConnectOptions {
  /** As `pg` takes it: a `connectionString`, or host, user, password and database. */
  readonly connection: pg.PoolConfig
  readonly maxConnections: number
  /** Called for a connection that broke while idle; the pool opens another. */
  readonly onIdleError: (error: Error) => void
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
  })
  let closing = false
  // Once closing, connections that the server ends first are no news.
  pool.on('error', error => {
    if (!closing) options.onIdleError(error)
  })
  return {
    query: (text, values) => run(pool, text, values),
    transaction: (action, transactionOptions) => inTransaction(pool, action, transactionOptions),
    listen: (channel, onNotice, onGap, signal) =>
      listen(options.connection, channel, onNotice, onGap, signal),
    async close() {
      closing = true
      await pool.end()
    },
  }
}

async function run<Row>(
  on: { query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> },
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    const result = await on.query(text, [...values])
    // The caller names the row type of its own statement (see Sql.query).
    return result.rows as Row[]
  } catch (error) {
    throw databaseError(error)
  }
}

async function inTransaction<Result>(
  pool: pg.Pool,
  action: (sql: Transaction) => Promise<Result>,
  { durability = 'kept', reads = 'latest' }: TransactionOptions = {},
): Promise<Result> {
  const client = await pool.connect().catch(error => {
    throw databaseError(error)
  })
  let broken: Error | undefined
  const sql: Sql = { query: (text, values) => run(client, text, values) }
  try {
    const begin = reads === 'latest' ? 'begin' : 'begin isolation level repeatable read read only'
    await sql.query(durability === 'kept' ? begin : `${begin}; set local synchronous_commit = off`)
    const result = await action({
      ...sql,
      copyIn: (statement, chunks) => copyIn(client, statement, chunks),
      copyOut: statement => copyOut(client, statement),
    })
    await sql.query('commit')
    return result
  } catch (error) {
    await sql.query('rollback').catch(rollbackError => {
      broken = rollbackError
    })
    throw error
  } finally {
    // A connection that could not even roll back is thrown away instead of going back to the pool.
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
  try {
    for await (const chunk of chunks)
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished])
    stream.end()
    await finished
  } catch (error) {
    stream.destroy()
    finished.catch(() => {}) // Already reported below.
    throw databaseError(error)
  }
}

async function* copyOut(client: pg.PoolClient, statement: string): AsyncGenerator<Buffer> {
  try {
    yield* client.query(copyTo(statement))
  } catch (error) {
    throw databaseError(error)
  }
}

async function listen(
  connection: pg.ClientConfig,
  channel: string,
  onNotice: (payload: string) => void,
  onGap: () => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const client = new pg.Client({ ...connection, application_name: 'tocsin-listen' })
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
      await gone
    } catch {
      // The server is away: everybody else sees the same error on a query that matters. Try again below.
    } finally {
      await client.end().catch(() => {})
    }
    if (!signal.aborted) await sleep(1000, signal).catch(() => {})
  }
}

/** Connection trouble and serialisation conflicts are worth another try; a wrong statement is not. */
function databaseError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const connection = /^(08(?!P01)|57P|53)|^E[A-Z]+$/.test(code) || code === ''
  const conflict = code === '40001' || code === '40P01' || code === '55P03'
  const name = connection ? 'database-unavailable' : conflict ? 'database-conflict' : 'database-failed'
  return new AppError(name, `${messageOf(error)}${code ? ` (${code})` : ''}`, {
    retryable: connection || conflict,
    cause: error,
  })
}
