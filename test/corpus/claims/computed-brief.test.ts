import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownIdsOf } from '../../../src/ask/known-attack-ids.ts'
import { AlertReader } from '../../../src/commands/triage/read-alerts.ts'
import { casesOf } from '../../../src/commands/triage/triage-alerts.ts'
import type { JudgedClaim } from '../../../src/domain/claim.ts'
import { investigateCase } from '../../../src/investigate/investigate.ts'
import { shippedAttack } from '../../../src/knowledge/attack-knowledge.ts'
import { judgeClaims } from '../../../src/verify/judge-claims.ts'
import { sentItemOf } from '../../../src/verify/sent-item.ts'
import { sharedData } from '../../support/shared-data.ts'

/** Every sentence of brief 0 over a file of alerts, judged as if a model had written it. */
function judgedSentences(file: string): JudgedClaim[] {
  const reader = new AlertReader(0)
  reader.read(readFileSync(file), file)
  return casesOf(reader.result().alerts).flatMap(context => {
    const { evidence, computed } = investigateCase(context)
    return judgeClaims(computed.claims, evidence.map(sentItemOf), knownIdsOf(shippedAttack))
  })
}

const unsupported = (claims: readonly JudgedClaim[]) =>
  claims
    .filter(({ status }) => status !== 'verified' && status !== 'written-by-attacker')
    .map(({ status, text, reasons }) => `${status}: ${text} [${reasons.join('; ')}]`)

describe('the sentences that code writes', () => {
  it('hold before the judge of models, over the sample', () => {
    const claims = judgedSentences(resolve(import.meta.dirname, '../../../samples/alerts.ndjson'))
    expect(claims.length).toBeGreaterThan(500)
    expect(unsupported(claims)).toEqual([])
  })

  const alerts = sharedData('alerts/alerts.ndjson')
  it.skipIf(alerts === undefined)('hold over real alerts', () => {
    const claims = judgedSentences(alerts ?? '')
    expect(claims.length).toBeGreaterThan(100)
    expect(unsupported(claims)).toEqual([])
  })
})
