import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectDatabase } from '../../src/store/connect.ts'
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts'
import { startTocsin } from '../support/tocsin-process.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

export interface KillNineResult {
  readonly written: number
  /** Alerts whose post was answered with 2xx. */
  readonly acknowledged: number
  readonly kills: number
  readonly stored: number
  readonly duplicates: number
  readonly lost: readonly string[]
  /** Cases whose alert count is not the number of their alerts. */
  readonly wrongCounts: number
  /** Cases without a brief of their newest revision, once the work was done. */
  readonly unbriefed: number
}

/**
 * Ingests from a growing alerts file and by webhook while the whole program is killed with SIGKILL again and again;
 * then lets it finish once and looks at what the database holds. `random` decides when it dies.
 */
export async function killNine(
  kills: number,
  linesPerRound: number,
  random: () => number,
): Promise<KillNineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'tocsin-kill-'))
  chmodSync(folder, 0o755) // The embedded PostgreSQL runs as another account when we are root.
  const file = join(folder, 'alerts.json')
  writeFileSync(file, '')
  const settings = {
    TOCSIN_DATA: join(folder, 'data'),
    TOCSIN_PORT: '0',
    TOCSIN_ALERTS_FILE: file,
  }
  const acknowledged: string[] = []
  let written = 0
  const writeSome = () => {
    const lines = Array.from({ length: linesPerRound }, () => alertLine('file', ++written))
    appendFileSync(file, `${lines.join('\n')}\n`)
  }
  try {
    let token: string | undefined
    for (let kill = 0; kill < kills; kill++) {
      const running = startTocsin(['up'], settings)
      writeSome()
      const [, base = ''] = await running.seen(/ready on (http:\S+)\n/)
      token ??= await ingestToken(folder)
      const stop = new AbortController()
      const posting = postUntil(base, token, `kill${kill}`, acknowledged, stop.signal)
      const before = acknowledged.length
      await new Promise(resolve => setTimeout(resolve, 100 + random() * 1200))
      // However slow the machine is: a kill before anything was acknowledged would show nothing.
      while (acknowledged.length === before && running.child.exitCode === null)
        await new Promise(resolve => setTimeout(resolve, 20))
      writeSome()
      await new Promise(resolve => setTimeout(resolve, random() * 300))
      await running.end('SIGKILL')
      stop.abort()
      await posting
    }
    const last = startTocsin(['up'], settings)
    await last.seen(/ready on/)
    await settled(folder, written)
    const code = await last.end('SIGTERM')
    if (code !== 0) throw new Error(`tocsin ended with ${code}:\n${last.output()}`)
    return await inspect(folder, { kills, written, acknowledged })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function alertLine(source: string, number: number): string {
  return wazuhLine({
    id: `${1_770_000_000 + number}.${source}${number}`,
    atMs: 1_770_000_000_000 + number * 1000,
    host: `host-${number % 7}`,
    rule: ['5710', 5, 'sshd: attempt to log in with a name that does not exist', ['sshd']],
    data: { srcip: `203.0.113.${number % 5}`, srcuser: 'bob' },
    log: 'x'.repeat(1500),
  })
}

const keyOf = (source: string, number: number) => `${1_770_000_000 + number}.${source}${number}`

async function postUntil(
  base: string,
  token: string,
  source: string,
  acknowledged: string[],
  signal: AbortSignal,
): Promise<void> {
  for (let number = 1; !signal.aborted; number++) {
    try {
      const response = await fetch(`${base}/api/webhook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
        body: alertLine(source, number),
        signal,
      })
      if (response.ok) acknowledged.push(keyOf(source, number))
    } catch {
      return // Killed.
    }
  }
}

/** Opens the database beside the running program. */
async function withDatabase<Result>(
  folder: string,
  action: (database: ReturnType<typeof connectDatabase>) => Promise<Result>,
): Promise<Result> {
  const embedded = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    onProgress: () => {},
    signal: AbortSignal.timeout(300_000),
  })
  const database = connectDatabase({
    connection: embedded.connection,
    maxConnections: 2,
    onIdleError: () => {},
  })
  try {
    return await action(database)
  } finally {
    await database.close()
    await embedded.stop()
  }
}

/** A token of the admin's, put there as the API would. */
async function ingestToken(folder: string): Promise<string> {
  const { createToken } = await import('../../src/accounts/api-token.ts')
  const { randomIds } = await import('../../src/lib/ids.ts')
  return withDatabase(folder, async database => {
    const [admin] = await database.query<{ id: string }>('select id from users')
    const parts = {
      database,
      clock: { now: Date.now },
      ids: randomIds(),
      tenant: 'default',
      masterKey: async () => Buffer.alloc(32),
      publicUrl: undefined,
      provider: undefined,
      servesTenants: false,
      newRightMs: async () => 0,
      record: async () => undefined,
    }
    const details = { name: 'test', scopes: ['ingest' as const], expiresInDays: null }
    const { secret } = await createToken(database, parts, admin?.id ?? '', details)
    return secret
  })
}

/** Waits until all lines of the file are stored and no job is left. */
function settled(folder: string, written: number): Promise<void> {
  return withDatabase(folder, async database => {
    const end = performance.now() + 240_000
    while (performance.now() < end) {
      const [row] = await database.query<{ stored: number; jobs: number }>(
        `select (select count(*) from alerts where id like '%.file%') as stored, (select count(*) from jobs) as jobs`,
      )
      if (row && row.stored >= written && row.jobs === 0) return
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  })
}

function inspect(
  folder: string,
  facts: { readonly kills: number; readonly written: number; readonly acknowledged: readonly string[] },
): Promise<KillNineResult> {
  return withDatabase(folder, async database => {
    const rows = await database.query<{ id: string }>('select id from alerts')
    const ids = rows.map(row => row.id)
    const present = new Set(ids)
    const expected = [
      ...facts.acknowledged,
      ...Array.from({ length: facts.written }, (_, index) => keyOf('file', index + 1)),
    ]
    const [counts] = await database.query<{ wrong: number; unbriefed: number }>(
      `select count(*) filter (where c.alert_count <> (select count(*) from alerts a where a.case_id = c.id)) as wrong,
         count(*) filter (where c.briefed_revision < c.revision) as unbriefed from cases c`,
    )
    return {
      kills: facts.kills,
      written: facts.written,
      acknowledged: facts.acknowledged.length,
      stored: ids.length,
      duplicates: ids.length - present.size,
      lost: expected.filter(id => !present.has(id)),
      wrongCounts: counts?.wrong ?? -1,
      unbriefed: counts?.unbriefed ?? -1,
    }
  })
}
