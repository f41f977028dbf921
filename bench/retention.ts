// `npm run bench retention [--alerts N] [--rate N]`: a database of a million alerts in closed cases, a seventh of them older than they are kept.
// How long does deleting those take, and what does it cost whoever takes alerts in meanwhile? Reference in the same run: taking in
// the same alerts while nothing is deleted. Says `filled` before it measures.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { changeRetention, defaultRetention, runRetention } from '../src/governance/retention.ts'
import { listBackupTables } from '../src/store/backup-tables.ts'
import { connectDatabase, type OpenDatabase } from '../src/store/connect.ts'
import { caseTables } from '../src/store/delete-cases.ts'
import { migrate } from '../src/store/migrate.ts'
import { newIngest } from '../test/support/new-ingest.ts'
import { startPostgresServer } from '../test/support/postgres-server.ts'
import { realisticAlerts } from './server/realistic-alerts.ts'

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '1000000' },
    /** Alerts a second that arrive meanwhile. */
    rate: { type: 'string', default: '500' },
  },
})
const dayMs = 86_400_000
const tenant = 'default'
const clock = { now: Date.now }
/** Real ones, taken in; the others are copies of them at other times, in cases of their own. */
const original = 20_000
const copies = Math.max(7, Math.round(Number(values.alerts) / original))
const keptDays = 6
const batchSize = 50

const folder = mkdtempSync(join(tmpdir(), 'tocsin-retention-'))
const server = await startPostgresServer(folder, {
  settings: { max_wal_size: '4GB', shared_buffers: '512MB' },
})
const database = connectDatabase({
  connection: server.connection,
  maxConnections: 8,
  onIdleError: () => {},
})
try {
  await migrate(database)
  await fill(database)
  await changeRetention(
    database,
    tenant,
    { ...defaultRetention, 'closed-cases': keptDays },
    'bench',
    clock.now(),
  )
  console.log(`filled: ${await count('alerts')} alerts in ${await count('cases')} closed cases`)
  await sleep(1000)
  const ingest = newIngest(database, clock)
  const arriving = realisticAlerts(1_000_000, 2, Date.now())
  const alone = await takeIn(ingest, arriving, sleep(15_000))
  const before = await count('alerts')
  const start = performance.now()
  const parts = {
    database,
    clock,
    vaultScope: (_: string, id: string) => id,
    digest: (value: string) => value,
  }
  const running = runRetention(parts, tenant, new AbortController().signal)
  const beside = await takeIn(ingest, arriving, running)
  const seconds = (performance.now() - start) / 1000
  const { 'closed-cases': cases = 0 } = await running
  const deleted = before + beside.alerts - (await count('alerts'))
  console.log(
    `deleted ${deleted} alerts in ${cases} cases in ${seconds.toFixed(1)} s: ${(deleted / seconds).toFixed(0)} alerts/s, while ${values.rate} a second arrived`,
  )
  for (const [name, run] of [
    ['nothing else', alone],
    ['the deletion', beside],
  ] as const)
    console.log(
      `taking in batches of ${batchSize} beside ${name}: p50 ${run.p50.toFixed(0)} ms, p99 ${run.p99.toFixed(0)} ms, at most ${run.most.toFixed(0)} ms; ${(run.alerts / run.seconds).toFixed(0)} alerts/s`,
    )
} finally {
  await database.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
}

async function count(table: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(`select count(*) as count from ${table}`)
  return row?.count ?? 0
}

/** Seven days of cases, each as old as the alerts in it. */
async function fill(into: OpenDatabase): Promise<void> {
  const ingest = newIngest(into, clock)
  const newestMs = Date.now() - dayMs / 2
  let batch: string[] = []
  for (const line of realisticAlerts(original, 1, newestMs - original * 20)) {
    if (batch.push(line) === 2000) await ingest(batch.splice(0))
  }
  if (batch.length > 0) await ingest(batch)
  await into.query(`update cases set status = 'closed', settled_ms = last_seen_ms`)
  await into.query('truncate jobs')
  batch = []
  const ofCases = ['cases', ...caseTables]
  for (const { name, columns } of await listBackupTables(into)) {
    if (!ofCases.includes(name)) continue
    const keys = columns.filter(
      column => ['key', 'case_id'].includes(column) || (column === 'id' && name !== 'alerts'),
    )
    const times = columns.filter(column =>
      ['timestamp_ms', 'received_ms', 'first_seen_ms', 'last_seen_ms'].includes(column),
    )
    const changed = (column: string) =>
      keys.includes(column)
        ? `t."${column}" || '-' || k`
        : times.includes(column)
          ? `t."${column}" - k * ${Math.floor((7 * dayMs) / copies)}::bigint`
          : `t."${column}"`
    const list = columns.map(column => `"${column}"`).join(', ')
    await into.query(
      `insert into "${name}" (${list}) select ${columns.map(changed).join(', ')} from "${name}" t, generate_series(1, ${copies - 1}) k`,
    )
  }
  await into.query('vacuum analyze')
  await into.query('checkpoint')
}

interface TakenIn {
  readonly alerts: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

/** At the rate that was asked for, until `end`: what is late is taken in as fast as it goes. */
async function takeIn(
  ingest: ReturnType<typeof newIngest>,
  lines: Generator<string>,
  end: Promise<unknown>,
): Promise<TakenIn> {
  let ended = false
  end.then(
    () => {
      ended = true
    },
    () => {
      ended = true
    },
  )
  const start = performance.now()
  const took: number[] = []
  while (!ended) {
    const dueMs = start + (took.length * batchSize * 1000) / Number(values.rate)
    await sleep(Math.max(0, dueMs - performance.now()))
    const batch = Array.from({ length: batchSize }, () => String(lines.next().value))
    const sent = performance.now()
    await ingest(batch)
    took.push(performance.now() - sent)
  }
  const seconds = (performance.now() - start) / 1000
  const sorted = took.toSorted((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0
  return { alerts: took.length * batchSize, seconds, p50: at(0.5), p99: at(0.99), most: at(1) }
}
