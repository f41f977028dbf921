import { weekdays } from './check-moments.ts'
import { speaksOfSeverity } from './check-scope.ts'
import type { Finding } from './finding.ts'
import { standsIn } from './fold.ts'
import type { Ground } from './ground.ts'
import type { KnownIds } from './known-ids.ts'
import { quantitiesIn } from './quantities.ts'
import { accountWords, givenNames, hedge, isNeutral, isSpokenOf, protocols, shownBy } from './vocabulary.ts'
import { isOrdinaryWord } from './words.ts'

/** Words right before a name, which make even an ordinary word one: `user mark`, `host mercury`. */
const nameAhead =
  /\b(?:user(?:name)?|account|login|host(?:name)?|agent|server|workstation|machine|domain|named|called|by|as|for)\s+$/i

/**
 * Checks what is left of a sentence when exact names, numbers and times are taken out. A word that is neither
 * English nor in the evidence is a name that was made up. An ordinary word that the evidence does not speak of is
 * the model's own judgement, and makes the sentence an inference.
 */
export function checkWords(rest: string, ground: Ground, known: KnownIds): Finding[] {
  const findings: Finding[] = []
  const unspoken = new Set<string>()
  const missing = (text: string) =>
    findings.push({ fault: 'not-in-evidence', reason: `"${text}" is not in the cited evidence` })
  for (const phrase of properNames(rest)) {
    if (known.attackIdsNamed(phrase).length > 0 || weekdays.includes(phrase.toLowerCase())) continue
    const words = phrase.toLowerCase().split(/[ -]/)
    if (standsIn(ground.text, phrase.toLowerCase())) continue
    if (words.every(word => isInEvidence(word, ground) || isNeutral(word))) continue
    if (words.every(isOrdinaryWord) && words.length === 1 && isSpokenOf(words[0] ?? '', ground.stems))
      continue
    if (!words.some(word => protocols.has(word))) missing(phrase)
  }
  for (const match of rest.matchAll(/[\p{L}][\p{L}'’-]*/gu)) {
    if (standsIn(ground.text, match[0].toLowerCase())) continue
    for (const part of match[0].split('-')) {
      const word = part.toLowerCase().replace(/'s?$|'t$|n't$/, '')
      if (/^[a-z]?$/.test(word) || weekdays.includes(word) || isInEvidence(word, ground)) continue
      const before = rest.slice(Math.max(0, match.index - 20), match.index)
      if (protocols.has(word)) {
        if (!(shownBy[word] ?? new RegExp(`${word}`)).test(ground.text)) missing(part)
      } else if (givenNames.has(word) || !isOrdinaryWord(word)) missing(part)
      else if (accountWords.has(word) && !/\b(?:an?|the|any|its|local|domain)\s+$/i.test(before))
        missing(part)
      else if (
        !isNeutral(word) &&
        nameAhead.test(before) &&
        isNameBefore(rest.slice(match.index + part.length))
      )
        missing(part)
      else if (!isNeutral(word) && !isSpokenOf(word, ground.stems)) {
        unspoken.add(word)
      }
    }
  }
  if (unspoken.size > 0) {
    const words = [...unspoken].map(word => `"${word}"`).join(', ')
    findings.push({ fault: 'inference', reason: `the cited evidence does not speak of ${words}` })
  }
  if (isHedged(rest, ground)) findings.push({ fault: 'inference', reason: 'it is put as a judgement' })
  return findings
}

/** Whether the writer judges. Who repeats a judgement of the evidence (`Possible Lateral Movement`) does not. */
function isHedged(rest: string, ground: Ground): boolean {
  return [...rest.matchAll(hedge)].some(match => {
    const next = /^[\s-]+([\p{L}\d]+)/u.exec(rest.slice(match.index + match[0].length))?.[1]
    return next === undefined || !standsIn(ground.text, `${match[0]} ${next}`.toLowerCase())
  })
}

/** Whether a sentence says anything beyond how reports speak: `The rule fired.` could stand under any evidence. */
export function saysSomething(marked: string): boolean {
  if (/[\d∎]/.test(marked) || quantitiesIn(marked).length > 0 || speaksOfSeverity(marked)) return true
  return (marked.match(/\p{L}{2,}/gu) ?? []).some(word => !isNeutral(word.toLowerCase()))
}

function isInEvidence(word: string, ground: Ground): boolean {
  return standsIn(ground.text, word) || ground.words.some(each => each.word === word)
}

/** After `user X`: a verb, a preposition or the end says that X was a name and not part of a longer noun. */
function isNameBefore(after: string): boolean {
  return /^(?:\s*[.,;:)]|\s*$|\s+(?:was|were|is|has|had|did|on|at|from|to|in|with|and|via|over|using|\w+ed|ran|made|sent|took|began)\b)/i.test(
    after,
  )
}

/** Capitalised words that do not begin the sentence, run together: `Cobalt Strike`. Acronyms are none. */
function properNames(text: string): string[] {
  return [
    ...text.matchAll(
      /(?<=[\p{Ll}\d∎,;:)]\s{1,80}(?:["'(])?)\p{Lu}[\p{Ll}]+(?:[ -](?:\p{Lu}[\p{Ll}]+|of|and|to))*/gu,
    ),
  ]
    .map(match => match[0].replace(/(?:[ -](?:of|and|to))+$/, ''))
    .filter(phrase => !/^(?:I|The|This|An?)$/.test(phrase))
}
