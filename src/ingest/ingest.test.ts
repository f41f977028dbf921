import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import { fixedClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { seededRandom } from '../lib/seeded-random.ts'
import { setVerdicts } from '../store/case-actions.ts'
import { readCheckpoint } from '../store/checkpoints.ts'

const start = 1_770_000_000_000
const clock = fixedClock(start)

interface LooseAlert {
  readonly manager: object
  readonly agent: object
  readonly rule: object
}

const newProcess = (database: Database) => newIngest(database, clock)

const failedLogon = (second: number, host = 'web-01') =>
  wazuhLine({
    id: `${1_770_000_000 + second}.${second}`,
    atMs: start + second * 1000,
    host,
    rule: ['5710', 5, 'sshd: attempt to log in with a name that does not exist', ['sshd']],
    data: { srcip: '203.0.113.9', srcuser: 'bob' },
  })

describe.each(databaseKinds)('ingest on the %s database', kind => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase(kind)
  })
  afterAll(() => test.close())
  beforeEach(() =>
    test.database.query(
      'truncate alerts, cases, case_entities, alert_counts, quarantine, jobs, checkpoints, grouping_epoch',
    ),
  )

  const count = async (table: string, where = 'true') => {
    const sql = `select count(*) as count from ${table} where ${where}`
    const [row] = await test.database.query<{ count: number }>(sql)
    return row?.count
  }

  it('stores, groups and queues the work in one transaction, with the checkpoint', async () => {
    const take = newProcess(test.database)
    const receipt = await take([failedLogon(0), failedLogon(5)], { checkpoint: { offset: 42 } })
    expect(receipt).toEqual({ stored: 2, duplicates: 0, quarantined: 0, ignored: 0 })
    expect(await count('cases', 'alert_count = 2 and revision = 2')).toBe(1)
    expect(await count('jobs', `kind = 'case-investigate'`)).toBe(1)
    expect(await readCheckpoint(test.database, 'default', 'test')).toEqual({ offset: 42 })
    const entity = await test.database.query(
      `select alert_count, roles from case_entities where value = '203.0.113.9'`,
    )
    expect(entity).toEqual([{ alert_count: 2, roles: ['source'] }])
  })

  it('things that differ only far behind, or in what the database cannot hold, stop no batch', async () => {
    const long = `http://shop.example/?q=${'A'.repeat(600)}`
    const lines = [`${long}1`, `${long}2`, 'http://a.example/\0', 'http://a.example/\uFFFD'].map(
      (url, index) =>
        wazuhLine({
          id: `1770000100.${index}`,
          atMs: start + index * 1000,
          rule: ['31106', 6, 'A web attack returned code 200', ['web']],
          data: { srcip: '203.0.113.9', url },
        }),
    )
    expect(await newProcess(test.database)(lines)).toMatchObject({ stored: 4 })
    const urls = await test.database.query<{ alerts: number }>(
      `select alert_count as alerts from case_entities where type = 'url' order by length(value)`,
    )
    expect(urls).toEqual([{ alerts: 2 }, { alerts: 2 }])
  })

  it.each<[string, (alert: LooseAlert, long: string) => void]>([
    ['id', (alert, long) => Object.assign(alert, { id: long })],
    ['manager', (alert, long) => Object.assign(alert.manager, { name: long })],
    ['node', (alert, long) => Object.assign(alert, { cluster: { node: long } })],
    ['agent', (alert, long) => Object.assign(alert.agent, { name: long })],
    ['rule', (alert, long) => Object.assign(alert.rule, { id: long })],
  ])('an overlong name of %s goes to quarantine, and the rest of the batch is stored', async (_, change) => {
    // Text that PostgreSQL cannot compress, of three bytes a letter.
    const random = seededRandom(7)
    const letters = (length: number) =>
      Array.from({ length }, () => String.fromCharCode(0x4e00 + Math.floor(random() * 20_000))).join('')
    const changed = (long: string) => {
      const alert: LooseAlert = JSON.parse(failedLogon(5))
      change(alert, long)
      return JSON.stringify(alert)
    }
    const take = newProcess(test.database)
    expect(await take([failedLogon(0), changed(letters(4000))])).toMatchObject({ stored: 1, quarantined: 1 })
    expect(await count('quarantine', `code = 'name-too-long'`)).toBe(1)
    // As long as is let in.
    expect(await take([changed(letters(80))])).toMatchObject({ stored: 1 })
  })

  it('the same alert through two sources is one alert, in one batch or two', async () => {
    const take = newProcess(test.database)
    const line = failedLogon(0)
    const hit = `{"_index":"wazuh-alerts-4.x-2026.02.02","_id":"AbC","_source":${line}}`
    expect(await take([line, hit])).toMatchObject({ stored: 1, duplicates: 1 })
    expect(await take([hit], { source: 'indexer' })).toMatchObject({ stored: 0, duplicates: 1 })
    expect(await count('alerts')).toBe(1)
    expect(await count('cases', 'alert_count = 1')).toBe(1)
  })

  it('another alert that claims a stored id goes to quarantine, and is not lost', async () => {
    const take = newProcess(test.database)
    await take([failedLogon(0)])
    const impostor = failedLogon(0).replace('"5710"', '"5715"')
    expect(await take([impostor])).toMatchObject({ stored: 0, quarantined: 1 })
    const [row] = await test.database.query<{ code: string; content: Buffer }>(
      'select code, content from quarantine',
    )
    expect(row?.code).toBe('duplicate-id')
    expect(row?.content.toString()).toBe(impostor)
  })

  it('a finding is no copy of another because an attacker, or a second rule, gave it the id of the same event', async () => {
    const finding = (rule: string, level: string) =>
      JSON.stringify({
        '@timestamp': '2026-02-02T10:00:00.000Z',
        wazuh: { rule: { id: rule, title: 't', level }, agent: { id: '3', name: 'pc-1' } },
        event: { id: 'chosen'.repeat(500) },
      })
    const take = newProcess(test.database)
    const [low, grave] = [finding('r1', 'low'), finding('r2', 'critical')]
    expect(await take([low, grave])).toMatchObject({ stored: 2, quarantined: 0 })
    expect(await take([grave, low])).toMatchObject({ stored: 0, duplicates: 2, quarantined: 0 })
    expect(await count('cases', 'max_level = 15')).toBe(1)
  })

  it('hostile lines are kept byte for byte in quarantine, and cost the others nothing', async () => {
    const take = newProcess(test.database)
    const hostile = [
      'not json',
      Buffer.from([0xff, 0xfe, 0x00, 0x41]),
      `{"id":"1","__proto__":{"polluted":true}}`,
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      Buffer.alloc(5 * 1024 * 1024, 'x'),
      '{"rule":{"level":NaN}}',
    ]
    const receipt = await take([...hostile, failedLogon(0)])
    expect(receipt.stored + receipt.quarantined).toBeGreaterThanOrEqual(hostile.length + 1)
    expect(await count('alerts', `rule_id = '5710'`)).toBe(1)
    const kept = await test.database.query<{ content: Buffer }>('select content from quarantine')
    for (const line of hostile) {
      const bytes = Buffer.from(line)
      expect(kept.some(row => row.content.equals(bytes))).toBe(true)
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('text that PostgreSQL cannot hold is repaired in lists and exact in the raw alert', async () => {
    const take = newProcess(test.database)
    const odd = failedLogon(0).replace('"bob"', '"b\\u0000\\ud800ob"').replace('does not exist', 'no\\u0000t')
    await take([odd])
    const [row] = await test.database.query<{ raw: string; description: string }>(
      'select raw, description from alerts',
    )
    expect(row?.raw).toBe(odd)
    expect(row?.description).toContain('no\uFFFDt')
  })

  it('a restarted process goes on with the cases of the one before', async () => {
    await newProcess(test.database)([failedLogon(0)])
    await newProcess(test.connect())([failedLogon(60)])
    expect(await count('cases', 'alert_count = 2')).toBe(1)
  })

  it('two processes at once put alerts of one kind into one case, each alert once', async () => {
    const [one, two] = [newProcess(test.database), newProcess(test.connect())]
    const both = Array.from({ length: 10 }, (_, index) => index)
    await Promise.all(
      both.flatMap(index => [
        one([failedLogon(index * 2), failedLogon(index * 2 + 1)]),
        two([failedLogon(index * 2 + 1), failedLogon(1000 + index)]),
      ]),
    )
    expect(await count('alerts')).toBe(30)
    expect(await count('cases')).toBe(1)
    expect(await count('cases', 'alert_count = 30')).toBe(1)
  })

  it('a batch that fails leaves nothing, and the next one groups as if it had not been', async () => {
    const take = newProcess(test.database)
    await take([failedLogon(0)])
    await test.database.query(
      `alter table alert_counts add constraint planted check (rule_id <> '5710') not valid`,
    )
    await expect(take([failedLogon(1), failedLogon(2)])).rejects.toMatchObject({ code: 'database-failed' })
    await test.database.query('alter table alert_counts drop constraint planted')
    expect(await count('alerts')).toBe(1)
    await take([failedLogon(1)])
    expect(await count('cases', 'alert_count = 2 and revision = 2')).toBe(1)
  })

  it('batches of two processes that fail anywhere, while a person closes cases, lose no alert and count none twice', async () => {
    const random = seededRandom(20)
    const processes = [test.database, test.connect()].map(database => newProcess(failing(database, random)))
    const large = 'x'.repeat(30_000)
    const batchOf = (batch: number) =>
      Array.from({ length: 15 }, (_, index) =>
        wazuhLine({
          id: `${1_770_000_000 + batch}.${index}`,
          atMs: start + batch * 1000 + index,
          host: `web-${(batch + index) % 4}`,
          rule: [`57${index % 3}0`, 5, 'sshd: failed', ['sshd']],
          data: { srcip: `203.0.113.${index % 2}`, srcuser: `bob-${batch % 3}` },
          log: index % 3 === 0 ? large : 'short',
        }),
      )
    let failures = 0
    const untilTaken = async (take: (typeof processes)[number], batch: number): Promise<void> => {
      for (;;) {
        try {
          await take(batchOf(batch))
          return
        } catch (error) {
          expect(String(error)).toContain('planted')
          failures++
        }
      }
    }
    for (let batch = 0; batch < 12; batch++) {
      // Both take the same, and one of them another.
      const [one, other] = processes as [(typeof processes)[number], (typeof processes)[number]]
      await Promise.all([untilTaken(one, batch), untilTaken(other, batch), untilTaken(other, batch + 1)])
      const [open] = await test.database.query<{ id: string }>(
        `select id from cases where status = 'open' limit 1`,
      )
      const decision = { verdict: 'false_positive' as const, reason: '', userId: 'user_1' }
      if (open !== undefined && batch % 3 === 2)
        await setVerdicts(test.database, 'default', [open.id], decision, clock.now())
    }
    expect(failures).toBeGreaterThan(10)
    expect(await count('alerts')).toBe(13 * 15)
    const [sums] = await test.database.query(
      `select (select sum(count) from alert_counts)::int as counted,
         (select count(*) from cases c where alert_count <> (select count(*) from alerts a where a.case_id = c.id)) as wrong,
         (select count(*) from alerts where case_id not in (select id from cases)) as homeless,
         (select count(*) from case_entities e where type = 'host' and alert_count <>
           (select count(*) from alerts a where a.case_id = e.case_id and a.agent_name = e.value)) as miscounted`,
    )
    expect(sums).toEqual({ counted: 13 * 15, wrong: 0, homeless: 0, miscounted: 0 })
  })

  it('a batch stores nothing when the one before it failed', async () => {
    const take = newProcess(test.database)
    const failed = Promise.reject(new Error('the database is away'))
    await expect(take([failedLogon(0)], { before: failed, checkpoint: { offset: 9 } })).rejects.toThrow(
      'away',
    )
    expect(await count('alerts')).toBe(0)
    expect(await count('checkpoints')).toBe(0)
  })

  it('alerts do not hide in a case that a person has closed', async () => {
    const take = newProcess(test.database)
    await take([failedLogon(0)])
    const [before] = await test.database.query<{ id: string }>('select id from cases')
    const decision = { verdict: 'false_positive' as const, reason: '', userId: 'user_1' }
    await setVerdicts(test.database, 'default', [before?.id ?? ''], decision, clock.now())
    await take([failedLogon(30)])
    expect(await count('cases', `status = 'open' and alert_count = 1`)).toBe(1)
    expect(await count('cases', `status = 'closed' and alert_count = 1`)).toBe(1)
  })

  it('a real alert that joins a case of the sample makes it a real case', async () => {
    const take = newProcess(test.database)
    await take([failedLogon(0)], { sample: true })
    expect(await count('cases', 'sample')).toBe(1)
    await take([failedLogon(5)])
    await take([failedLogon(9)], { sample: true })
    expect(await count('cases', 'not sample and alert_count = 3')).toBe(1)
  })

  it("Tocsin's own enrichment, back from Wazuh, is counted and not taken in", async () => {
    const take = newProcess(test.database)
    const own = (location: string) =>
      wazuhLine({
        rule: ['100901', 3, 'Tocsin', ['tocsin']],
        data: { integration: 'custom-tocsin', tocsin: { case_id: 'case_1' } },
        location,
      })
    const receipt = await take(['custom-tocsin', 'API-Webhook'].map(own))
    expect(receipt).toEqual({ stored: 0, duplicates: 0, quarantined: 0, ignored: 2 })
    // A line that an attacker wrote into a log does not hide by naming the integration.
    expect(await take([own('/var/log/app.json')])).toMatchObject({ stored: 1, ignored: 0 })
    // Nor does anything grave where somebody else feeds events in by the same ways.
    const data = { integration: 'custom-tocsin' }
    const grave = wazuhLine({
      id: '1.1',
      rule: ['100999', 12, 'Shell', ['x']],
      data,
      location: 'API-Webhook',
    })
    expect(await take([grave])).toMatchObject({ stored: 1, ignored: 0 })
  })
})

/** A database of which, every other time, a statement fails or a COPY breaks off in the middle. */
function failing(database: Database, random: () => number): Database {
  return {
    ...database,
    query: async (text, values) => {
      if (random() < 0.2) throw new Error('planted')
      return database.query(text, values)
    },
    transaction: (action, options) => {
      let left = random() < 0.5 ? Math.floor(random() * 12) : Number.POSITIVE_INFINITY
      const step = () => {
        if (left-- <= 0) throw new Error('planted')
      }
      return database.transaction(
        sql =>
          action({
            ...sql,
            query: async (text, values) => {
              step()
              return sql.query(text, values)
            },
            copyIn: (statement, chunks) =>
              sql.copyIn(
                statement,
                (async function* () {
                  for await (const chunk of chunks) {
                    step()
                    yield chunk
                  }
                })(),
              ),
          }),
        options,
      )
    },
  }
}
