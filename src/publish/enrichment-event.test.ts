import { describe, expect, it } from 'vitest'
import type { Brief } from '../domain/brief.ts'
import type { CaseDraft } from '../domain/case.ts'
import { eventLimitBytes } from '../wazuh/event-sink.ts'
import { queueMessage } from '../wazuh/queue-socket.ts'
import { enrichmentEvent } from './enrichment-event.ts'
import { whatToPublish } from './what-to-publish.ts'

const claim = (text: string, status: Brief['claims'][number]['status'] = 'computed') => ({
  text,
  status,
  evidence: [{ id: 'E1', quote: 'x' }],
  reasons: [],
})
const brief = (change: Partial<Brief> = {}): Brief => ({
  origin: { kind: 'computed' },
  headline: 'Log-ons from 203.0.113.9 failed',
  claims: [claim('It happened.')],
  verdict: 'undetermined',
  confidence: 0.5,
  reasons: [],
  techniques: [],
  nextSteps: ['Look.'],
  unknowns: [],
  ...change,
})
const modelBrief = brief({
  origin: { kind: 'model', model: 'm', zone: 'local', promptVersion: '1', ledgerSeq: 1 },
})
const draft = { id: 'case_1', severity: 'high', revision: 3, alertCount: 2 } as CaseDraft // Only these are read here.

function eventOf(change: Partial<Brief>) {
  return enrichmentEvent({
    case: draft,
    brief: brief(change),
    review: { kind: 'not-needed' },
    alertIds: ['1.2', '1.3'],
    caseUrl: 'https://tocsin.example/cases/case_1',
  })
}

describe('the event that goes back', () => {
  it('has nothing at the top that analysisd would take for its own, and only text below', () => {
    const event = eventOf({})
    expect(Object.keys(event)).toEqual(['integration', 'tocsin'])
    expect(JSON.stringify(event).startsWith('{"')).toBe(true)
    for (const value of Object.values(event.tocsin))
      expect(typeof value === 'string' || Array.isArray(value)).toBe(true)
    expect(event.tocsin).toMatchObject({
      alert_id: '1.2',
      case_id: 'case_1',
      review: 'not-needed',
      confidence: '0.50',
    })
  })

  it('has code in quotation marks: Wazuh shows plain text', () => {
    const { tocsin } = eventOf({ nextSteps: ['Read `ss -tnp`.', 'Ask.'] })
    expect(tocsin.next_steps).toBe('Read “ss -tnp”.\nAsk.')
  })

  it('never publishes a struck claim, and labels what an attacker wrote', () => {
    const { brief: text } = eventOf({
      claims: [
        claim('Invented.', 'not-in-evidence'),
        claim('Gone.', 'does-not-exist'),
        claim('Said so.', 'written-by-attacker'),
      ],
    }).tocsin
    expect(text).toBe('Said so. (as written by whoever produced the log) [E1]')
  })

  it.each([
    ['emoji', '\u{1F6A8}'],
    ['quotes and control characters', 'é"\\\n\u0001'],
    ['control characters alone', '\u0001'],
    ['half of a pair', '\ud83d'],
    ['letters', 'x'],
  ])('stays within what analysisd and the indexer take, whatever the brief: %s', (_, odd) => {
    const long = odd.repeat(90_000)
    const change: Partial<Brief> = {
      headline: long,
      claims: Array.from({ length: 50 }, () => claim(long)),
      nextSteps: [long],
      techniques: Array.from({ length: 80 }, () => ({ id: long, name: '', tactics: [], evidence: [] })),
      origin: { kind: 'model', model: long, zone: 'local', promptVersion: '1', ledgerSeq: 1 },
    }
    const event = enrichmentEvent({
      case: draft,
      brief: brief(change),
      review: { kind: 'validated', by: long, atMs: 0 },
      alertIds: ['1.2', ...Array.from({ length: 200 }, () => odd.repeat(400))],
      caseUrl: `https://tocsin.example/${long}`,
    })
    const text = JSON.stringify(event)
    expect(Buffer.byteLength(text)).toBeLessThan(eventLimitBytes)
    expect(text.isWellFormed() && !/\\ud[89a-f]/.test(text)).toBe(true)
    for (const value of Object.values(event.tocsin).flat())
      expect(Buffer.byteLength(value)).toBeLessThan(30_000)
    expect(event.tocsin.alert_id).toBe('1.2')
    expect(event.tocsin.brief).toMatch(/…$/)
  })

  it('fits the datagram with the longest agent that is taken in', () => {
    const agent = { id: '001', name: ':'.repeat(512), ip: undefined }
    const message = queueMessage({ text: 'x'.repeat(eventLimitBytes), agent })
    expect(Buffer.byteLength(message)).toBeLessThan(65_263)
  })

  it('has one id while a reader would do the same, and another when not', () => {
    expect(eventOf({ headline: '7 alerts' }).tocsin.event_id).toBe(
      eventOf({ headline: '8 alerts' }).tocsin.event_id,
    )
    expect(eventOf({}).tocsin.event_id).not.toBe(eventOf({ verdict: 'true_positive' }).tocsin.event_id)
  })

  it('escapes what would break the datagram of an agent', () => {
    expect(queueMessage({ text: '{"a":1}', agent: { id: '001', name: 'web:01|x', ip: '10.0.0.5' } })).toBe(
      '1:[001] (web|:01||x) 10.0.0.5->custom-tocsin:{"a":1}',
    )
    expect(queueMessage({ text: '{"a":1}', agent: undefined })).toBe('1:custom-tocsin:{"a":1}')
    expect(eventLimitBytes).toBeLessThan(65_263)
  })
})

describe('which brief is published', () => {
  const reviewed = (kind: 'pending' | 'validated' | 'rejected') => ({
    brief: modelBrief,
    review: kind === 'pending' ? ({ kind } as const) : ({ kind, by: 'ana', atMs: 0 } as const),
  })
  it.each([
    ['high', undefined, 'computed', 'not-needed'],
    ['high', 'pending', 'model', 'pending'],
    ['critical', 'pending', 'computed', 'not-needed'],
    ['critical', 'validated', 'model', 'validated'],
    ['high', 'rejected', 'computed', 'rejected'],
  ] as const)('%s, model %s: the %s one, %s', (severity, review, origin, kind) => {
    const chosen = whatToPublish(severity, brief(), review === undefined ? undefined : reviewed(review))
    expect([chosen.brief.origin.kind, chosen.review.kind]).toEqual([origin, kind])
  })
})
