import { withoutDenied } from '../indicators/denied-clauses.ts'
import { lookUpTechnique, techniques } from '../knowledge/attack-techniques.ts'
import { type Sentence, sentencesOf } from './sentences.ts'
import { lexicon } from './technique-lexicon.ts'
import { noTechnique, type Prediction, predictTechniques } from './technique-model.ts'
import { techniquePatterns } from './technique-patterns.ts'

/** What a report says for one technique, over all its sentences. */
export interface TechniqueEvidence {
  /** The model's probability: summed over sentences, and the highest few, the highest first. */
  sum: number
  readonly highest: number[]
  /** The same as if each sentence were a trial of its own: minus the logarithm of the chance that none of them says it. */
  trials: number
  /** Sentences in which the model puts it first, or among the first three, with some confidence. */
  first: number
  firstThree: number
  /** Sentences with a phrase of the lexicon. */
  phrases: number
  /** Whether its ATT&CK name stands in the text, and whether its id does. */
  named: boolean
  explicit: boolean
  /** Whether a command line stands in the text that does nothing else. */
  command: boolean
  /** The sentences that say it best, best first. */
  best: { readonly sentence: Sentence; readonly strength: number }[]
}

const quotesKept = 3
/** One sentence can be wrong about a report; the third and the fifth that say the same seldom are. */
const highestKept = 5

/** How much a lexicon phrase counts when quotes are chosen, beside the model's probability. */
const phraseStrength = 0.3

/** Techniques whose name is long enough not to be an ordinary word (`Proxy`, `Python`). */
const names = techniques
  .filter(({ name }) => name.length > 6)
  .map(({ id, name }) => ({ id, name: name.toLowerCase() }))

/** The command lines that draft rules look for, as reports quote them. */
const commands = Object.entries(techniquePatterns).flatMap(([id, { windows }]) =>
  windows === undefined || id === 'T1082' ? [] : [{ id, pattern: new RegExp(`\\b${windows}`, 'i') }],
)

/** The techniques' ids in a text, as written or at the end of an address of ATT&CK's site (`techniques/T1566/001`). */
export function techniqueIdsIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w.])T\d{4}(?:[./]\d{3})?(?![\w]|\.\d)/gi)].map(([id]) =>
    id.replace('/', '.'),
  )
}

/** Gathers the evidence for every technique that a text says anything for. What it denies is not said. */
export function techniqueEvidence(
  text: string,
  sentences: readonly Sentence[],
  predict: (sentence: string) => Prediction = predictTechniques,
): Map<string, TechniqueEvidence> {
  const all = new Map<string, TechniqueEvidence>()
  const of = (id: string) => {
    const known = all.get(id)
    if (known !== undefined) return known
    const fresh: TechniqueEvidence = {
      sum: 0,
      highest: [],
      trials: 0,
      first: 0,
      firstThree: 0,
      phrases: 0,
      named: false,
      explicit: false,
      command: false,
      best: [],
    }
    all.set(id, fresh)
    return fresh
  }
  for (const sentence of sentences) {
    const said = withoutDenied(sentence.text)
    if (said !== sentence.text && !/\p{L}{2}.*\s.*\p{L}{2}.*\s.*\p{L}{2}/u.test(said)) continue
    const strengths = new Map<string, number>()
    const ranked = [...predict(said)].filter(([id]) => id !== noTechnique).sort((a, b) => b[1] - a[1])
    ranked.forEach(([id, probability], rank) => {
      addProbability(of(id), probability, rank)
      strengths.set(id, probability)
    })
    for (const { id, pattern } of lexicon) {
      if (!pattern.test(said)) continue
      of(id).phrases++
      strengths.set(id, (strengths.get(id) ?? 0) + phraseStrength)
    }
    for (const { id, pattern } of commands) {
      if (!pattern.test(said)) continue
      of(id).command = true
      strengths.set(id, 1)
    }
    for (const [id, strength] of strengths) keepQuote(of(id), sentence, strength)
  }
  const affirmed = affirmedText(text)
  const lower = affirmed.toLowerCase()
  for (const { id, name } of names) if (lower.includes(name)) of(id).named = true
  for (const id of techniqueIdsIn(affirmed)) {
    const found = lookUpTechnique(id)
    const technique =
      found.kind === 'current' ? found.technique : found.kind === 'retired' ? found.replacement : undefined
    if (technique !== undefined) of(technique.id).explicit = true
  }
  return all
}

/** A text without what its sentences deny. */
function affirmedText(text: string): string {
  let affirmed = ''
  let at = 0
  for (const sentence of sentencesOf(text)) {
    const said = withoutDenied(sentence.text)
    if (said === sentence.text) continue
    affirmed += text.slice(at, sentence.start) + said
    at = sentence.end
  }
  return affirmed + text.slice(at)
}

function addProbability(evidence: TechniqueEvidence, probability: number, rank: number): void {
  evidence.sum += probability
  evidence.trials -= Math.log1p(-Math.min(probability, 0.999))
  evidence.highest.push(probability)
  evidence.highest.sort((a, b) => b - a)
  evidence.highest.length = Math.min(evidence.highest.length, highestKept)
  if (rank === 0 && probability > 0.2) evidence.first++
  if (rank < 3 && probability > 0.1) evidence.firstThree++
}

function keepQuote(evidence: TechniqueEvidence, sentence: Sentence, strength: number): void {
  if (strength < 0.02) return
  if (evidence.best.some(kept => kept.sentence.text === sentence.text)) return
  evidence.best.push({ sentence, strength })
  evidence.best.sort((a, b) => b.strength - a.strength)
  evidence.best.length = Math.min(evidence.best.length, quotesKept)
}
