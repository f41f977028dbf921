import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import type { CaseDraft } from '../domain/case.ts'
import { leanings, standingOf, urgencyOf } from '../domain/queue-place.ts'
import { severities } from '../domain/verdict.ts'
import { type CaseFilter, type CasePosition, type CaseSort, listCases } from './case-list.ts'
import type { CaseRow } from './case-row.ts'
import { upsertCases } from './grown-cases.ts'
import { recountCase } from './recount-case.ts'

/** Three of each severity and leaning, a few minutes apart; every fourth is closed. */
const kinds = severities.flatMap(severity => leanings.map(leaning => ({ severity, leaning })))
const rows = [0, 1, 2].flatMap(round =>
  kinds.map(({ severity, leaning }, index) => {
    const n = round * kinds.length + ((index * 5) % kinds.length)
    return { id: `case_${severity}_${leaning}_${round}`, severity, leaning, seenMs: n * 60_000, n }
  }),
)
const isClosed = (n: number) => n % 4 === 3

describe('the order of the queue', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
    await test.database.query(
      `insert into cases (tenant_id, id, title, severity, leaning, leaning_severity, max_level, status, alert_count, revision, first_seen_ms,
         last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping)
       select 'default', id, 'A case', severity, leaning, severity, 3, status, 1, 1, at, at, at, at, at, '{}', '{}', '{}', '{}', '{}'
       from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::bigint[]) as r (id, severity, leaning, status, at)`,
      [
        rows.map(row => row.id),
        rows.map(row => severities.indexOf(row.severity)),
        rows.map(row => row.leaning),
        rows.map(row => (isClosed(row.n) ? 'closed' : 'open')),
        rows.map(row => row.seenMs),
      ],
    )
  })
  afterAll(() => test.close())

  async function pages(sort: CaseSort, filter: CaseFilter, limit: number): Promise<CaseRow[]> {
    const found: CaseRow[] = []
    let after: CasePosition | undefined
    do {
      const page = await listCases(test.database, 'default', filter, { sort, after, limit })
      found.push(...page.rows)
      after = page.next
    } while (after !== undefined)
    return found
  }
  const one = async (id: string): Promise<CaseRow> => {
    const found = (await pages('newest', { text: id }, 10))[0]
    if (found === undefined) throw new Error(`no ${id}`)
    return found
  }
  /** Ids are `case_SEVERITY_LEANING_ROUND`. */
  const kindOf = ({ id }: CaseRow) => id.split('_').slice(1, 3).join(' ')

  it('raises a likely attack by a step, and lowers a harmless one only within its severity', async () => {
    const order = [...new Set((await pages('priority', {}, 100)).map(kindOf))]
    expect(order).toEqual([
      'critical 1',
      'high 1',
      'critical 0',
      'critical -1',
      'medium 1',
      'high 0',
      'high -1',
      'low 1',
      'medium 0',
      'medium -1',
      'low 0',
      'low -1',
    ])
  })

  it('is computed by the database as by the code', async () => {
    for (const row of await pages('newest', {}, 100)) {
      const given = rows.find(({ id }) => id === row.id)
      expect([row.id, row.urgency]).toEqual([row.id, given && urgencyOf(given.severity, given.leaning)])
    }
  })

  const filters: readonly (readonly [string, CaseFilter, (row: (typeof rows)[number]) => boolean])[] = [
    ['all', {}, () => true],
    ['open ones', { status: ['open'] }, row => !isClosed(row.n)],
    ['closed ones', { status: ['closed'] }, row => isClosed(row.n)],
    [
      'two severities',
      { severity: ['high', 'low'] },
      row => row.severity === 'high' || row.severity === 'low',
    ],
  ]
  it.each(
    filters.flatMap(([name, filter, keep]) =>
      ([1, 2, 7, 100] as const).map(limit => [name, limit, filter, keep] as const),
    ),
  )(
    'pages %s by %i without gap or repetition, by priority and by severity',
    async (_n, limit, filter, keep) => {
      const expected = (rank: (row: (typeof rows)[number]) => number) =>
        rows
          .filter(keep)
          .sort((a, b) => rank(b) - rank(a) || b.seenMs - a.seenMs)
          .map(row => row.id)
      const found = async (sort: CaseSort) => (await pages(sort, filter, limit)).map(row => row.id)
      expect(await found('priority')).toEqual(expected(row => urgencyOf(row.severity, row.leaning)))
      expect(await found('severity')).toEqual(expected(row => severities.indexOf(row.severity)))
    },
  )

  it('asks its index, and sorts nothing', async () => {
    const plan = await test.database.transaction(async sql => {
      await sql.query('set local enable_seqscan = off') // So few rows would be read one by one.
      return sql.query<{ 'QUERY PLAN': string }>(
        `explain select id from cases c where c.tenant_id = 'default' and not c.closed
         order by c.urgency desc, c.last_seen_ms desc, c.id desc limit 10`,
      )
    })
    const text = plan.map(line => line['QUERY PLAN']).join('\n')
    expect(text).toContain('cases_urgency')
    expect(text).not.toContain('Sort')
  })

  it('lowers no case in which text speaks to an AI', async () => {
    const id = 'case_medium_-1_0'
    await test.database.query('update cases set suspected_injection = true where id = $1', [id])
    const row = await one(id)
    expect([row.urgency, standingOf(row)]).toEqual([urgencyOf('medium', 0), 'speaks-to-ai'])
  })

  it('raises what a person has called an attack and goes on', async () => {
    const id = 'case_low_-1_1'
    await test.database.query(`update cases set verdict = 'true_positive', status = 'open' where id = $1`, [
      id,
    ])
    const row = await one(id)
    expect([row.urgency, standingOf(row)]).toEqual([urgencyOf('low', 1), 'attack-goes-on'])
  })

  it('takes a harmless one back up when a graver alert joins it, before it is briefed anew', async () => {
    const draft = (severity: CaseDraft['severity'], maxLevel: number): CaseDraft => ({
      id: 'case_low_-1_2',
      title: 'A case',
      severity,
      maxLevel,
      firstSeenMs: 0,
      lastSeenMs: 1,
      alertCount: 2,
      revision: 2,
      entities: [],
      techniques: [],
      tactics: [],
      groupKeys: [],
    })
    const grow = (grown: CaseDraft) =>
      upsertCases(test.database, 'default', [grown], { nowMs: 9, sample: false, slaMinutes: [1, 1, 1, 1] })
    await grow(draft('low', 4))
    expect((await one('case_low_-1_2')).urgency).toBe(urgencyOf('low', -1))
    await grow(draft('high', 12))
    expect((await one('case_low_-1_2')).urgency).toBe(urgencyOf('high', 0))
  })

  it('takes a harmless one back up when people merged or split it', async () => {
    await test.database.query(
      `insert into alerts (tenant_id, key, id, generation, source, timestamp_ms, received_ms, case_id, why, rule_id, level,
         description, agent_id, agent_name, location, techniques, raw)
       values ('default', 'k', 'k', 4, 'test', 1, 1, 'case_high_-1_0', '', '1', 12, '', '1', 'a', '', '{}', '{}')`,
    )
    await recountCase(test.database, 'default', 'case_high_-1_0', 9)
    expect((await one('case_high_-1_0')).urgency).toBe(urgencyOf('high', 0))
  })
})
