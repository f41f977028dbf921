import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Column, columnsOf, dropChecks, madeUpRow } from '../../test/support/made-up-row.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { readOversight } from './oversight.ts'

// The measured check against rubber-stamping: how often people follow what was proposed, how long they take, how many of
// their decisions came quicker than anybody reads. Seeded suggestions are tested where they are made.

const week = 7 * 86_400_000
const start = 2900 * week
const at = (days: number, seconds = 0) => String(start + days * 86_400_000 + seconds * 1000)
const period = { fromMs: start, toMs: start + 2 * week }

type Row = readonly [table: string, values: Readonly<Record<string, string | null>>]

const proposed = {
  proposed_verdict: 'false_positive',
  verdict: 'false_positive',
  sample: 'false',
  merged_into: null,
}
/** A case that `by` decided so many seconds after its brief. */
const decided = (id: string, by: string, day: number, seconds: number, has: Row[1] = {}): readonly Row[] => [
  ['briefs', { id: `brief-${id}`, case_id: id, created_ms: at(day), reviewed_by: null, reviewed_ms: null }],
  ['cases', { id, ...proposed, verdict_by: by, verdict_ms: at(day, seconds), ...has }],
]
const approved = (
  id: string,
  by: string,
  day: number,
  seconds: number,
  decision = 'approve',
): readonly Row[] => [
  ['proposals', { id, content: '{}', created_ms: at(day) }],
  ['approvals', { proposal_id: id, approver: by, on_behalf_of: by, decision, at_ms: at(day, seconds) }],
]
const against = { verdict: 'true_positive' }

const rows: readonly Row[] = [
  ...decided('c1', 'ann', 1, 100),
  ...decided('c2', 'ann', 1, 300, against),
  ...decided('c3', 'ann', 8, 200),
  ...decided('c4', 'ben', 8, 2),
  // Neither a sample, nor merged, nor undecided, nor without a proposal, nor of another time counts.
  ...decided('n1', 'ann', 1, 1, { sample: 'true' }),
  ...decided('n2', 'ann', 1, 1, { merged_into: 'c1' }),
  ...decided('n3', 'ann', 1, 1, { verdict_by: null }),
  ...decided('n4', 'ann', 1, 1, { proposed_verdict: null }),
  ...decided('n5', 'ann', 15, 1),
  ...decided('n6', 'ann', 1, 1, { tenant_id: 'other' }),
  // A brief that came after the verdict is not what the person had before them.
  [
    'briefs',
    {
      id: 'late',
      case_id: 'c2',
      created_ms: at(1, 299),
      reviewed_by: 'ann',
      reviewed_ms: at(2),
      review: 'rejected',
    },
  ],
  [
    'briefs',
    {
      id: 'later',
      case_id: 'c1',
      created_ms: at(1, 101),
      reviewed_by: 'ann',
      reviewed_ms: at(2),
      review: 'accepted',
    },
  ],
  ...approved('p1', 'ben', 2, 60),
  ...approved('p2', 'ben', 2, 3),
  ...approved('p3', 'olga', 2, 180, 'reject'),
]

describe('how people decide', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
    await dropChecks(test.database)
    const tables = new Map<string, readonly Column[]>()
    for (const [index, [table, values]] of rows.entries()) {
      if (!tables.has(table)) tables.set(table, await columnsOf(test.database, table))
      const given = { tenant_id: 'default', ...values }
      const made = madeUpRow(tables.get(table) ?? [], given, `mark ${index}`)
      await test.database.query(made.text, made.values)
    }
  })
  afterAll(() => test?.close())

  it('is summed with the time from what they had before them to the decision', async () => {
    const sums = await readOversight(test.database, 'default', period, 5)
    // c2 was decided a second after its last brief.
    expect(sums.verdicts).toEqual({ decided: 4, followed: 3, medianSeconds: 51 })
    expect(sums.approvals).toEqual({ decided: 3, approved: 2, medianSeconds: 60 })
    expect(sums.reviews).toEqual({ reviewed: 2, rejected: 1 })
    // c2, c4 and p2 came within five seconds.
    expect(sums.hasty).toEqual({ decided: 7, hasty: 3 })
    expect(sums.seeded).toEqual({ decided: 0, caught: 0, medianSeconds: null })
  })

  it('is told by week and by person', async () => {
    const { byWeek, byPerson } = await readOversight(test.database, 'default', period, 5)
    expect(byWeek).toEqual([
      { weekMs: start, decided: 2, followed: 1 },
      { weekMs: start + week, decided: 2, followed: 2 },
    ])
    expect(byPerson).toMatchObject([
      { byId: 'ann', decided: 3, followed: 2, medianSeconds: 100 },
      { byId: 'ben', decided: 1, followed: 1, medianSeconds: 2 },
    ])
  })

  it('is each tenant’s own', async () => {
    const sums = await readOversight(test.database, 'other', period, 5)
    expect(sums.verdicts.decided).toBe(1)
    expect(sums.approvals.decided).toBe(0)
  })
})
