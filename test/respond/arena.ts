import { sleep } from '../../src/lib/abort.ts'
import type { OpenDatabase } from '../../src/store/connect.ts'
import { connectDatabase } from '../../src/store/connect.ts'
import type { TestDatabase } from '../support/postgres.ts'
import type { History } from './approval-histories.ts'
import { type HistoryResult, runHistory } from './run-history.ts'

/** Where many histories go on side by side: one server, each history a tenant. */
export interface Arena {
  /** Two pools that know nothing of each other, as two processes have. */
  readonly pools: readonly [OpenDatabase, OpenDatabase]
  /**
   * Waits until every history of the batch has ended or waits here too; then the server crashes and comes back, once for
   * all of them. `during` begins before it goes down, by `afterMs`.
   */
  restart(afterMs: number, during: (() => Promise<unknown>) | undefined): Promise<void>
}

export interface HistoriesResult {
  readonly sent: number
  readonly restarts: number
  readonly violations: readonly { readonly violation: string; readonly history: History }[]
}

/** Runs histories in batches, as tenants of this name, `atOnce` at work at any moment. */
export async function runHistories(
  test: TestDatabase,
  name: string,
  histories: readonly History[],
  { batch = 500, atOnce = 16 } = {},
): Promise<HistoriesResult> {
  const connect = () =>
    connectDatabase({ connection: test.connection, maxConnections: atOnce, onIdleError: () => undefined })
  const pools = [connect(), connect()] as const
  // The server crashes here, the machine does not: what was written to the kernel stays.
  await pools[0].query('alter system set fsync = off')
  await pools[0].query('select pg_reload_conf()')
  let sent = 0
  let restarts = 0
  const violations: { violation: string; history: History }[] = []
  try {
    for (let start = 0; start < histories.length; start += batch) {
      const part = histories.slice(start, start + batch)
      const crash = () => {
        restarts++
        return test.crash()
      }
      const results = await runBatch(pools, crash, part, at => `${name}-${start + at}`, atOnce)
      for (const [index, result] of results.entries()) {
        sent += result.sent
        const of = part[index]
        if (result.violation !== undefined && of !== undefined)
          violations.push({ violation: result.violation, history: of })
      }
    }
  } finally {
    await Promise.all(pools.map(pool => pool.close()))
  }
  return { sent, restarts, violations }
}

function runBatch(
  pools: Arena['pools'],
  crash: () => Promise<void>,
  histories: readonly History[],
  tenantOf: (index: number) => string,
  atOnce: number,
): Promise<HistoryResult[]> {
  let unfinished = histories.length
  let working = 0
  const ready: (() => void)[] = []
  const waiting: { afterMs: number; during: (() => Promise<unknown>) | undefined; goOn: () => void }[] = []
  const faults: unknown[] = []
  /** Takes a place at work as soon as one is free. */
  const enter = async () => {
    if (working >= atOnce) await new Promise<void>(resolve => ready.push(resolve))
    working++
  }
  const leave = () => {
    working--
    ready.shift()?.()
    if (waiting.length > 0 && waiting.length === unfinished)
      bringDown().catch(fault => {
        faults.push(fault)
      })
  }
  const bringDown = async () => {
    const all = waiting.splice(0)
    const going = all.flatMap(({ during }) => (during === undefined ? [] : [during()]))
    await sleep(Math.max(...all.map(each => each.afterMs)), AbortSignal.timeout(300_000))
    await crash()
    await Promise.all(going)
    for (const { goOn } of all) goOn()
  }
  const arena: Arena = {
    pools,
    async restart(afterMs, during) {
      const back = new Promise<void>(goOn => waiting.push({ afterMs, during, goOn }))
      leave()
      await back
      await enter()
    },
  }
  return Promise.all(
    histories.map(async (each, index) => {
      await enter()
      try {
        return await runHistory(arena, tenantOf(index), each)
      } finally {
        unfinished--
        leave()
        if (faults.length > 0) console.error(faults)
      }
    }),
  )
}
