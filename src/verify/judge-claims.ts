import type { Claim, ClaimStatus, JudgedClaim } from '../domain/claim.ts'
import { checkMoments } from './check-moments.ts'
import { checkParts } from './check-parts.ts'
import { checkPolarity } from './check-polarity.ts'
import { checkQuantities } from './check-quantities.ts'
import { checkRoles } from './check-roles.ts'
import { checkScope, checkSeverity } from './check-scope.ts'
import { checkAttackNames, checkTokens } from './check-tokens.ts'
import { checkWords, saysSomething } from './check-words.ts'
import { type Finding, faults } from './finding.ts'
import { fold, standsIn } from './fold.ts'
import { type Ground, groundOf, mergeGrounds, withoutFalseDenials } from './ground.ts'
import type { KnownIds } from './known-ids.ts'
import { takeMoments } from './moments.ts'
import { markNames, placeWords } from './polarity.ts'
import { quantitiesIn } from './quantities.ts'
import type { SentItem } from './sent-item.ts'
import { takeTokens } from './tokens.ts'
import { checkTransfers } from './transfers.ts'
import { wordsOf } from './words.ts'

interface Cited {
  readonly item: SentItem
  readonly ground: Ground
  readonly quote: string
}

/**
 * Judges each claim against the evidence exactly as the model was sent it. Every checkable fact in the sentence
 * (names, numbers, times, who did what to whom, what is denied, how far it reaches) must stand in the items that it
 * cites. Takes nothing on trust and knows no case: the same claim and evidence always get the same verdict.
 */
export function judgeClaims(
  claims: readonly Claim[],
  evidence: readonly SentItem[],
  known: KnownIds,
): JudgedClaim[] {
  const grounds = new Map<string, Ground>()
  const items = new Map(evidence.map(item => [item.id, item]))
  const groundFor = (item: SentItem) => {
    const ground = grounds.get(item.id) ?? groundOf(item)
    grounds.set(item.id, ground)
    return ground
  }
  return claims.map(claim => {
    const { cited, findings } = readCitations(claim, items, groundFor)
    const all = [...findings, ...check(claim, cited, known, new Set(items.keys()))]
    const worst = faults.find(fault => all.some(finding => finding.fault === fault))
    const reasons = [
      ...new Set(all.filter(({ fault }) => fault === worst).map(({ reason }) => reason)),
    ].slice(0, 6)
    return { ...claim, status: worst ?? supportedBy(claim, cited, known, items), reasons }
  })
}

function readCitations(
  claim: Claim,
  items: ReadonlyMap<string, SentItem>,
  groundFor: (item: SentItem) => Ground,
): { readonly cited: readonly Cited[]; readonly findings: readonly Finding[] } {
  const cited: Cited[] = []
  const findings: Finding[] = []
  for (const { id, quote } of claim.evidence) {
    const item = items.get(id)
    if (item === undefined) {
      findings.push({ fault: 'not-in-evidence', reason: `there is no evidence ${id}` })
    } else if (!holdsQuote(item, quote)) {
      findings.push({ fault: 'not-in-evidence', reason: `the quote does not stand in ${id}` })
    } else cited.push({ item, ground: groundFor(item), quote })
  }
  return { cited, findings }
}

/** Whether the words stand in the item as they are, white space aside. An empty quote is none. */
function holdsQuote(item: SentItem, quote: string): boolean {
  const spaced = (text: string) => text.replace(/\s+/g, ' ').trim()
  const wanted = spaced(quote)
  // A few characters stand in everything: they must be whole words.
  const holds = (text: string) => (wanted.length < 6 ? standsIn(text, wanted) : text.includes(wanted))
  return [item.quote, item.label, item.facts].some(text => wanted !== '' && holds(spaced(text)))
}

/** What is wrong with the sentence, given the items it cites. */
function check(
  claim: Claim,
  cited: readonly Cited[],
  known: KnownIds,
  itemIds: ReadonlySet<string>,
): Finding[] {
  const text = fold(claim.text)
  const { tokens, rest } = takeTokens(text)
  const { moments, rest: plain } = takeMoments(rest)
  const quantities = quantitiesIn(plain)
  const items = [...new Map(cited.map(({ item, ground }) => [item.id, ground])).values()]
  const ground = mergeGrounds(items)
  const quoted = mergeGrounds(
    cited.map(({ item, quote }) =>
      groundOf({ ...item, label: '', quote: clauseAround(item, quote), facts: '' }),
    ),
  )
  const marked = markNames(text, plain)
  const words = placeWords(withoutFalseDenials(marked, ground.parts))
  return [
    ...checkTokens(tokens, ground, known, itemIds),
    ...checkAttackNames(text, known),
    ...checkQuantities(quantities, ground),
    ...checkMoments(moments, wordsOf(plain), ground),
    ...checkPolarity(words, ground, quoted),
    ...checkScope(plain, tokens, quantities, ground, items),
    ...checkSeverity(text, ground),
    ...checkRoles(text, ground),
    ...checkParts(text, ground),
    ...checkTransfers(text, ground),
    ...checkWords(marked, ground, known),
    ...(saysSomething(marked) ? [] : [inference('it says nothing that evidence could bear out')]),
    ...(cited.length === 0 ? [inference('it cites nothing')] : []),
  ]
}

/** A quote with the rest of its clause: it may begin right behind the "no", or end before the "false", that turns it around. */
function clauseAround(item: SentItem, quote: string): string {
  const at = item.quote.indexOf(quote)
  if (at < 0) return quote
  const start = Math.max(
    ...[', ', '; ', '. ', ': ', '\n'].map(end => item.quote.lastIndexOf(end, at - 1) + 1),
  )
  return item.quote.slice(start, at + quote.length)
}

const inference = (reason: string): Finding => ({ fault: 'inference', reason })

/** A claim that holds: does it still hold without what an attacker could have written? */
function supportedBy(
  claim: Claim,
  cited: readonly Cited[],
  known: KnownIds,
  items: ReadonlyMap<string, SentItem>,
): ClaimStatus {
  const trusted = cited.filter(({ item }) => item.trust !== 'attacker-controlled')
  if (trusted.length === cited.length) return 'verified'
  if (trusted.length === 0) return 'written-by-attacker'
  return check(claim, trusted, known, new Set(items.keys())).length === 0 ? 'verified' : 'written-by-attacker'
}
