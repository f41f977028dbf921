import { takeTokens } from './tokens.ts'

/** What part a name plays where something goes from one to another. */
export type Role = 'source' | 'target'

const sourceBefore =
  /(?:\bfrom|\bby|\boriginat\w+ (?:from|at|on|in)|\bsource|\bsrc|\bsender|\bclient|\battacker|\bremote|\bactor|\bacting|\bsubject|\bparent|\bcaller)(?:\b|(?=_))(?:[\s_-]*(?:address|addr|ip|host|user|username|user ?name|account|account ?name|name|image|process|program|computer|machine|server|port|the|an?|internal|external|public|client|at))*["'\s:=(]*$/i
const targetBefore =
  /(?:\bto|\binto|\bagainst|\btoward|\btowards|\btargeting|\btargeted|\btarget|\bdestination|\bdest|\bdst|\brecipient|\bvictim|\bon|\bonto|\bat|\bagent|\bhost)(?:\b|(?=_))(?:[\s_-]*(?:address|addr|ip|host|user|username|user ?name|account|account ?name|name|image|process|program|computer|machine|server|port|the|an?|internal|external|public|at))*["'\s:=(]*$/i

/** A name with the part that the words right before it give it. */
export interface RoledName {
  readonly value: string
  readonly role: Role
}

/**
 * The parts that names play in a folded text, as far as a preposition or a field's name right before them tells:
 * `from A to B`, `srcip: A`, `Source address: A`, `A -> B`.
 */
export function rolesIn(text: string): RoledName[] {
  const found: RoledName[] = []
  const apart = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/\b(src|dst|source|dest|destination|target|subject)(ip|port|user|host|address)\b/gi, '$1 $2')
  for (const { value: whole, start, end } of namesIn(apart)) {
    const value = shortName(whole)
    const before = apart.slice(Math.max(0, start - 60), start)
    const after = apart.slice(end, end + 6)
    if (/^\s*->/.test(after)) found.push({ value, role: 'source' })
    else if (/->\s*$/.test(before)) found.push({ value, role: 'target' })
    else if (sourceBefore.test(before)) found.push({ value, role: 'source' })
    else if (targetBefore.test(before)) found.push({ value, role: 'target' })
  }
  return found
}

/** A path plays its part under its last component too: reports name programs without their folder. */
export function shortName(value: string): string {
  return value.slice(Math.max(value.lastIndexOf('\\'), value.lastIndexOf('/')) + 1) || value
}

/** Every name in a text with its place: exact tokens, and words that are not English by their look. */
function namesIn(text: string): { value: string; start: number; end: number }[] {
  const places: { value: string; start: number; end: number }[] = []
  for (const token of takeTokens(text).tokens) {
    for (let at = text.indexOf(token.text); at >= 0; at = text.indexOf(token.text, at + token.text.length)) {
      places.push({ value: token.value, start: at, end: at + token.text.length })
    }
  }
  for (const match of text.matchAll(/[\p{L}][\p{L}\p{N}_.$-]*/gu)) {
    if (places.some(({ start, end }) => match.index >= start && match.index < end)) continue
    places.push({
      value: match[0].toLowerCase().replace(/[.-]+$/, ''),
      start: match.index,
      end: match.index + match[0].length,
    })
  }
  return places
}
