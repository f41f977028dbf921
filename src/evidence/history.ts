import type { EvidenceDraft } from '../domain/evidence.ts'
import { tellSpan } from '../lib/tell-time.ts'
import type { CaseContext } from './case-context.ts'

/** How unusual it is: what was seen of the same rule, host, account or address before the case. */
export function history(context: CaseContext): EvidenceDraft[] {
  return context.history.map(fact => ({
    kind: 'history',
    source: `history/${fact.subject}`,
    pointer: '',
    quote: `${fact.subject}: ${fact.alertsBefore} ${fact.alertsBefore === 1 ? 'alert' : 'alerts'} in the ${tellSpan(fact.overMs)} before${
      fact.lastSeenMs === undefined ? '' : `, last on ${new Date(fact.lastSeenMs).toISOString()}`
    }`,
    trust: 'observed',
    label: `How often before: ${fact.subject}`,
    facts: { alerts_before: fact.alertsBefore, over_hours: Math.round(fact.overMs / 3_600_000) },
  }))
}
