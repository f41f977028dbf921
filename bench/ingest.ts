// `npm run bench ingest [--alerts N]`: alerts per second from a file to stored and grouped, on the embedded database
// and on a PostgreSQL server. Reference in the same run: the same lines through JSON.parse and COPY into the same indexed
// table. Each measurement is a process of its own on a fresh database, so that memory can be compared.
import { spawnSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { speaksOfAttack } from '../src/assess/assess-alert.ts'
import { defaultGrouping } from '../src/group/grouping-options.ts'
import { GroupingMemory } from '../src/ingest/grouping-memory.ts'
import { createIngest } from '../src/ingest/ingest.ts'
import { systemClock } from '../src/lib/clock.ts'
import { randomIds } from '../src/lib/ids.ts'
import { alertsFile } from '../src/sources/alerts-file.ts'
import { LineSplitter } from '../src/sources/line-splitter.ts'
import { type CopyColumns, copyRows } from '../src/store/copy-rows.ts'
import { type DatabaseKind, databaseKinds, openTestDatabase } from '../test/support/postgres.ts'
import { realisticAlerts } from './server/realistic-alerts.ts'

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '200000' },
    one: { type: 'string' },
    kind: { type: 'string', default: 'embedded' },
    file: { type: 'string', default: '' },
  },
})
const total = Number(values.alerts)
/** Rows of one COPY of the reference: it has no more to gain from more. */
const batchLines = 3000

interface Measured {
  readonly perSecond: number
  readonly cases: number
  /** Resident memory after a quarter and at the end, in MB. */
  readonly rssMb: readonly [number, number]
}

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
  const file = join(folder, 'alerts.json')
  try {
    writeFileSync(file, '')
    let chunk: string[] = []
    for (const line of realisticAlerts(total, 1)) {
      chunk.push(line)
      if (chunk.length === 5000) {
        writeFileSync(file, `${chunk.join('\n')}\n`, { flag: 'a' })
        chunk = []
      }
    }
    if (chunk.length > 0) writeFileSync(file, `${chunk.join('\n')}\n`, { flag: 'a' })
    console.log(`${total} alerts, ${(statSync(file).size / total / 1024).toFixed(1)} KB each`)
    for (const kind of databaseKinds) {
      const [base, ours] = [measure('reference', kind, file), measure('tocsin', kind, file)]
      console.log(
        `${kind}: ${ours.perSecond.toFixed(0)} alerts/s stored and grouped into ${ours.cases} cases; parse + COPY ${base.perSecond.toFixed(0)}/s; ratio ${(ours.perSecond / base.perSecond).toFixed(2)}; resident ${ours.rssMb[0]} MB after a quarter, ${ours.rssMb[1]} MB at the end`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function measure(one: string, kind: DatabaseKind, file: string): Measured {
  // The flags with which Tocsin is started (package.json, deploy/).
  const args = [
    '--max-semi-space-size=32',
    '--heap-growing-percent=100',
    import.meta.filename,
    '--one',
    one,
    '--kind',
    kind,
    '--file',
    file,
    '--alerts',
    String(total),
  ]
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (done.status !== 0) throw new Error(`the ${one} run failed`)
  return JSON.parse(done.stdout.trim().split('\n').at(-1) ?? '')
}

const rssMb = () => Math.round(process.memoryUsage().rss / 1024 / 1024)

/** From the follower of alerts.json through ingest, as in the product. */
async function tocsin(): Promise<Measured> {
  const test = await openTestDatabase(values.kind as DatabaseKind) // Checked by openTestDatabase's own switch.
  const ids = randomIds()
  const ingest = createIngest({
    database: test.database,
    memory: new GroupingMemory({ ...defaultGrouping, speaksOfAttack }, ids, systemClock),
    clock: systemClock,
    ids,
    slaMinutes: [1440, 480, 120, 30],
  })
  const stop = new AbortController()
  const start = performance.now()
  let stored = 0
  let quarterMb = 0
  await alertsFile({ path: values.file, pollMs: 10 }).run(
    undefined,
    async (lines, checkpoint, before) => {
      const batch = { tenant: 'default', source: 'bench', sample: false, lines, checkpoint }
      const receipt = await ingest({ ...batch, ...(before && { before }) })
      stored += receipt.stored
      if (quarterMb === 0 && stored >= total / 4) quarterMb = rssMb()
      if (stored >= total) stop.abort()
    },
    state => {
      if (state.kind === 'failing') throw new Error(state.detail)
    },
    stop.signal,
  )
  const seconds = (performance.now() - start) / 1000
  const [row] = await test.database.query<{ cases: number }>('select count(*) as cases from cases')
  const endMb = rssMb()
  await test.close()
  return { perSecond: total / seconds, cases: row?.cases ?? 0, rssMb: [quarterMb, endMb] }
}

/** The least that storing them takes: parse each line, COPY it into the same table with the same indexes. */
async function reference(): Promise<Measured> {
  const test = await openTestDatabase(values.kind as DatabaseKind)
  const start = performance.now()
  let stored = 0
  let quarterMb = 0
  const splitter = new LineSplitter(0)
  let waiting: string[] = []
  const flush = async (lines: readonly string[]) => {
    await test.database.transaction(sql => sql.copyIn(copyStatement, copyRows(lines, writeRow)))
    stored += lines.length
    if (quarterMb === 0 && stored >= total / 4) quarterMb = rssMb()
  }
  for await (const chunk of createReadStream(values.file, { highWaterMark: 1024 * 1024 })) {
    waiting.push(...splitter.push(Buffer.from(chunk)).map(line => line.bytes.toString()))
    while (waiting.length >= batchLines) await flush(waiting.splice(0, batchLines))
  }
  if (waiting.length > 0) await flush(waiting)
  waiting = []
  const seconds = (performance.now() - start) / 1000
  await test.close()
  return { perSecond: total / seconds, cases: 0, rssMb: [quarterMb, rssMb()] }
}

const copyStatement = `copy alerts (tenant_id, key, id, case_id, why, source, generation, timestamp_ms, received_ms, rule_id,
  level, description, agent_id, agent_name, location, techniques, raw) from stdin (format binary)`

function writeRow(to: CopyColumns, line: string): void {
  const alert = JSON.parse(line)
  const text = (value: unknown) => to.text(String(value))
  text('default')
  text(`${alert.manager.name}//${alert.id}`)
  text(alert.id)
  text(`case_${alert.rule.id}_${alert.agent.name}`)
  text('reference')
  text('bench')
  to.int2(4)
  to.int8(Date.parse(alert.timestamp))
  to.int8(0)
  text(alert.rule.id)
  to.int2(alert.rule.level)
  text(alert.rule.description)
  text(alert.agent.id)
  text(alert.agent.name)
  text(alert.location)
  to.texts(alert.rule.mitre?.id ?? [])
  text(line)
}

if (values.one === undefined) compare()
else console.log(JSON.stringify(await (values.one === 'tocsin' ? tocsin() : reference())))
