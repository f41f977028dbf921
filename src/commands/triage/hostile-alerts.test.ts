import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { investigateCase } from '../../investigate/investigate.ts'
import { AlertReader } from './read-alerts.ts'
import { casesOf } from './triage-alerts.ts'
import { triageRecord } from './triage-record.ts'
import { triageText } from './triage-text.ts'

const sample = readFileSync(resolve(import.meta.dirname, '../../../samples/alerts.ndjson'), 'utf8')
const documents = sample
  .trimEnd()
  .split('\n')
  .map(line => JSON.parse(line) as Record<string, unknown>)

/** Every place in a document that holds a value, as a path of keys. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return [[...path]]
  return [
    ...(path.length > 0 ? [[...path]] : []),
    ...Object.entries(value).flatMap(([key, member]) => places(member, [...path, key])),
  ]
}

function withValue(value: unknown, [key, ...rest]: readonly string[], replacement: unknown): unknown {
  if (key === undefined) return replacement
  const members = value !== null && typeof value === 'object' ? value : {}
  return { ...members, [key]: withValue((members as Record<string, unknown>)[key], rest, replacement) }
}

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    '',
    '-',
    '\u202egnp.exe',
    '\u001b[2J',
    '<script>',
    'a'.repeat(70_000),
    '\ud83d'.repeat(3),
    1e308,
    -0,
    ['a'],
    { a: 1 },
    'constructor',
    '__proto__',
  ),
)

it('any field of any alert may hold anything: each case is told, each quote is real', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(), strange), { minLength: 1, maxLength: 12 }), changes => {
      const lines = changes.map(([which, where, replacement], index) => {
        const document = documents[which % documents.length] ?? {}
        const all = places(document)
        return JSON.stringify({
          ...(withValue(document, all[where % all.length] ?? [], replacement) as object),
          unique: index,
        })
      })
      const reader = new AlertReader(0)
      reader.read(Buffer.from(lines.join('\n')), 'fuzz')
      const { alerts } = reader.result()
      const cases = casesOf(alerts)
      expect(cases.flatMap(context => context.alerts.map(alert => alert.key)).sort()).toEqual(
        alerts.map(alert => alert.key).sort(),
      )
      for (const context of cases) {
        const { evidence, computed } = investigateCase(context)
        const quotes = new Map(evidence.map(item => [item.id, item.quote]))
        for (const claim of computed.claims) {
          for (const { id, quote } of claim.evidence) expect(quotes.get(id)).toContain(quote)
        }
        const record = triageRecord(context, evidence, computed, [])
        expect(JSON.stringify(record).isWellFormed()).toBe(true)
        expect(triageText(record)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/)
        for (const alert of record.alerts)
          expect(alert.p_true_positive >= 0 && alert.p_true_positive <= 1).toBe(true)
      }
    }),
    { numRuns: 150, seed: 11 },
  )
})
