import { createPrivateKey } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { oscalValidator } from '../../test/support/oscal-validator.ts'
import { newSigningKey } from '../ledger/checkpoint.ts'
import { type ComplianceReport, coverageOf } from './compliance-report.ts'
import { frameworks } from './frameworks.ts'
import { judgeControl } from './judge-control.ts'
import { renderReport } from './render-report.ts'

const stated = {
  ...{
    owner: 'Head of <b>',
    gap: 'None\nknown.',
    statement: ' Doors & "badges".\nTwice. ',
    reference: 'FAC-7',
  },
  ...{ by: 'Ann', at: '2026-03-10T10:00:00.000Z', expires: '2026-12-31', in_force: true, version: 1 },
}

/** A report of every framework, with as much in it as there can be: each kind of record, some of them against. */
function reports(): ComplianceReport[] {
  const key = ({ id, name, version, mappingVersion, source }: (typeof frameworks)[number]) => ({
    ...{ id, name, version, source },
    mapping_version: mappingVersion,
  })
  return frameworks.flatMap(framework =>
    [0, 3].map(count => {
      const counts = new Map(
        framework.controls
          .flatMap(control => [...control.evidence, ...(control.contrary ?? [])])
          .map(name => [name, { count, latestMs: count === 0 ? null : Date.UTC(2026, 2, 10) }] as const),
      )
      return {
        format: 'tocsin-compliance-1' as const,
        framework: key(framework),
        tenant: 'Müller & "Söhne" <b>',
        period: { from: '2026-03-01T00:00:00.000Z', to: '2026-04-01T00:00:00.000Z' },
        tocsin: '0.0.0',
        ledger: { verified: 4, first_bad: null, head: 'a'.repeat(64) },
        summary: { evidence: 0, partial: 0, 'no evidence': 0 },
        coverage: coverageOf(framework),
        own_statements: { in_force: count === 0 ? 0 : 1, expired: 0 },
        controls: framework.controls.map((control, index) =>
          judgeControl(control, counts, index === 0 && count > 0 ? stated : null),
        ),
        notice: 'Statuses count records.',
      }
    }),
  )
}

interface Results {
  'assessment-results': {
    uuid?: unknown
    metadata: Record<string, unknown>
    results: { 'reviewed-controls': unknown; observations: unknown; start?: unknown }[]
  }
}

/**
 * What must be found, so that silence means something. Versions, times without a zone and empty lists it lets through:
 * `oscal-form.ts` holds those.
 */
const faults: readonly [name: string, change: (document: Results) => void][] = [
  ['no title', ({ 'assessment-results': { metadata } }) => delete metadata.title],
  [
    'a UUID of version 8',
    ({ 'assessment-results': made }) => {
      made.uuid = '00000000-0000-8000-8000-000000000000'
    },
  ],
  [
    'an unknown member',
    ({ 'assessment-results': { metadata } }) => Object.assign(metadata, { colour: 'red' }),
  ],
  [
    'no start',
    ({ 'assessment-results': { results } }) => {
      delete results[0]?.start
    },
  ],
  [
    'a control id with a space',
    ({ 'assessment-results': { results } }) => {
      const selection = { 'include-controls': [{ 'control-id': 'a b' }] }
      if (results[0]) results[0]['reviewed-controls'] = { 'control-selections': [selection] }
    },
  ],
]

describe('reports by NIST’s schema of OSCAL', () => {
  let validate: ReturnType<typeof oscalValidator>
  beforeAll(() => {
    validate = oscalValidator()
  })

  it('those of every framework are valid, with and without records; broken ones are not', async context => {
    if (validate === undefined) return context.skip()
    const key = createPrivateKey(newSigningKey())
    const documents: Results[] = []
    for (const report of reports())
      documents.push(JSON.parse(String((await renderReport(report, 'oscal', key)).bytes)))
    const broken = faults.map(([, change]) => {
      const copy = structuredClone(documents[0]) as Results // There is one.
      change(copy)
      return copy
    })
    const { version, results } = validate([...documents, ...broken])
    expect(version).toMatch(/^1\.1\./)
    expect(results.slice(0, documents.length)).toEqual(documents.map(() => ''))
    const missed = faults.filter((_, index) => results[documents.length + index] === '')
    expect(missed.map(([name]) => name)).toEqual([])
  })
})
