import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import { nameMark, type PlacedWord, passedOver, stancesOf } from './polarity.ts'
import { isNeutral, isSpokenOf } from './vocabulary.ts'

/** Verbs by which a report says that something was, or was not, noticed. */
const noticing =
  /^(?:observ|se(?:e|en)$|find|found|record|detect|evidenc|indicat|report|show|sign|trac|notic|identif|present)/

/** Checks what a claim affirms and denies. `quoted` is the ground of the quotes alone, which is nearer. */
export function checkPolarity(words: readonly PlacedWord[], ground: Ground, quoted: Ground): Finding[] {
  return [
    ...checkStances(words, ground, quoted),
    ...checkDenials(words, ground),
    ...checkAffirmations(words, ground),
  ]
}

/** Opposites: failed or succeeded, blocked or allowed. A word of two pairs is borne out by either. */
function checkStances(words: readonly PlacedWord[], ground: Ground, quoted: Ground): Finding[] {
  const near = stancesOf(quoted.words)
  const all = stancesOf(ground.words)
  return words.flatMap((word): Finding[] => {
    const stances = stancesOf([word])
    const verdicts = stances.map(stance => {
      const inQuotes = near.filter(({ pair }) => pair === stance.pair)
      const known = inQuotes.length > 0 ? inQuotes : all.filter(({ pair }) => pair === stance.pair)
      return { stance, known, borneOut: known.some(({ side }) => side === stance.side) }
    })
    if (verdicts.length === 0 || verdicts.some(({ borneOut }) => borneOut)) return []
    const opposed = verdicts.find(({ known }) => known.length > 0)
    if (opposed) {
      return [
        { fault: 'contradicted', reason: `"${word.word}": the evidence says "${opposed.known[0]?.word}"` },
      ]
    }
    if (!stances.some(({ weight }) => weight === 'strict')) return []
    return [{ fault: 'not-in-evidence', reason: `nothing in the cited evidence says "${word.word}"` }]
  })
}

/** Whatever is denied must be denied in the evidence too. */
function checkDenials(words: readonly PlacedWord[], ground: Ground): Finding[] {
  const groups = Map.groupBy(
    words.filter(({ negated, word }) => negated && !passedOver.test(word)),
    ({ negation }) => negation,
  )
  return [...groups.values()].flatMap((group): Finding[] => {
    const heads = group.filter(({ distance }) => distance <= 2)
    const [head] = heads
    if (head === undefined || head.word === 'only' || isDecided(head, ground)) return []
    if (
      heads.some(
        ({ word, stem }) =>
          word !== nameMark && ground.words.some(known => known.stem === stem && known.negated),
      )
    )
      return []
    if (group.some(({ word }) => noticing.test(word))) return [judgeAbsence(words, ground)]
    if (heads.some(each => isDecided(each, ground))) return []
    // A name, number or time that is denied stands in the evidence: else it would be struck for itself.
    const affirmed =
      head.word === nameMark || ground.words.some(({ stem, negated }) => stem === head.stem && !negated)
    return [
      {
        fault: affirmed ? 'contradicted' : 'not-in-evidence',
        reason: `nothing in the cited evidence denies "${head.word}"`,
      },
    ]
  })
}

/** Whether the evidence takes a side on a word, so that `checkStances` has judged it. */
function isDecided(word: PlacedWord, ground: Ground): boolean {
  const known = new Set(stancesOf(ground.words).map(({ pair }) => pair))
  return stancesOf([word]).some(({ pair }) => known.has(pair))
}

/** "No X was observed": false where X is in the cited evidence, and otherwise a conclusion from silence. */
function judgeAbsence(words: readonly PlacedWord[], ground: Ground): Finding {
  const subject = words.filter(
    ({ word }) => !passedOver.test(word) && !noticing.test(word) && !isNeutral(word),
  )
  if (words.some(({ word }) => word === nameMark)) {
    return { fault: 'not-in-evidence', reason: 'nothing in the cited evidence says that it was not seen' }
  }
  const allThere = subject.every(({ word }) => isSpokenOf(word, ground.stems))
  return allThere
    ? { fault: 'contradicted', reason: 'what it says was not seen is in the cited evidence' }
    : { fault: 'inference', reason: 'a conclusion from what the evidence does not mention' }
}

/** What the evidence denies each time it speaks of it cannot be affirmed. */
function checkAffirmations(words: readonly PlacedWord[], ground: Ground): Finding[] {
  return words.flatMap(({ word, stem, negated }): Finding[] => {
    if (negated || word === nameMark || passedOver.test(word) || isNeutral(word)) return []
    const known = ground.words.filter(each => each.stem === stem)
    const denied = known.length > 0 && known.every(each => each.negated && each.distance <= 2)
    return denied ? [{ fault: 'contradicted', reason: `the evidence denies "${word}"` }] : []
  })
}
