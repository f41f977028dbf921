// `npm run bench scale [--seconds N] [--latency MS]`: evidence and briefs by 1, 2 and 4 `tocsin worker` processes on one PostgreSQL server, with a
// model that takes one second, over real HTTP. Reference in the same run: one worker, times the number of workers. Then
// a day of ten million alerts is gone through on paper with the service times that were just measured.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/lib/clock.ts'
import { connectDatabase, type OpenDatabase } from '../src/store/connect.ts'
import { migrate } from '../src/store/migrate.ts'
import { citingAnswer } from '../test/support/citing-answer.ts'
import { newIngest } from '../test/support/new-ingest.ts'
import { type PostgresServer, startPostgresServer } from '../test/support/postgres-server.ts'
import { openaiCompatible } from '../test/support/provider-servers/chat-completions.ts'
import { startProviderServer } from '../test/support/provider-servers/start-server.ts'
import { stubModels } from '../test/support/stub-models.ts'
import { startTocsin, type TocsinProcess } from '../test/support/tocsin-process.ts'
import { wazuhLine } from '../test/support/wazuh-alert.ts'
import { officeDay, replayDay, type StageResult } from './scale-out/replay-day.ts'
import { realisticAlerts } from './server/realistic-alerts.ts'

const { values } = parseArgs({
  options: {
    /** How long each measurement should take, about. */
    seconds: { type: 'string', default: '30' },
    latency: { type: 'string', default: '1000' },
  },
})
const latencyMs = Number(values.latency)
/** Model questions that one worker has under way at once: `maxConcurrent` below. */
const inFlight = 8
const alertsPerCase = 5
const dayAlerts = 10_000_000
const dayRate = dayAlerts / 86_400

const folder = mkdtempSync(join(tmpdir(), 'tocsin-scale-'))
const databaseFolder = mkdtempSync(join(tmpdir(), 'tocsin-scale-db-'))
const server = await startPostgresServer(databaseFolder, { maxConnections: 200 })
const model = await startProviderServer(openaiCompatible, 'test-key')
model.always({ kind: 'answer', text: citingAnswer, afterMs: latencyMs })
const models = { asked: join(folder, 'models.yaml'), none: join(folder, 'none.yaml') }
writeFileSync(
  models.asked,
  stubModels(model.url, { zone: 'contracted', maxConcurrent: inFlight }, { briefs: { minLevel: 0 } }),
)
writeFileSync(models.none, '')
try {
  console.log(
    `${availableParallelism()} cores, PostgreSQL on the same machine, a model that takes ${latencyMs} ms, ${inFlight} questions at once a worker`,
  )
  const runs = new Map<number, Run>()
  for (const workers of [1, 2, 4]) {
    const cases = Math.round(((workers * inFlight * 1000) / latencyMs) * Number(values.seconds))
    const run = await measure(workers, cases, models.asked, 'model')
    runs.set(workers, run)
    const linear = (runs.get(1)?.perSecond ?? 0) * workers
    console.log(
      `${workers} workers: ${run.perSecond.toFixed(1)} briefs/s over ${run.cases} cases, ${(run.perSecond / linear).toFixed(2)} of linear, ${((1000 * run.perSecond) / latencyMs / workers / inFlight).toFixed(2)} of what the model allows; CPU: workers ${run.workerCpu.toFixed(2)}, PostgreSQL ${run.databaseCpu.toFixed(2)} cores; ${run.twice} cases briefed twice`,
    )
  }
  const code = await measure(1, 3000, models.none, 'computed')
  console.log(`1 worker without a model: ${code.perSecond.toFixed(0)} computed briefs/s`)
  const ingest = await measureIngest()
  console.log(
    `ingest: ${ingest.perSecond.toFixed(0)} alerts/s in one process; ${ingest.briefsPerAlert.toFixed(3)} briefs an alert at ${Math.round(dayRate)} alerts/s, ${(100 * ingest.questionsPerBrief).toFixed(2)} % of them of cases for a model`,
  )
  for (const workers of [1, 2, 4, 8, 16, 32]) printDay(workers, ingest, code.perSecond, runs)
} finally {
  await model.close()
  await server.stop()
  for (const path of [folder, databaseFolder]) rmSync(path, { recursive: true, force: true })
}

interface Run {
  readonly cases: number
  readonly perSecond: number
  readonly workerCpu: number
  readonly databaseCpu: number
  readonly twice: number
}

/** Cases lie there already; the workers start, and between a tenth and nine tenths of the briefs the clock runs. */
async function measure(
  workers: number,
  cases: number,
  modelsFile: string,
  origin: 'model' | 'computed',
): Promise<Run> {
  const name = `scale_${origin}_${workers}`
  const { url, database } = await freshDatabase(server, name)
  const running: TocsinProcess[] = []
  try {
    await fill(database, cases)
    for (let worker = 0; worker < workers; worker++)
      running.push(
        startTocsin(['worker'], {
          DATABASE_URL: url,
          TOCSIN_DATA: join(folder, 'data'),
          TOCSIN_MODELS: modelsFile,
          TOCSIN_STUB_KEY: 'test-key',
        }),
      )
    await Promise.all(running.map(worker => worker.seen(/working/)))
    const briefed = async () => {
      const [row] = await database.query<{ done: number }>(
        `select count(*) as done from briefs where origin = $1`,
        [origin],
      )
      return row?.done ?? 0
    }
    const start = await until(briefed, Math.ceil(cases / 10), running)
    const cpuBefore = cpuOf(running, server)
    const end = await until(briefed, Math.floor((cases * 9) / 10), running)
    const cpuAfter = cpuOf(running, server)
    await until(briefed, cases, running)
    const seconds = (end.atMs - start.atMs) / 1000
    const [twice] = await database.query<{ twice: number }>(
      `select count(*) as twice from (select from briefs where origin = $1 group by case_id, revision having count(*) > 1) t`,
      [origin],
    )
    return {
      cases,
      perSecond: (end.done - start.done) / seconds,
      workerCpu: (cpuAfter.workers - cpuBefore.workers) / seconds,
      databaseCpu: (cpuAfter.database - cpuBefore.database) / seconds,
      twice: twice?.twice ?? 0,
    }
  } finally {
    await Promise.all(running.map(worker => worker.end('SIGTERM')))
    await database.close()
  }
}

async function freshDatabase(from: PostgresServer, name: string) {
  const admin = connectDatabase({ connection: from.connection, maxConnections: 1, onIdleError: () => {} })
  await admin.query(`create database ${name}`)
  await admin.close()
  const database = connectDatabase({
    connection: { ...from.connection, database: name },
    maxConnections: 4,
    onIdleError: () => {},
  })
  await migrate(database)
  return { database, url: from.url.replace('/postgres?', `/${name}?`) }
}

/** Each case is an intrusion of its own: another host, account and address. */
async function fill(database: OpenDatabase, cases: number): Promise<void> {
  const ingest = newIngest(database, systemClock)
  const nowMs = Date.now()
  for (let from = 0; from < cases; from += 100) {
    const lines = Array.from({ length: Math.min(100, cases - from) }, (_, index) => from + index).flatMap(
      number =>
        Array.from({ length: alertsPerCase }, (__, nth) =>
          wazuhLine({
            id: `${Math.floor(nowMs / 1000)}.${number}0${nth}`,
            atMs: nowMs - 60_000 + nth * 1000,
            host: `host-${number}`,
            rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
            techniques: ['T1110'],
            data: { srcip: `203.0.${number >> 8}.${number & 255}`, srcuser: `user${number}` },
            log: `Failed password for user${number} from 203.0.${number >> 8}.${number & 255} port 4022 ssh2`,
          }),
        ),
    )
    await ingest(lines)
  }
  const [row] = await database.query<{ cases: number }>('select count(*) as cases from cases')
  if (row?.cases !== cases) throw new Error(`${cases} cases were meant, ${row?.cases} were made`)
}

async function until(
  count: () => Promise<number>,
  wanted: number,
  running: readonly TocsinProcess[],
): Promise<{ readonly atMs: number; readonly done: number }> {
  for (;;) {
    const done = await count()
    if (done >= wanted) return { atMs: performance.now(), done }
    const gone = running.find(worker => worker.child.exitCode !== null)
    if (gone !== undefined) throw new Error(`a worker ended:\n${gone.output()}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Seconds of CPU so far, of the workers and of PostgreSQL with all its children. */
function cpuOf(workers: readonly TocsinProcess[], database: PostgresServer) {
  const used = (pid: number) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / 100
  }
  const children = readFileSync(`/proc/${database.pid()}/task/${database.pid()}/children`, 'utf8')
  return {
    workers: workers.reduce((sum, { child }) => sum + used(child.pid ?? 0), 0),
    database: children
      .trim()
      .split(' ')
      .reduce((sum, pid) => sum + used(Number(pid)), 0),
  }
}

interface IngestRun {
  readonly perSecond: number
  /** At the day's average rate: what arrives for a case within a second is one brief. */
  readonly briefsPerAlert: number
  /** Of those, in cases from the level on from which a model is asked by default. */
  readonly questionsPerBrief: number
}

async function measureIngest(): Promise<IngestRun> {
  const { database } = await freshDatabase(server, 'scale_ingest')
  const ingest = newIngest(database, systemClock)
  const total = 60_000
  const start = performance.now()
  let batch: string[] = []
  for (const line of realisticAlerts(total, 1, Date.now() - 20 * total)) {
    batch.push(line)
    if (batch.length < 3000) continue
    await ingest(batch)
    batch = []
  }
  const seconds = (performance.now() - start) / 1000
  // The alerts are 20 ms apart: so many milliseconds of theirs are a second of the day.
  const [row] = await database.query<{ briefs: number; asked: number }>(
    `select count(*) as briefs, count(*) filter (where c.max_level >= 12) as asked
     from (select distinct case_id, timestamp_ms / $1::bigint as second from alerts) a join cases c on c.id = a.case_id`,
    [Math.round(20 * dayRate)],
  )
  await database.close()
  if (row === undefined) throw new Error('no row of counts')
  return {
    perSecond: total / seconds,
    briefsPerAlert: row.briefs / total,
    questionsPerBrief: row.asked / row.briefs,
  }
}

/** Workers beyond those measured count as the largest measured number of them did, on as many more cores. */
function printDay(
  workers: number,
  ingest: IngestRun,
  computedPerSecond: number,
  measured: Map<number, Run>,
): void {
  const most = Math.max(...measured.keys())
  const run = measured.get(Math.min(workers, most))
  if (run === undefined) return
  const day = replayDay({
    alerts: dayAlerts,
    hours: officeDay,
    // A scan of the whole network at eleven: ten minutes of five times as many.
    bursts: [{ atSecond: 11 * 3600, seconds: 600, times: 5 }],
    briefsPerAlert: ingest.briefsPerAlert,
    questionsPerBrief: ingest.questionsPerBrief,
    ingestPerSecond: ingest.perSecond,
    briefsPerSecond: computedPerSecond * workers,
    questionsPerSecond: (run.perSecond * workers) / Math.min(workers, most),
    seed: 1,
  })
  const said = (name: string, stage: StageResult) =>
    `${name} ${(100 * stage.used).toFixed(0)} % used, waits p50 ${stage.waitP50} s, p99 ${stage.waitP99} s, at most ${stage.waitMax} s${stage.left > 0 ? `, ${stage.left} left at midnight` : ''}`
  console.log(
    `a day of ${dayAlerts} alerts with ${workers} workers, on paper: ${said('ingest', day.ingest)}; ${said('computed briefs', day.briefs)}; ${said('model briefs', day.questions)}`,
  )
}
