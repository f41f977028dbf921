import { severityOfLevel } from '../domain/verdict.ts'
import type { Finding } from './finding.ts'
import { standsIn } from './fold.ts'
import type { Ground } from './ground.ts'
import type { Quantity } from './quantities.ts'
import type { Token } from './tokens.ts'
import { stemOf, wordsOf } from './words.ts'

interface Scope {
  readonly claimed: RegExp
  readonly known: RegExp
}

const universal: Scope = {
  claimed: /\b(?:all|every|each|always|entire(?:ly)?|whole|everything|everyone|throughout)\b/i,
  known: /\b(?:all|every|each|always|entire(?:ly)?|whole|100 ?%)\b/i,
}
const exclusive: Scope = {
  claimed:
    /\b(?:only|solely|exclusively|alone|no other|nothing else|nowhere else|no one else|unique(?:ly)?)\b/i,
  known: /\b(?:only|solely|exclusively|alone|no other|nothing else|sole|single|unique|distinct)\b/i,
}
const majority: Scope = {
  claimed: /\b(?:(?<!\bat )most(?! likely| recent)|majority|mainly|mostly)\b/i,
  known: /\b(?:most|majority|mainly|mostly|largest)\b/i,
}

/** More than one, without a number. */
const several: Scope = {
  claimed: /\b(?:many|multiple|several|numerous|countless|repeated(?:ly)?|(?:dozen|hundred|thousand)s of)\b/i,
  known:
    /\b(?:many|multiple|several|numerous|various|repeat\w*|again|attempts|failures|times|series|both)\b/i,
}

/**
 * Checks how far a claim reaches. "All" and "only" speak of more than the items shown, so the evidence must say so
 * itself; "all" may also be seen from the items, when each of several names the same things.
 */
export function checkScope(
  text: string,
  tokens: readonly Token[],
  quantities: readonly Quantity[],
  ground: Ground,
  items: readonly Ground[],
): Finding[] {
  const findings: Finding[] = []
  const miss = (word: string | undefined) =>
    findings.push({ fault: 'not-in-evidence', reason: `the cited evidence does not say "${word}"` })
  const all = universal.claimed.exec(text)?.[0]
  if (
    all !== undefined &&
    !universal.known.test(ground.text) &&
    !eachItemNames(tokens, items) &&
    !isCountedOnce(text, ground)
  )
    miss(all)
  const only = exclusive.claimed.exec(text)?.[0]
  if (
    only !== undefined &&
    !exclusive.known.test(ground.text) &&
    !limitsNumber(text, quantities) &&
    !isCountedOnce(text, ground)
  )
    miss(only)
  const most = majority.claimed.exec(text)?.[0]
  if (most !== undefined && !majority.known.test(ground.text)) miss(most)
  const many = several.claimed.exec(text)?.[0]
  if (many !== undefined && !several.known.test(ground.text) && !showsSeveral(ground))
    findings.push({ fault: 'inference', reason: `the cited evidence does not say "${many}"` })
  return findings
}

/** Several items, a count of two or more, or several names of one kind. */
function showsSeveral({ items, quantities, tokens }: Ground): boolean {
  if (items > 1 || quantities.some(({ kind, value }) => kind === 'count' && value > 1)) return true
  const named = new Map<string, string>()
  return tokens.some(({ kind, value }) => {
    const before = named.get(kind)
    named.set(kind, value)
    return before !== undefined && before !== value
  })
}

function eachItemNames(tokens: readonly Token[], items: readonly Ground[]): boolean {
  const names = tokens.filter(({ kind }) => kind !== 'evidence-id')
  return (
    items.length > 1 &&
    names.length > 0 &&
    items.every(item => names.every(({ value }) => standsIn(item.text, value)))
  )
}

/** `only 3 attempts` says no more than the number. */
function limitsNumber(text: string, quantities: readonly Quantity[]): boolean {
  const before = /\b(?:only|solely)\s+(?:the\s+)?([\p{L}\d]+)/iu.exec(text)?.[1]?.toLowerCase()
  return (
    before !== undefined && quantities.some(quantity => quantity.text.trim().toLowerCase().startsWith(before))
  )
}

/** `all on a single host` and `the only host` say what a count of 1 host says. */
function isCountedOnce(text: string, ground: Ground): boolean {
  const after = /\b(?:only|single|one|same)\s+(.*)$/i.exec(text)?.[1] ?? ''
  const things = wordsOf(after).slice(0, 3).map(stemOf)
  return ground.quantities.some(
    ({ kind, value, of }) => kind === 'count' && value === 1 && of.some(thing => things.includes(thing)),
  )
}

const severityWord = '(?<word>critical|high|medium|moderate|low|informational)'
const severityClaims = [
  new RegExp(String.raw`\b${severityWord}[- ](?:severity|priority|criticality|level)\b`, 'gi'),
  new RegExp(
    String.raw`\b(?:severity|priority|criticality)(?:["'\s:=]|is|was|of|as|rated|level)*\b${severityWord}\b`,
    'gi',
  ),
  new RegExp(String.raw`\b(?:rated|classified as|ranked|considered)\s+(?:as\s+)?${severityWord}\b`, 'gi'),
  new RegExp(String.raw`\b${severityWord}\s+alerts?\b`, 'gi'),
]

/** Checks words of severity against those of the evidence, or against the Wazuh level in it. */
export function checkSeverity(text: string, ground: Ground): Finding[] {
  const known = new Set([
    ...severitiesIn(ground.text),
    ...ground.quantities
      .filter(({ kind }) => kind === 'level')
      .map(({ value }) => severityOfLevel(value) as string),
  ])
  return severitiesIn(text).flatMap((word): Finding[] => {
    if (known.has(word)) return []
    const fault = known.size > 0 ? 'contradicted' : 'not-in-evidence'
    return [{ fault, reason: `the cited evidence does not say that the severity is ${word}` }]
  })
}

/** Whether a sentence names a severity. */
export const speaksOfSeverity = (text: string): boolean => severitiesIn(text).length > 0

function severitiesIn(text: string): string[] {
  const words = severityClaims.flatMap(pattern =>
    [...text.matchAll(pattern)].map(match => match.groups?.word ?? ''),
  )
  return words.map(word => word.toLowerCase().replace('moderate', 'medium'))
}
