import { withoutDenied } from '../indicators/denied-clauses.ts'
import type { AttackKnowledge, KnownTechnique } from '../knowledge/attack-knowledge.ts'
import { lookUpTechnique } from '../knowledge/attack-techniques.ts'
import { type RankedTechnique, rankTechniques } from './rank-techniques.ts'
import { sentencesOf } from './sentences.ts'
import { techniqueIdsIn } from './technique-evidence.ts'

const quotesKept = 3
/** A list of every technique there is must not crowd out what the text describes. */
const mostStated = 30
/** An id can mean nothing else. A name can be ordinary words: it is likely, not sure. */
const byId = 1
const byName = 0.6

/** What is known beside the facts that ship, as far as texts name it. */
export type NamedTechniques = Pick<AttackKnowledge, 'current' | 'otherTechniques'>

/**
 * The techniques of a text by falling score: those of imported knowledge that it names, and those that the ranker finds. The ranker
 * learned Enterprise alone; of other domains an id or a name is the one word on them. `prose`: what of the text describes
 * something, rules and tables of a feed left out.
 */
export function techniquesOf(text: string, attack: NamedTechniques, prose = text): RankedTechnique[] {
  const sentences = sentencesOf(prose).filter(sentence => saysSomething(sentence.text))
  const ranked = rankTechniques(text, sentences)
  const known = new Set(ranked.map(({ id }) => id))
  const stated = statedTechniques(text, attack).filter(({ id }) => !known.has(id))
  return [...stated, ...ranked].sort((a, b) => b.score - a.score)
}

const nameless = /\S*(?:\/\/|\\|@|\[\.\])\S*|\b[0-9a-f]{16,}\b|\b\d[\d.:/-]+\b/gi

/** Whether there are words beside addresses and digests: a link or a row of a list describes nothing. */
function saysSomething(sentence: string): boolean {
  return (sentence.replaceAll(nameless, ' ').match(/\p{L}[\p{L}\p{N}]+/gu)?.length ?? 0) >= 3
}

function statedTechniques(text: string, attack: NamedTechniques): RankedTechnique[] {
  const stated = new Map<string, { readonly name: string; score: number; readonly quotes: string[] }>()
  const state = ({ id, name }: KnownTechnique, score: number, quote: string) => {
    const found = stated.get(id)
    if (found === undefined) {
      if (stated.size < mostStated) stated.set(id, { name, score, quotes: [quote] })
      return
    }
    found.score = Math.max(found.score, score)
    if (found.quotes.length < quotesKept && !found.quotes.includes(quote)) found.quotes.push(quote)
  }
  const named = attack.otherTechniques.flatMap(technique => {
    const pattern = namePattern(technique.name)
    return pattern?.test(text) ? [{ technique, pattern }] : []
  })
  for (const sentence of sentencesOf(text)) {
    const said = withoutDenied(sentence.text)
    for (const written of techniqueIdsIn(said)) {
      if (lookUpTechnique(written).kind !== 'unknown') continue // The ranker's own.
      const technique = attack.current(written)
      if (technique !== undefined) state(technique, byId, sentence.text)
    }
    for (const { technique, pattern } of named)
      if (pattern.test(said)) state(technique, byName, sentence.text)
  }
  return [...stated].map(([id, found]) => ({ id, ...found }))
}

/** A name as ATT&CK writes it, capitals too: `loss of view` and `Screenshots` are words, `Loss of View` is a technique. */
function namePattern(name: string): RegExp | undefined {
  if (!/\S\s+\S/.test(name)) return undefined
  const words = name.split(/\s+/).map(word => word.replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&'))
  return new RegExp(`(?<![\\w-])${words.join('\\s+')}(?![\\w-])`)
}
