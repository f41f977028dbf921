import type { EvidenceDraft, EvidenceItem } from '../domain/evidence.ts'
import { alertTrust } from '../evidence/alert-trust.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { cutText } from '../lib/cut-text.ts'
import { spokenTexts } from '../verify/spoken-texts.ts'
import { injectionForms } from '../verify/suspected-injection.ts'

const maxFields = 10
const maxQuote = 1200

/**
 * Fields of the case's alerts in which somebody speaks to a model, and which are not quoted already: evidence quotes
 * the telling fields of a few alerts, and an attacker may write anywhere.
 */
export function spokenFields(context: CaseContext, quoted: readonly EvidenceItem[]): EvidenceDraft[] {
  const known = new Set(quoted.map(({ source, pointer }) => `${source} ${pointer}`))
  const fields = context.alerts.flatMap(alert =>
    spokenTexts(alert, maxFields)
      .filter(({ pointer }) => alertTrust(alert, pointer) === 'attacker-controlled')
      .filter(({ pointer }) => !known.has(`${alert.key} ${pointer}`))
      .map(({ pointer, text }) => ({
        kind: 'alert-field',
        source: alert.key,
        pointer,
        quote: spokenPart(text.toWellFormed()),
        trust: 'attacker-controlled' as const,
        label: pointer.split('/').at(-1) ?? '',
      })),
  )
  // The same text in every alert is one attempt.
  const first = new Map(fields.map(field => [`${field.pointer} ${field.quote}`, field]))
  return [...first.values()].slice(0, maxFields)
}

/** The first stretch of a long text that speaks to a model. */
function spokenPart(text: string): string {
  for (let from = 0; from < text.length; from += maxQuote / 2) {
    const part = cutText(text.slice(from).replace(/^[\udc00-\udfff]/, ''), maxQuote)
    if (injectionForms(part).length > 0) return part
  }
  return cutText(text, maxQuote)
}
