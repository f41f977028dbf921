import type { FoldedText } from '../content/folded-text.ts'
import { type Intent, intents } from './intents.ts'

/** One phrase found: where it stands in the folded text, and its words. */
export interface IntentHit {
  readonly intent: Intent
  readonly start: number
  readonly end: number
  /** Different phrases of this intent that were found, at most 8. */
  readonly count: number
}

/** The intents of a text, each once, at its first phrase. */
export function findIntents(folded: FoldedText): IntentHit[] {
  return intents.flatMap(intent => {
    const phrases = new Set<string>()
    let first: { start: number; end: number } | undefined
    for (const pattern of intent.patterns) {
      for (const match of folded.text.matchAll(pattern)) {
        phrases.add(match[0])
        if (first === undefined || match.index < first.start) {
          first = { start: match.index, end: match.index + match[0].length }
        }
        if (phrases.size >= 8) break
      }
    }
    return first ? [{ intent, ...first, count: phrases.size }] : []
  })
}
