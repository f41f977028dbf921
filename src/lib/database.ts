/**
 * What SQL runs on, as the three folders that hold SQL (store, queue, ledger) see it. They take a `Sql` from their
 * caller and never open a transaction of their own, so that "store + enqueue + ledger" can be one transaction.
 */
export interface Sql {
  /**
   * Runs one statement with `$1`-style values and returns its rows. `Row` is what the statement selects: the
   * author's word, proven by a test on a real database. Counts and `bigint` come back as numbers, `json` parsed.
   */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>
}

/** A connection inside an open transaction. Statements that are asked for at once are done one by one, in that order. */
export interface Transaction extends Sql {
  /** Feeds `COPY … FROM STDIN`: the quickest way in for many rows. */
  copyIn(statement: string, chunks: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void>
  /** What `COPY … TO STDOUT` gives. Read it to its end before the next statement. */
  copyOut(statement: string): AsyncIterable<Buffer>
}

export interface TransactionOptions {
  /**
   * `rebuilt`: what is written can be made again, so the commit does not wait for the disk. A crash of the database may
   * lose the last half second of such commits, in order, and nothing else. Default `kept`.
   */
  readonly durability?: 'kept' | 'rebuilt'
  /** `snapshot`: reads only, and everything as it was at the first statement, whatever others commit meanwhile. */
  readonly reads?: 'latest' | 'snapshot'
}

export interface Database extends Sql {
  /** Commits when `action` resolves, rolls back when it throws; the error passes through. */
  transaction<Result>(
    action: (sql: Transaction) => Promise<Result>,
    options?: TransactionOptions,
  ): Promise<Result>
  /**
   * Calls `onNotice` for each NOTIFY on `channel` until the signal fires, reconnecting as needed. `onGap` is called
   * after each (re)connect: notices may have been missed, look for yourself.
   */
  listen(
    channel: string,
    onNotice: (payload: string) => void,
    onGap: () => void,
    signal: AbortSignal,
  ): Promise<void>
}
