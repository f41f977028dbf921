import type { EvidenceDraft } from '../../../src/domain/evidence.ts'
import type { TrueClaim } from './sentence.ts'

/** Evidence of one case by name, and true sentences about it. */
export interface Scenario {
  readonly name: string
  readonly items: Readonly<Record<string, EvidenceDraft>>
  readonly claims: readonly Omit<TrueClaim, 'scenario'>[]
}

/** What an alert of the case says, unless `more` says otherwise. */
export const item = (label: string, quote: string, more: Partial<EvidenceDraft> = {}): EvidenceDraft => ({
  kind: 'alert-field',
  source: 'alert',
  pointer: '',
  trust: 'observed',
  label,
  quote,
  ...more,
})
