import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { copyRows } from './copy-rows.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
  await test.database.query(
    'create table copied (n bigint, i int, s smallint, b bool, t text, u text, a text[])',
  )
})
afterAll(() => test.close())

const anyText = fc.string({ unit: 'binary' })

it('brings any rows into the database as they are, NUL aside', async () => {
  const row = fc.record({
    n: fc.maxSafeInteger(),
    i: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    s: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
    b: fc.boolean(),
    t: anyText,
    u: fc.string({ unit: 'grapheme' }),
    a: fc.array(anyText, { maxLength: 5 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async rows => {
      await test.database.query('truncate copied')
      await test.database.transaction(sql =>
        sql.copyIn(
          'copy copied from stdin (format binary)',
          copyRows(rows, (to, { n, i, s, b, t, u, a }) => {
            to.int8(n)
            to.int4(i)
            to.int2(s)
            to.bool(b)
            to.text(t)
            to.utf8(Buffer.from(u))
            to.texts(a)
          }),
        ),
      )
      const stored = await test.database.query('select n, i, s, b, t, u, a from copied order by ctid')
      const clean = (text: string) => text.replaceAll('\0', '\uFFFD').toWellFormed()
      expect(stored).toEqual(rows.map(entry => ({ ...entry, t: clean(entry.t), a: entry.a.map(clean) })))
    }),
    { numRuns: 40 },
  )
})

it('grows for rows larger than its buffer', async () => {
  const large = '\u20ac'.repeat(1_000_000)
  await test.database.query('truncate copied')
  await test.database.transaction(sql =>
    sql.copyIn(
      'copy copied (t) from stdin (format binary)',
      copyRows([large], (to, text) => to.text(text)),
    ),
  )
  const [row] = await test.database.query<{ length: number }>('select length(t) as length from copied')
  expect(row?.length).toBe(1_000_000)
})

it('a broken copy rolls back and leaves the connection usable', async () => {
  const copy = test.database.transaction(sql =>
    sql.copyIn(
      'copy copied (n) from stdin (format binary)',
      copyRows(['x'], (to, text) => to.text(text)),
    ),
  )
  await expect(copy).rejects.toMatchObject({ code: 'database-failed' })
  await expect(test.database.query('select 1 as one')).resolves.toEqual([{ one: 1 }])
})
