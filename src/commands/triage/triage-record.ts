import type { Assessment } from '../../assess/assess-alert.ts'
import type { QuarantinedLine } from '../../domain/alert.ts'
import type { Brief } from '../../domain/brief.ts'
import type { EvidenceItem } from '../../domain/evidence.ts'
import type { CaseContext } from '../../evidence/case-context.ts'
import { type Problem, problem } from '../../lib/problem.ts'
import { raisedByInjection } from '../../verify/suspected-injection.ts'

/** One line of `tocsin triage --json`. Others script against these names. */
export interface TriageRecord {
  readonly case_id: string
  readonly title: string
  readonly severity: string
  readonly first_seen: string | null
  readonly last_seen: string | null
  readonly alert_count: number
  readonly alerts: readonly { id: string; verdict: string; p_true_positive: number; why: string }[]
  readonly entities: { readonly [type: string]: readonly string[] }
  readonly techniques: readonly string[]
  readonly evidence: readonly {
    id: string
    kind: string
    source: string
    pointer: string
    quote: string
    trust: string
  }[]
  readonly brief: {
    readonly origin: string
    readonly headline: string
    readonly claims: readonly {
      text: string
      evidence: readonly { id: string; quote: string }[]
      status: string
    }[]
    readonly verdict: string
    readonly confidence: number
    readonly next_steps: readonly string[]
    readonly unknowns: readonly string[]
  }
  readonly problems: readonly Problem[]
}

export function triageRecord(
  context: CaseContext,
  evidence: readonly EvidenceItem[],
  brief: Brief,
  problems: readonly Problem[],
): TriageRecord {
  const idOf = new Map(context.alerts.map(alert => [alert.key, alert.id]))
  return {
    case_id: context.case.id,
    title: context.case.title,
    severity: raisedByInjection(context.case.severity, evidence),
    first_seen: new Date(context.case.firstSeenMs).toISOString(),
    last_seen: new Date(context.case.lastSeenMs).toISOString(),
    alert_count: context.alerts.length,
    alerts: context.alerts.map((alert, index) =>
      alertRecord(alert.id, context.assessments[index], context.memberships[index]?.why),
    ),
    entities: entitiesOf(context),
    techniques: context.case.techniques,
    // Evidence speaks of alerts by the id that the reader knows.
    evidence: evidence.map(({ id, kind, source, pointer, quote, trust }) => ({
      id,
      kind,
      source: idOf.get(source) ?? source,
      pointer,
      quote,
      trust,
    })),
    brief: {
      origin: brief.origin.kind,
      headline: brief.headline,
      claims: brief.claims.map(({ text, evidence: cited, status }) => ({ text, evidence: cited, status })),
      verdict: brief.verdict,
      confidence: round(brief.confidence),
      next_steps: brief.nextSteps,
      unknowns: brief.unknowns,
    },
    problems,
  }
}

function alertRecord(
  id: string,
  assessment: Assessment | undefined,
  grouped: string | undefined,
): TriageRecord['alerts'][number] {
  const reasons = (assessment?.signals ?? [])
    .filter(signal => Math.abs(signal.weight) >= 0.5)
    .slice(0, 4)
    .map(signal => `${signal.weight > 0 ? 'for' : 'against'}: ${signal.reason}`)
  return {
    id,
    verdict: assessment?.verdict ?? 'undetermined',
    p_true_positive: round(assessment?.probability ?? 0.5),
    why: [
      ...(reasons.length > 0 ? reasons : ['no known behaviour speaks for or against']),
      ...(grouped === undefined ? [] : [`in this case: ${grouped}`]),
    ].join('; '),
  }
}

function entitiesOf(context: CaseContext): TriageRecord['entities'] {
  const byType = Map.groupBy(context.case.entities, entity => entity.type)
  return Object.fromEntries(
    [...byType].map(([type, entities]) => [type, [...new Set(entities.map(entity => entity.value))]]),
  )
}

/** The record for lines and whole inputs that are in no case, so that they are counted where cases are. */
export function quarantineRecord(
  lines: readonly QuarantinedLine[],
  unreadable: readonly Problem[],
): TriageRecord {
  const text = [
    ...(lines.length > 0 ? [`${lines.length} line${lines.length === 1 ? '' : 's'} went to quarantine`] : []),
    ...(unreadable.length > 0
      ? [`${unreadable.length} input${unreadable.length === 1 ? '' : 's'} could not be read`]
      : []),
  ].join('; ')
  return {
    case_id: 'quarantine',
    title: text,
    severity: 'low',
    first_seen: null,
    last_seen: null,
    alert_count: 0,
    alerts: [],
    entities: {},
    techniques: [],
    evidence: [],
    brief: {
      origin: 'computed',
      headline: `${text}; see problems for each reason`,
      claims: [],
      verdict: 'undetermined',
      confidence: 0,
      next_steps: [
        'Look at what could not be read: a source that writes broken alerts may be broken or attacked.',
      ],
      unknowns: ['What these lines and inputs were meant to say.'],
    },
    problems: [...lines.map(line => problem(line.code, line.message, line.where)), ...unreadable],
  }
}

function round(probability: number): number {
  return Math.round(probability * 1000) / 1000
}
