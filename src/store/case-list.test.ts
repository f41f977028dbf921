import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { type CaseFilter, type CasePosition, countCases, listCases } from './case-list.ts'

const total = 9000
/** Every third case is open, every second has a common word; two have a rare one. */
const isOpen = (n: number) => n % 3 === 0
const titleOf = (n: number) =>
  n === 9 || n === 2400 ? 'A rare thing' : n % 2 === 0 ? 'Failed logons' : 'Other'
const idOf = (n: number) => `case_${String(n).padStart(6, '0')}`
const numbers = Array.from({ length: total }, (_, n) => n)

describe('finding cases by words', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
    await test.database.query(
      `insert into cases (tenant_id, id, title, severity, max_level, status, alert_count, revision, first_seen_ms,
         last_seen_ms, created_ms, updated_ms, due_ms, hosts, users, techniques, tactics, grouping)
       select 'default', id, title, 0, 3, status, 1, 1, n, n, n, n, n, '{}', '{}', '{}', '{}', '{}'
       from unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as r (id, title, status, n)`,
      [numbers.map(idOf), numbers.map(titleOf), numbers.map(n => (isOpen(n) ? 'open' : 'closed')), numbers],
    )
    await test.database.query(
      `insert into case_words select 'default', id, to_tsvector('simple', title) from cases`,
    )
    await test.database.query(
      `insert into case_entities (tenant_id, case_id, type, value, roles, alert_count)
       values ('default', $1, 'host', 'failed-host', '{}', 1)`,
      [idOf(1)],
    )
  })
  afterAll(() => test.close())

  async function allOf(filter: CaseFilter) {
    const found: string[] = []
    let after: CasePosition | undefined
    do {
      const page = await listCases(test.database, 'default', filter, { sort: 'newest', after, limit: 100 })
      found.push(...page.rows.map(row => row.id))
      after = page.next
    } while (after !== undefined)
    return found
  }
  const expected = (keep: (n: number) => boolean) => numbers.filter(keep).reverse().map(idOf)

  it.each([
    [
      'a word that half of them have',
      { text: 'failed' },
      (n: number) => titleOf(n) === 'Failed logons' || n === 1,
    ],
    [
      'the same among open ones',
      { text: 'failed', status: ['open' as const] },
      (n: number) => titleOf(n) === 'Failed logons' && isOpen(n),
    ],
    ['a word that two have', { text: 'rare' }, (n: number) => n === 9 || n === 2400],
    ['a word that none has', { text: 'nothing' }, () => false],
    ['an entity', { text: 'failed-h' }, (n: number) => n === 1],
    ['an id', { text: idOf(17) }, (n: number) => n === 17],
  ])('%s: every page, nothing twice, nothing left out', async (_name, filter, keep) => {
    expect(await allOf(filter)).toEqual(expected(keep))
  })

  it('counts what few have, and says of what many have that there are more', async () => {
    expect(await countCases(test.database, 'default', { text: 'rare' }, 10_000)).toEqual({
      count: 2,
      capped: false,
    })
    const many = await countCases(test.database, 'default', { text: 'failed' }, 10_000)
    expect(many).toMatchObject({ capped: true })
    expect(many.count).toBeLessThanOrEqual(expected(n => titleOf(n) === 'Failed logons').length)
    expect(await countCases(test.database, 'default', { status: ['open'] }, 10)).toEqual({
      count: 10,
      capped: true,
    })
  })

  it.each([
    "o'brien",
    'back\\slash',
    "it's: a & b | !c",
    '203.0.113.',
    'https://a.example/x?y=1',
    '<->',
    "''",
    ':*',
    'a\u0001b',
    'x'.repeat(3000),
    'q '.repeat(2000),
    '\ud83d\ude00 x',
  ])('takes %s as words, not as a query', async text => {
    await expect(allOf({ text })).resolves.toEqual([])
  })

  it('finds an address in a title whole and by its beginning', async () => {
    await test.database.query(
      `update case_words set words = to_tsvector('simple', 'Logon from 203.0.113.7 on web-01.example.org')
       where case_id = $1`,
      [idOf(3)],
    )
    for (const text of ['203.0.113.7', '203.0.113', 'from 203.0.113.7', 'web-01.example.org', 'WEB-01.exam'])
      expect(await allOf({ text })).toEqual([idOf(3)])
    expect(await allOf({ text: '203.0.113.70' })).toEqual([])
  })
})
