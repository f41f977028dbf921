import type { EvidenceDraft } from '../domain/evidence.ts'
import { named, quoted } from '../lib/quoted.ts'
import type { CaseContext, SightingFact } from './case-context.ts'

/** Reports under these marks are for few eyes: evidence goes to models and back into Wazuh, so it does not name them. */
const withheld = new Set(['TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'])

/** Grades of sources that are usually right; what others say may have been written by anybody. */
const reliable = new Set(['A', 'B'])

/** Which threat reports name what stands in the case's alerts. */
export function sighting({ sightings = [] }: CaseContext): EvidenceDraft[] {
  return sightings.map(fact => ({
    kind: 'sighting',
    source: `report/${fact.reportId}`,
    pointer: '',
    quote: sightingText(fact),
    trust: reliable.has(fact.trust) ? 'knowledge-base' : 'attacker-controlled',
    label: `Known indicator ${fact.value}`,
    facts: { alert: fact.alertKey, indicator: fact.value, confidence: Number(fact.confidence.toFixed(2)) },
  }))
}

/** `The threat report «Bear» (source trust B) lists 203.0.113.9 as command and control`. */
export function sightingText(fact: SightingFact): string {
  const name = reportName(fact)
  return `${name.charAt(0).toUpperCase()}${name.slice(1)} (source trust ${fact.trust}) lists ${named(fact.value)} as ${roleWords(fact.role)}`
}

/** How a person would call the report; without its title where its mark forbids that. */
export function reportName({ tlp, reportTitle }: SightingFact): string {
  return isWithheld(tlp) ? `a threat report marked ${tlp}` : `the threat report ${quoted(reportTitle, 120)}`
}

/** Whether a report's title stays with those who may open it. */
export function isWithheld(tlp: string | null): boolean {
  return tlp !== null && withheld.has(tlp)
}

export function roleWords(role: string): string {
  return role === 'unknown' ? 'an indicator' : role.replaceAll('-', ' ')
}
