import { expect, it } from 'vitest'
import type { BriefRecord } from '../../src/http/contract-briefs.ts'
import { readingOrder } from './reading-order.ts'

function record(claims: string[][], reasons: string[][]): BriefRecord {
  return {
    id: 'b',
    revision: 1,
    createdMs: 0,
    review: 'not-needed',
    reviewedBy: null,
    reviewedAtMs: null,
    brief: {
      origin: { kind: 'computed' },
      headline: '',
      claims: claims.map(ids => ({
        text: '',
        evidence: ids.map(id => ({ id, quote: '' })),
        status: 'computed',
        reasons: [],
      })),
      verdict: 'undetermined',
      confidence: 0.5,
      reasons: reasons.map(evidence => ({ text: '', evidence, weight: 1 })),
      techniques: [],
      nextSteps: [],
      unknowns: [],
    },
    evidence: ['E1', 'E2', 'E3', 'E4'].map(id => ({
      id,
      kind: 'alert-field',
      source: 's',
      pointer: '',
      quote: '',
      trust: 'observed',
      label: id,
    })),
  }
}

it('steps through evidence as it is read, each once, and skips what is not there', () => {
  const ids = (claims: string[][], reasons: string[][]) =>
    readingOrder(record(claims, reasons)).map(item => item.id)
  expect(
    ids(
      [
        ['E3', 'E1'],
        ['E3', 'E9'],
      ],
      [['E2']],
    ),
  ).toEqual(['E3', 'E1', 'E2'])
  expect(ids([], [])).toEqual(['E1', 'E2', 'E3', 'E4'])
})
