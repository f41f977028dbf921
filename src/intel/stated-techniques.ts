import type { AttackKnowledge } from '../knowledge/attack-knowledge.ts'
import { lookUpTechnique } from '../knowledge/attack-techniques.ts'
import { type RankedTechnique, rankTechniques } from './rank-techniques.ts'
import { sentencesOf } from './sentences.ts'
import { techniqueId } from './technique-evidence.ts'

const quotesKept = 3
/** A list of every technique there is must not crowd out what the text describes. */
const mostStated = 30

/**
 * The techniques of a text: those of imported knowledge that it names by id, then those that the ranker finds. The ranker learned
 * Enterprise alone; of other domains an id is the one word on them, and a sure one.
 */
export function techniquesOf(text: string, attack: AttackKnowledge): RankedTechnique[] {
  const ranked = rankTechniques(text)
  const known = new Set(ranked.map(({ id }) => id))
  return [...statedTechniques(text, attack).filter(({ id }) => !known.has(id)), ...ranked]
}

function statedTechniques(text: string, attack: AttackKnowledge): RankedTechnique[] {
  const stated = new Map<string, { readonly name: string; readonly quotes: string[] }>()
  for (const sentence of sentencesOf(text))
    for (const [written] of sentence.text.matchAll(techniqueId)) {
      if (lookUpTechnique(written).kind !== 'unknown') continue // The ranker's own.
      const technique = attack.current(written)
      if (technique === undefined) continue
      const found = stated.get(technique.id)
      if (found === undefined) {
        if (stated.size < mostStated)
          stated.set(technique.id, { name: technique.name, quotes: [sentence.text] })
      } else if (found.quotes.length < quotesKept && !found.quotes.includes(sentence.text))
        found.quotes.push(sentence.text)
    }
  return [...stated].map(([id, { name, quotes }]) => ({ id, name, score: 1, quotes }))
}
