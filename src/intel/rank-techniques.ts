/**
 * ATT&CK techniques that a text describes, most likely first, without a language model. A trained sentence model
 * (technique-model.ts) and a lexicon of our own say what each sentence is about; a small trained ranker weighs what a
 * whole report says. Suggestions for an analyst, each with the sentences behind it.
 */
import { currentTechnique } from '../knowledge/attack-techniques.ts'
import ranker from './data/technique-ranker.json' with { type: 'json' }
import { type Sentence, sentencesOf } from './sentences.ts'
import { type TechniqueEvidence, techniqueEvidence } from './technique-evidence.ts'

export interface RankedTechnique {
  readonly id: string
  readonly name: string
  /** 0 to 1. */
  readonly score: number
  /** Exact words of the text, best first. */
  readonly quotes: readonly string[]
}

/** At least so many are given where there are as many, however unlikely, and at most so many however likely. */
const fewest = 10
const most = 30

/** Beyond the fewest, less likely techniques are left out. */
const leastScore = 0.1

/**
 * A text of few sentences is judged by what its sentences say alone; the longer it is, the more a report's own weighing
 * counts, fully from here on.
 */
const fullReport = 100

/** What a lexicon phrase multiplies a sentence's odds by, and the probability it gives where the model had none. */
const phraseFactor = 4.5
const phraseFloor = 0.0005

/** A command line that does what the technique is makes it at least so likely. */
const commandScore = 0.6

/** Ranks the techniques of a text, by those of its sentences that are given. Names and ids count wherever they stand. */
export function rankTechniques(
  text: string,
  sentences: readonly Sentence[] = sentencesOf(text),
): RankedTechnique[] {
  return rankEvidence(techniqueEvidence(text, sentences), sentences.length, ranker)
    .map(ranked => ({ ...ranked, score: Math.max(ranked.score, ranked.item.command ? commandScore : 0) }))
    .sort((a, b) => b.score - a.score || a.id.localeCompare(b.id))
    .filter(({ item, score }, index) => index < fewest || score >= leastScore || item.explicit)
    .slice(0, most)
    .map(({ id, item, score }) => ({
      id,
      name: currentTechnique(id)?.name ?? id,
      score: Math.round(score * 1000) / 1000,
      quotes: item.best.map(({ sentence }) => sentence.text),
    }))
}

export interface ScoredEvidence {
  readonly id: string
  readonly item: TechniqueEvidence
  readonly score: number
}

/** Every technique with evidence, by falling score. */
export function rankEvidence(
  evidence: ReadonlyMap<string, TechniqueEvidence>,
  sentences: number,
  file: RankerFile,
): ScoredEvidence[] {
  const asReport = Math.min(1, Math.max(0, sentences - 3) / fullReport)
  const shareOf = (id: string) => file.shares[id] ?? file.unseen
  return rankerFeatures(evidence, sentences, shareOf)
    .map(({ id, item, features }) => ({
      id,
      item,
      score: asReport * reportScore(file, features) + (1 - asReport) * sentenceScore(item),
    }))
    .sort((a, b) => b.score - a.score || a.id.localeCompare(b.id))
}

/** What the best sentence says, raised where the lexicon agrees. */
function sentenceScore(item: TechniqueEvidence): number {
  if (item.explicit) return 1
  const probability = Math.max(item.highest[0] ?? 0, item.phrases > 0 ? phraseFloor : 0)
  const odds = (probability / (1 - Math.min(probability, 0.999))) * (item.phrases > 0 ? phraseFactor : 1)
  return odds / (1 + odds)
}

/** The ranker as stored: one weight per feature, and how common each technique is in reports. */
export interface RankerFile {
  readonly bias: number
  readonly weights: readonly number[]
  /** Share of reports that describe a technique, for those seen; `unseen` for all others. */
  readonly shares: Readonly<Record<string, number>>
  readonly unseen: number
}

function reportScore(file: RankerFile, features: readonly number[]): number {
  const total = features.reduce((sum, value, index) => sum + value * (file.weights[index] ?? 0), file.bias)
  return 1 / (1 + Math.exp(-total))
}

export interface RankerRow {
  readonly id: string
  readonly item: TechniqueEvidence
  readonly features: readonly number[]
}

/**
 * What the ranker weighs, in the order of its weights, for every technique with evidence: what the sentences say for it, how it
 * stands beside the others of the report, and what is said for its family (a technique with its sub-techniques), of which people
 * mark one and a sentence model often another.
 */
export function rankerFeatures(
  evidence: ReadonlyMap<string, TechniqueEvidence>,
  sentences: number,
  shareOf: (id: string) => number,
): RankerRow[] {
  const families = new Map<string, { sum: number; phrases: number }>()
  let mass = 0
  for (const [id, { sum, phrases }] of evidence) {
    const family = families.get(familyOf(id)) ?? { sum: 0, phrases: 0 }
    families.set(familyOf(id), { sum: family.sum + sum, phrases: family.phrases + phrases })
    mass += sum
  }
  const bySum = [...evidence].sort(([, a], [, b]) => b.sum - a.sum)
  const places = new Map(bySum.map(([id], place) => [id, place]))
  return [...evidence].map(([id, item]) => {
    const { highest, phrases } = item
    const family = families.get(familyOf(id)) ?? { sum: 0, phrases: 0 }
    const features = [
      log(item.sum),
      ...[0, 1, 2, 4].map(place => log(highest[place] ?? 0)),
      Math.log(item.trials + 1e-4),
      Math.log1p(item.first),
      Math.log1p(item.firstThree),
      Math.log1p(phrases),
      Math.log1p(phrases) / Math.log(sentences + 2),
      item.named ? 1 : 0,
      item.explicit ? 1 : 0,
      Math.log(shareOf(id)),
      log(family.sum),
      Math.log1p(family.phrases),
      Math.log1p(places.get(id) ?? 0),
      log(mass),
      Math.log(sentences + 1),
    ]
    return { id, item, features }
  })
}

const log = (value: number) => Math.log(value + 0.001)

/** A technique with its sub-techniques: `T1059` for `T1059.001`. */
const familyOf = (id: string) => id.slice(0, 5)
