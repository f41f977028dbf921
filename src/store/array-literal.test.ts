import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { arrayLiteral } from './array-literal.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const texts = fc.string({
  unit: fc.constantFrom('a', '"', '\\', ',', '{', '}', ' ', "'", 'N', 'NULL', '\n', '€', '😀'),
})

it('is what PostgreSQL reads as the same array', async () => {
  const arrays = fc.oneof(
    fc.array(fc.option(texts)).map(values => ({ type: 'text[]', values })),
    fc.array(fc.option(fc.double({ noNaN: true }))).map(values => ({ type: 'float8[]', values })),
    fc.array(fc.option(fc.boolean())).map(values => ({ type: 'bool[]', values })),
  )
  await fc.assert(
    fc.asyncProperty(arrays, async ({ type, values }) => {
      const literal = arrayLiteral(values)
      // An array that begins with a number that is none of JSON's is written element by element.
      expect(literal).toBeTypeOf('string')
      const [row] = await test.database.query<{ read: unknown }>(`select $1::${type} as read`, [literal])
      expect(row?.read).toEqual(values.map(value => (Object.is(value, -0) ? expect.closeTo(0) : value)))
    }),
    { numRuns: 150 },
  )
})

it('leaves what it does not know to the driver', () => {
  for (const values of [[['a']], [new Date(0)], [Buffer.from('a')], ['a', { b: 1 }], [1, 2n]])
    expect(arrayLiteral(values), JSON.stringify(values.map(String))).toBeUndefined()
})

it('reads a missing element as null', () => {
  expect(arrayLiteral(['a', undefined, null])).toBe('{"a",NULL,NULL}')
  expect(arrayLiteral([undefined, 'a'])).toBe('{NULL,"a"}')
  expect(arrayLiteral([])).toBe('{}')
})
