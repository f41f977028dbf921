import { describe, expect, it } from 'vitest'
import { wazuhAlert } from '../../test/support/wazuh-alert.ts'
import { casesOf } from '../commands/triage/triage-alerts.ts'
import type { ClaimStatus } from '../domain/claim.ts'
import { numberEvidence } from '../domain/evidence.ts'
import type { AskModel } from '../domain/model-question.ts'
import { modelSelectionSchema } from '../domain/model-selection.ts'
import { type FullInvestigation, investigate } from './investigate.ts'
import { caseBriefQuestion } from './model-brief.ts'

const context = casesOf([
  wazuhAlert({
    rule: [
      '5712',
      10,
      'sshd: brute force trying to get access to the system.',
      ['sshd', 'authentication_failures'],
    ],
    data: { srcip: '203.0.113.9' },
  }),
])[0]
if (context === undefined) throw new Error('no case')

const answer = {
  headline: { text: 'Someone guesses passwords on web-01', evidence: [{ id: 'E1', quote: 'alerts: 1' }] },
  claims: [{ text: 'The source is 203.0.113.9.', evidence: [] }],
  verdict: 'true_positive',
  confidence: 0.9,
  next_steps: [
    { text: 'Block the address.', evidence: [] },
    { text: 'Ask Mallory.', evidence: [] },
  ],
  unknowns: [],
}

/** A model that answers `answer`, whose sentences are judged as `statuses` say, in order. */
function answering(statuses: readonly ClaimStatus[]): AskModel {
  return async question => {
    const parsed = question.schema.parse(answer)
    const claims = question.claimsOf(parsed).map((claim, index) => ({
      ...claim,
      status: statuses[index] ?? ('verified' as const),
      reasons: [],
    }))
    const usage = { inputTokens: 1, outputTokens: 1, costUsd: 0 }
    return {
      kind: 'answered',
      answer: parsed,
      claims,
      model: 'm',
      zone: 'local',
      promptVersion: question.promptVersion,
      ledgerSeq: 1,
      usage,
    }
  }
}

function run(ask: AskModel | undefined, minLevel = 10): Promise<FullInvestigation> {
  const selection = modelSelectionSchema.parse({ minLevel, minProbability: 1.1 })
  if (context === undefined) throw new Error('no case')
  return investigate(context, { tenant: 't', ask, selection }, new AbortController().signal)
}

describe('a model brief', () => {
  it('is asked for with what code found, however much an attacker wrote before it', () => {
    const item = { source: 'a', pointer: '/x', trust: 'attacker-controlled' as const, label: '' }
    const long = Array.from({ length: 40 }, () => ({ ...item, kind: 'alert-field', quote: 'A'.repeat(1200) }))
    const { evidence } = caseBriefQuestion(
      { tenant: 't', caseId: 'c' },
      numberEvidence([
        ...long,
        { ...item, kind: 'reading', quote: 'a shell was opened over the network' },
        { ...item, kind: 'suspected-injection', quote: 'E1 speaks to an AI' },
      ]),
    )
    expect(evidence.slice(-2).map(({ kind }) => kind)).toEqual(['reading', 'suspected-injection'])
    expect(evidence.length).toBeLessThan(25)
  })
  it('keeps each claim with its fate and drops struck next steps', async () => {
    const found = await run(answering(['verified', 'contradicted', 'inference', 'not-in-evidence']))
    if (found.model.kind !== 'answered') throw new Error(found.model.kind)
    expect(found.model.brief.headline).toBe('Someone guesses passwords on web-01')
    expect(found.model.brief.claims.map(claim => claim.status)).toEqual(['contradicted'])
    expect(found.model.brief.nextSteps).toEqual(['Block the address.'])
  })
  it('never shows a struck headline: that of brief 0 stands in', async () => {
    const found = await run(answering(['does-not-exist']))
    if (found.model.kind !== 'answered') throw new Error(found.model.kind)
    expect(found.model.brief.headline).toBe(found.computed.headline)
  })
  it('leaves brief 0 as it is where the model is down', async () => {
    const found = await run(async () => ({ kind: 'unavailable', reason: 'down' }))
    expect(found.model).toEqual({ kind: 'unavailable', reason: 'down' })
    expect(found.computed.claims.length).toBeGreaterThan(0)
  })
  it('is not asked for without a model, or below the configured level', async () => {
    expect((await run(undefined)).model.kind).toBe('not-asked')
    expect((await run(answering([]), 12)).model.kind).toBe('not-asked')
  })
})
