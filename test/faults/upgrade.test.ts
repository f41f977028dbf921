import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { connectDatabase } from '../../src/store/connect.ts'
import { migrationNames } from '../../src/store/migrate.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { freePort } from '../support/free-port.ts'
import { databaseKinds } from '../support/postgres.ts'
import { startPostgresServer } from '../support/postgres-server.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { startProviderServer } from '../support/provider-servers/start-server.ts'
import { startWazuhServer } from '../support/wazuh-server.ts'
import { faultModels, inspect, postAlerts, settle, until } from './installation.ts'
import { Supervised } from './supervised.ts'

// The version before the newest change of the schema runs under load; the new one starts beside it, changes the schema under
// it, and takes over program by program. Nobody stops the load.

const root = join(import.meta.dirname, '..', '..')
const git = (...args: readonly string[]) => execFileSync('git', args, { cwd: root, maxBuffer: 1e9 })

/** The commit before the newest migration came, where there is a history. */
function versionBefore(newest: string): string | undefined {
  try {
    const added = git('log', '--diff-filter=A', '--format=%H', '--', `src/store/migrations/${newest}`)
    const [commit] = added.toString().trim().split('\n')
    return commit ? git('rev-parse', `${commit}^`).toString().trim() : undefined
  } catch {
    return undefined
  }
}

const newest = (await migrationNames()).at(-1) ?? ''
const before = versionBefore(newest)
if (before === undefined) console.warn('SKIPPED: no git history with the version before the newest migration')

it.skipIf(before === undefined || !databaseKinds.includes('server'))(
  'an update under load loses no acknowledged alert and briefs nothing twice, while both versions run',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tocsin-upgrade-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    const old = join(folder, 'old')
    mkdirSync(old)
    execFileSync('tar', ['-x', '-C', old], { input: git('archive', before ?? '') })
    symlinkSync(join(root, 'node_modules'), join(old, 'node_modules'))
    const server = await startPostgresServer(mkdtempSync(join(folder, 'db-')), { maxConnections: 150 })
    const database = connectDatabase({
      connection: server.connection,
      maxConnections: 2,
      onIdleError: () => {},
    })
    const model = await startProviderServer(openaiCompatible, 'test-key')
    model.always({ kind: 'answer', text: citingAnswer, afterMs: 200 })
    const wazuh = await startWazuhServer()
    writeFileSync(join(folder, 'models.yaml'), faultModels(model.url))
    const port = await freePort()
    const settings = {
      TOCSIN_DATA: join(folder, 'data'),
      TOCSIN_MODELS: join(folder, 'models.yaml'),
      TOCSIN_STUB_KEY: 'test-key',
      TOCSIN_ALERTS_FILE: 'off',
      TOCSIN_BUILD_CONSOLE: 'off',
      TOCSIN_LOG_LEVEL: 'error',
      TOCSIN_PORT: String(port),
      TOCSIN_REQUESTS_PER_MINUTE: '1000000', // The load and the person come from one address.
      DATABASE_URL: server.url,
    }
    const program = (name: string, version: string) =>
      new Supervised(name, [name], settings, { root: version })
    const oldServe = program('serve', old)
    const oldWorker = program('worker', old)
    const newServe = program('serve', root)
    const newWorker = program('worker', root)
    const processes = [oldServe, oldWorker, newServe, newWorker]
    const said = () => processes.map(each => each.output()).join('\n')
    const stop = new AbortController()
    const acknowledged: string[] = []
    const count = { refused: 0, actions: 0 }
    try {
      for (const each of [oldServe, oldWorker]) each.start()
      await until(async () => /one-time password \S+/.test(oldServe.output()), said)
      const token = await workToken(port, /one-time password (\S+)/.exec(oldServe.output())?.[1] ?? '')
      const applied = async () => {
        const rows = await database.query<{ name: string }>('select name from migrations')
        return rows.some(({ name }) => name === newest)
      }
      expect(await applied()).toBe(false)
      const load = postAlerts(port, token, acknowledged, count, stop.signal)
      const person = workOnCases(port, token, stop.signal)
      const more = (alerts: number) => {
        const wanted = acknowledged.length + alerts
        return until(async () => acknowledged.length >= wanted, said)
      }
      await more(20)
      newWorker.start()
      await until(applied, said)
      // Both versions work on one schema.
      await more(20)
      expect(await oldServe.end()).toBe(0)
      newServe.start()
      await more(20)
      expect(await oldWorker.end()).toBe(0)
      await more(20)
      await until(async () => Object.values(person.done).every(times => times > 0), said)
      stop.abort()
      await load
      await person.over
      expect(person.failed).toEqual([])
      const setAside = await settle(database, said)
      await Promise.all(processes.map(each => each.end()))
      const facts = await inspect(database, wazuh, { acknowledged, ...count, setAside, processes })
      expect(facts.lost).toEqual([])
      expect(facts).toMatchObject({ storedTwice: 0, miscounted: 0, briefedTwice: 0, unbriefed: 0 })
      expect(facts.ledger).toMatchObject({ ok: true })
      expect(facts).toMatchObject({ restarts: 0, setAside: 0 })
      expect(facts.modelBriefs).toBeGreaterThan(0)
    } finally {
      stop.abort()
      await Promise.all(processes.map(each => each.end()))
      await database.close()
      await server.stop()
      await Promise.all([model.close(), wazuh.close()])
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

/** A person who gives verdicts and takes them back, merges and splits, all the while; what was done, and what failed. */
function workOnCases(port: number, token: string, signal: AbortSignal) {
  const done = { verdict: 0, reopen: 0, merge: 0, split: 0 }
  const failed: string[] = []
  const call = async (path: string, body?: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/cases${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    // Away while its program is exchanged, or changed by somebody else meanwhile: one looks again.
    if (!answer.ok && ![404, 409, 429, 503].includes(answer.status))
      failed.push(`${path}: ${answer.status} ${text}`)
    return answer.ok ? JSON.parse(text) : undefined
  }
  const act = async (what: keyof typeof done, id: string, body: object) => {
    if ((await call(`/${id}/${what}`, body)) !== undefined) done[what] += 1
  }
  const round = async () => {
    const page = await call('?limit=20')
    const [first, second] = page?.cases ?? []
    if (first === undefined) return
    const reason = 'looked at while the program was updated'
    await act('verdict', first.id, { verdict: 'benign_true_positive', reason })
    await act('reopen', first.id, { reason })
    if (second !== undefined) await act('merge', first.id, { ids: [second.id] })
    const alerts = (await call(`/${first.id}/alerts?limit=20`))?.alerts ?? []
    if (alerts.length > 1) await act('split', first.id, { alertKeys: [alerts[0].key] })
  }
  const over = (async () => {
    while (!signal.aborted) await round().catch(() => sleep(50)) // The server is being exchanged.
  })()
  return { done, failed, over }
}

async function workToken(port: number, password: string): Promise<string> {
  const url = `http://127.0.0.1:${port}`
  const headers: Record<string, string> = { 'content-type': 'application/json' }
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    const [cookie] = answer.headers.getSetCookie()
    if (cookie !== undefined) headers.cookie = cookie.split(';')[0] ?? ''
    return JSON.parse(await answer.text())
  }
  const { session } = await post('/api/session', { username: 'admin', password })
  headers['x-csrf-token'] = session.csrfToken
  await post('/api/session/password', { current: password, next: 'a password of the test' })
  const { secret } = await post('/api/tokens', {
    name: 'test',
    scopes: ['ingest', 'read', 'triage'],
    expiresInDays: null,
  })
  return secret
}
