import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newIngest } from '../../test/support/new-ingest.ts'
import { openTestDatabase, type TestDatabase } from '../../test/support/postgres.ts'
import { fixedClock } from '../lib/clock.ts'
import { seededRandom } from '../lib/seeded-random.ts'
import { alertFields, findingFields } from '../normalize/entity-fields.ts'

// One alert that the database refuses would stop its batch, and every try of it: no alert would come in any more.

let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())

const letters = fc.constantFrom(
  'a',
  'Z',
  '0',
  '"',
  '\\',
  '\0',
  '\u001e',
  '\ud800',
  '\uffff',
  '漢',
  '😀',
  '{',
  ',',
  ' ',
  '%',
  '\n',
)
const words = fc.constantFrom(
  '',
  '-',
  'NULL',
  '1e400',
  '198.51.100.7',
  '::1',
  'C:\\Windows\\System32\\cmd.exe',
  'CORP\\bob',
  '__proto__',
  'T1059',
)
/** Nothing that a database could compress; all long texts begin with it, as the addresses of one site do. */
const random = seededRandom(1)
const incompressible = Array.from({ length: 20_000 }, () =>
  String.fromCharCode(0x4e00 + Math.floor(random() * 20_000)),
).join('')
/** Short, about as long as the bounds that the code has, and far beyond. */
const texts = fc.oneof(
  words,
  fc.string({ unit: letters, maxLength: 12 }),
  fc
    .tuple(
      fc.constantFrom(80, 171, 341, 499, 500, 501, 2046, 20_000),
      fc.oneof(words, fc.string({ unit: letters })),
    )
    .map(([length, end]) => incompressible.slice(0, length) + end),
)
const values = fc.oneof(
  { weight: 8, arbitrary: texts },
  fc.array(texts, { maxLength: 4 }),
  fc.constantFrom<unknown>(null, true, 0, -0, -1, 1e300, 2 ** 53, 4_000_000_000, {}, [], { a: { b: ['c'] } }),
)
const alertPaths = [
  ...alertFields.map(field => field.path),
  ...['id', 'timestamp', 'location', 'full_log', 'previous_output', 'GeoLocation', 'decoder'].map(name => [
    name,
  ]),
  ...['id', 'level', 'description', 'groups', 'firedtimes', 'frequency'].map(name => ['rule', name]),
  ...['id', 'tactic', 'technique'].map(name => ['rule', 'mitre', name]),
  ['agent', 'id'],
  ['manager', 'name'],
  ['cluster', 'node'],
  ['data', 'alert', 'signature'],
  ['syscheck', 'path'],
]

function put(
  target: Record<string, unknown>,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) target[first] = value
  else {
    const inner = target[first]
    const next = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {}
    target[first] = next
    put(next as Record<string, unknown>, rest, value) // An object literal or one that JSON.parse made.
  }
}

const findingPaths = [
  ...findingFields.map(field => field.path),
  ...['id', 'title', 'level', 'tags', 'mitre'].map(name => ['wazuh', 'rule', name]),
  ['wazuh', 'agent', 'id'],
  ['wazuh', 'cluster', 'name'],
  ['event', 'original'],
  ['cluster', 'node'],
  ['@timestamp'],
  ['timestamp'],
]

const alert = (serial: number) => ({
  timestamp: '2026-02-02T02:40:00.000+0000',
  rule: { id: '5710', level: 5, description: 'd', groups: ['sshd'] },
  agent: { id: '001', name: 'web-01' },
  manager: { name: 'manager' },
  id: `1770000000.${serial}`,
})

const finding = (serial: number) => ({
  _index: 'wazuh-findings-v5-linux-000001',
  _id: `finding-${serial}`,
  _source: {
    '@timestamp': '2026-02-02T02:40:00.000Z',
    wazuh: {
      rule: { id: '0b1c7d9e-3a52-4f60-9c11-2f7a5d8e9b10', title: 't', level: 'high' },
      agent: { id: '001', name: 'web-01' },
    },
  },
})

it.each([
  ['alerts', alert, alertPaths],
  ['findings of Wazuh 5', finding, findingPaths.map(path => ['_source', ...path])],
] as const)(
  'whatever %s hold, their batch is stored or in quarantine, each line once',
  async (_, form, paths) => {
    const changes = fc.array(fc.tuple(fc.constantFrom(...paths), values), { maxLength: 6 })
    const take = newIngest(test.database, fixedClock(1_770_000_000_000))
    let serial = 0
    await fc.assert(
      fc.asyncProperty(fc.array(changes, { minLength: 1, maxLength: 20 }), async batch => {
        const lines = batch.map(wanted => {
          const line = form(++serial)
          for (const [path, value] of wanted) put(line as Record<string, unknown>, path, value)
          return JSON.stringify(line)
        })
        const { stored, duplicates, quarantined, ignored } = await take(lines)
        // A line that was repaired is in quarantine besides.
        expect(stored + duplicates + quarantined + ignored).toBeGreaterThanOrEqual(lines.length)
        expect(stored + duplicates + ignored).toBeLessThanOrEqual(lines.length)
      }),
      { numRuns: 150, seed: 20_261_128 },
    )
  },
)
