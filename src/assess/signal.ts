import { cutText } from '../lib/cut-text.ts'
import type { AlertView } from './alert-view.ts'

/**
 * One reason for or against "a person must look at this alert". Reasons hold anywhere: they speak of behaviour, of
 * Wazuh's stock rules and of public tools, never of one estate's names, ids or times.
 */
export interface Signal {
  /** Stable, kebab-case: `download-cradle`. */
  readonly id: string
  /** Log-odds. Positive speaks for a true positive. 0.5 is a hint, 1 a reason, 2 a strong one, 3 nearly decides. */
  readonly weight: number
  /** For a person, a clause without a full stop: `downloads and runs code in one command`. */
  readonly reason: string
  /** The field it was read from, a JSON pointer into the alert. */
  readonly pointer: string
  /** The exact words there. */
  readonly quote: string
  /** What the quote means, where it has to be decoded first. */
  readonly decoded?: string
}

/** Reads one family of signals from an alert. Pure; linear in the length of what it reads. */
export type SignalReader = (view: AlertView) => readonly Signal[]

/** What one row of a signal table says. */
export interface SignalPattern {
  readonly id: string
  readonly weight: number
  readonly reason: string
  readonly pattern: RegExp
}

/** One field of an alert as read: its raw text, and where it stands. */
export interface FieldText {
  readonly pointer: string
  readonly text: string
}

const maxQuote = 160

/** The signals of every row whose pattern is in the field; each cites the words that matched. */
export function matchPatterns(rows: readonly SignalPattern[], field: FieldText | undefined): Signal[] {
  if (field === undefined) return []
  return rows.flatMap(({ id, weight, reason, pattern }) => {
    const match = pattern.exec(field.text)
    if (match === null) return []
    return [{ id, weight, reason, pointer: field.pointer, quote: cutText(match[0], maxQuote) }]
  })
}

/** A signal that cites a whole field, cut to a readable length. */
export function signalFrom(id: string, weight: number, reason: string, field: FieldText): Signal {
  return { id, weight, reason, pointer: field.pointer, quote: cutText(field.text, maxQuote) }
}
