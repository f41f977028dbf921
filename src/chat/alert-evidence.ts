import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import { readPointer } from '../lib/json-pointer.ts'

const shown = 5

/** The alert's field as evidence; who could have written it depends on the field. */
export function alertField(alert: Alert, pointer: string, label: string): EvidenceDraft {
  const value = readPointer(alert.document, pointer)
  const quote = typeof value === 'string' ? value : JSON.stringify(value ?? null)
  // Rule and agent are the manager's own words; what stands in the log may be anybody's.
  const trust = /^\/(rule|agent|manager|timestamp|id)\b/.test(pointer) ? 'observed' : 'attacker-controlled'
  return { kind: 'alert-field', source: alert.key, pointer, quote: quote.slice(0, 2000), trust, label }
}

/** A number or a list that code computed over alerts, with the first of them as evidence to open. */
export function computedOver(
  alerts: readonly Alert[],
  what: string,
  facts: Readonly<Record<string, string | number>>,
): EvidenceDraft[] {
  const quote = Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
  return [
    { kind: 'aggregate', source: 'alerts', pointer: '', quote, trust: 'observed', label: what, facts },
    ...alerts.slice(0, shown).map(alert => alertField(alert, '/rule/description', `Alert ${alert.id}`)),
  ]
}
