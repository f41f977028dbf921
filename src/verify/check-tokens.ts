import { assertNever } from '../lib/app-error.ts'
import type { Finding } from './finding.ts'
import { standsIn } from './fold.ts'
import type { Ground } from './ground.ts'
import type { KnownIds } from './known-ids.ts'
import type { Token } from './tokens.ts'

/** Checks every exact name of a claim: it must stand in the evidence, and identifiers must exist at all. */
export function checkTokens(
  tokens: readonly Token[],
  ground: Ground,
  known: KnownIds,
  itemIds: ReadonlySet<string>,
): Finding[] {
  return tokens.flatMap(token => checkToken(token, ground, known, itemIds))
}

function checkToken(token: Token, ground: Ground, known: KnownIds, itemIds: ReadonlySet<string>): Finding[] {
  const missing: Finding = { fault: 'not-in-evidence', reason: `${token.text} is not in the cited evidence` }
  switch (token.kind) {
    case 'attack-id':
      return checkAttackId(token, ground, known, missing)
    case 'evidence-id':
      return itemIds.has(token.text) ? [] : [{ fault: 'does-not-exist', reason: `there is no ${token.text}` }]
    case 'cve':
      if (!couldExist(token.value)) {
        return [{ fault: 'does-not-exist', reason: `${token.text} is no identifier that could exist` }]
      }
      return standsIn(ground.text, token.value) ? [] : [missing]
    case 'quoted':
      if (known.attackIdsNamed(token.value).length > 0) return []
      return standsIn(ground.text, token.value) ? [] : [missing]
    case 'address':
    case 'placeholder':
      return ground.tokens.some(each => each.kind === token.kind && each.value === token.value)
        ? []
        : [missing]
    case 'url':
    case 'path':
      return endsIn(ground.text, token.value.replace(/(?<=\w)\/$/, '')) ? [] : [missing]
    case 'email':
    case 'domain':
      return endsIn(ground.text, token.value) ? [] : [missing]
    case 'hash':
    case 'identifier':
      return standsIn(ground.text, token.value) ? [] : [missing]
    default:
      return assertNever(token.kind)
  }
}

/** Whether a name stands there and ends: `evil.com` is another than `evil.com.ru`, and `x` than `x.sh`. */
function endsIn(text: string, name: string): boolean {
  if (!/[\p{L}\p{N}_]$/u.test(name)) return standsIn(text, name)
  // What goes on behind the dot is cut off for the comparison, each time that it does.
  const [first = '', ...others] = text.split(`${name}.`)
  const goesOn = others.map(rest => (/^[\p{L}\p{N}_]/u.test(rest) ? ` ${rest}` : `${name}.${rest}`))
  return standsIn([first, ...goesOn].join(''), name)
}

/**
 * An ATT&CK id that exists but stands in no cited item is a mapping that the model made: an inference. Where the
 * cited items name techniques themselves, another one is an invention.
 */
function checkAttackId(token: Token, ground: Ground, known: KnownIds, missing: Finding): Finding[] {
  const id = token.value.toUpperCase()
  if (!known.attack(id)) return [{ fault: 'does-not-exist', reason: `ATT&CK has no ${id}` }]
  const named = ground.tokens.filter(each => each.kind === 'attack-id').map(each => each.value.toUpperCase())
  if (named.some(each => each === id || each.startsWith(`${id}.`))) return []
  const sameKind = named.some(each => each[0] === id[0])
  return sameKind ? [missing] : [{ fault: 'inference', reason: `${id} is the model's own mapping` }]
}

/** CVE numbering began in 1999, with at least four digits after the year (MITRE, CVE ID syntax). */
function couldExist(id: string): boolean {
  const cve = /^cve-(\d{4})-(\d{4,})$/.exec(id)
  if (cve) return Number(cve[1]) >= 1999 && Number(cve[1]) < 2100
  return /^cwe-\d{1,4}$/.test(id)
}

/** `T1110 (Phishing)` and `Phishing (T1110)`: a name that belongs to another id is a contradiction. */
export function checkAttackNames(text: string, known: KnownIds): Finding[] {
  const pairs = [
    ...text.matchAll(
      /\b(?<id>T\d{4}(?:\.\d{3})?|TA\d{4})\s*[(:,-]\s*(?:the\s+)?"?(?<name>[A-Z][\w/ -]{2,60}?)"?\s*(?=[).,;:]|$)/g,
    ),
    ...text.matchAll(
      /(?<name>\b[A-Z][\w/-]*(?: (?:[A-Z][\w/-]*|of|and|or|for|the|to|in|via|with))*)"?\s*\((?:technique\s+)?(?<id>T\d{4}(?:\.\d{3})?|TA\d{4})\)/g,
    ),
  ]
  return pairs.flatMap(({ groups }) => {
    const id = groups?.id ?? ''
    const owners = lastWordsOf(groups?.name ?? '').map(name => known.attackIdsNamed(name))
    const found = owners.find(ids => ids.length > 0)
    if (found === undefined || !known.attack(id)) return []
    const fits = found.some(owner => owner === id || owner.startsWith(`${id}.`) || id.startsWith(`${owner}.`))
    return fits ? [] : [{ fault: 'contradicted' as const, reason: `${groups?.name} is not ${id}` }]
  })
}

/** A name may follow other words: `The Brute Force` is tried as itself, then as `Brute Force`, then as `Force`. */
function lastWordsOf(phrase: string): string[] {
  const words = phrase.trim().split(' ')
  return words.map((_, index) => words.slice(index).join(' '))
}
