import type { Inventory } from '../domain/inventory.ts'
import type { ValueClass } from '../domain/value-class.ts'
import { type EgressFinding, scanText } from './egress-scan.ts'
import { foldName } from './fold.ts'
import type { Span } from './span.ts'

/*
 * What redaction overlooks, the scan of the request finds, and stops the call: safe, and yet the analyst is left with
 * nothing, and whoever writes a log line could bring that about. So the same scan is put to the redacted text first,
 * and where it finds something, the piece around it is replaced too. The scan knows no offsets and shares no code with
 * redaction, and stays so: the place is found by scanning ever smaller pieces.
 */

/** A part of the text that is scanned by itself: a field, or all of it. UTF-16 offsets, `end` excluded. */
export interface Stretch {
  readonly start: number
  readonly end: number
}

/** How many characters all fields together may unpack to, beside eight times their own length. */
const unpackedLimit = 1 << 19
/** What the search for the places may cost in characters scanned, beside so many times the text's length. */
const [searchLimit, searchFactor] = [1 << 18, 6]
/** So many pieces of one text are replaced one by one; each costs a copy of it. */
const mostPieces = 100

/**
 * The pieces of a text that the scan would still stop on once `replaced` is taken out. None of them reaches into a
 * replaced span, though it may hold one. Where there are too many of them to be found one by one, or a field unpacks to
 * more than can be scanned, the field is one piece.
 */
export function findResidue(
  text: string,
  replaced: readonly Span[],
  fields: readonly Stretch[],
  inventory: Inventory,
): Span[] {
  const residue = new ResidueSearch(text, replaced, inventory)
  for (const field of fields) residue.searchField(field)
  return residue.spans
}

class ResidueSearch {
  readonly spans: Span[] = []
  readonly #text: string
  readonly #replaced: readonly Span[]
  readonly #inventory: Inventory
  /** The text with blanks for what is replaced: offsets stay what they are. */
  #masked: string
  #values: string[]
  readonly #unpacked = { left: unpackedLimit }
  readonly #search: { left: number }

  constructor(text: string, replaced: readonly Span[], inventory: Inventory) {
    this.#text = text
    this.#replaced = replaced
    this.#inventory = inventory
    this.#masked = blanked(text, replaced)
    this.#values = [...new Set(replaced.map(span => text.slice(span.start, span.end)))]
    this.#search = { left: searchLimit + searchFactor * text.length }
  }

  searchField(field: Stretch): void {
    const own = 8 * (field.end - field.start)
    const budget = { left: own + this.#unpacked.left }
    const findings = this.#scan(field, budget)
    this.#unpacked.left = Math.min(this.#unpacked.left, Math.max(0, budget.left))
    if (findings.length === 0) return
    const isScanned = !findings.some(({ kind }) => kind === 'unscanned')
    if (!isScanned || !this.#collect(field)) this.#add(field, findings)
  }

  /** Replaces every piece of a stretch that is found; false where that would take too long. */
  #collect(stretch: Stretch): boolean {
    const cuts = cutsOf(this.#masked, stretch)
    return this.#collectBetween(cuts, 0, cuts.length - 1)
  }

  /** The same between two of the places where the text may be cut. What is found there is known to be something. */
  #collectBetween(cuts: readonly number[], from: number, to: number): boolean {
    const hits = (first: number, last: number) =>
      this.#findings({ start: cuts[first] ?? 0, end: cuts[last] ?? 0 }).length > 0
    if (to - from > 1) {
      const middle = (from + to) >> 1
      for (const [first, last] of [
        [from, middle],
        [middle, to],
      ] as const) {
        if (hits(first, last) && !this.#collectBetween(cuts, first, last)) return false
      }
    }
    // What is left stands across the middle, or cannot be cut.
    while (hits(from, to)) {
      if (this.#search.left < 0 || this.spans.length >= mostPieces) return false
      const end = firstWhere(from + 1, to, last => hits(from, last))
      const start = -firstWhere(1 - end, -from, first => hits(-first, end))
      const piece = this.#trimmed({ start: cuts[start] ?? 0, end: cuts[end] ?? 0 })
      const findings = this.#findings(piece)
      // A piece that says nothing without what stands around it: the whole stretch is taken.
      if (findings.length === 0 || piece.end <= piece.start) return false
      this.#add(piece, findings)
    }
    return this.#search.left >= 0
  }

  #findings(stretch: Stretch): EgressFinding[] {
    return this.#search.left < 0 ? [] : this.#scan(stretch, this.#search)
  }

  #scan({ start, end }: Stretch, budget: { left: number }): EgressFinding[] {
    // As it will stand in the request: a string in JSON.
    return scanText(
      JSON.stringify(this.#masked.slice(start, end)),
      { inventory: this.#inventory, vaultValues: this.#values, placeholders: [], constants: [] },
      budget,
    )
  }

  /** Without the blanks around it, so that it does not end inside a replaced span. */
  #trimmed({ start, end }: Stretch): Stretch {
    const piece = this.#masked.slice(start, end)
    const lead = piece.length - piece.trimStart().length
    return { start: start + lead, end: start + lead + piece.trim().length }
  }

  #add(stretch: Stretch, findings: readonly EgressFinding[]): void {
    const { start, end } = this.#trimmed(stretch)
    if (end <= start) return
    const value = this.#text.slice(start, end)
    const valueClass = this.#classOf(value, findings)
    this.spans.push({ start, end, class: valueClass, identity: identityOf(valueClass, value) })
    this.#masked = this.#masked.slice(0, start) + ' '.repeat(end - start) + this.#masked.slice(end)
    // Another list, since the scan indexes each list once.
    this.#values = [...this.#values, value]
  }

  #classOf(value: string, findings: readonly EgressFinding[]): ValueClass {
    const [first] = findings
    if (findings.some(({ kind }) => kind === 'unscanned') || first === undefined) return 'encoded.unscanned'
    const isPlain = first.form === 'plain' || first.form === 'unescaped'
    const secret = findings.find(({ kind }) => kind === 'secret')
    if (secret !== undefined) return isPlain ? `secret.${secret.what}` : 'secret.encoded'
    if (!isPlain) return first.form === 'hex' ? 'encoded.hex' : 'encoded.base64'
    const listed = classOfList.get(first.what)
    if (listed !== undefined) return listed
    const folded = foldName(value)
    const original = this.#replaced.find(span =>
      folded.includes(foldName(this.#text.slice(span.start, span.end))),
    )
    return original?.class ?? 'encoded.unscanned'
  }
}

const lists = [
  ['hosts', 'host'],
  ['users', 'user'],
  ['domains', 'domain'],
  ['groups', 'group'],
  ['terms', 'term'],
  ['addresses', 'address.internal'],
] as const satisfies readonly (readonly [keyof Inventory, ValueClass])[]
const classOfList = new Map<string, ValueClass>(lists)

/** The lists of an inventory without those that are to stay readable. */
export function inventoryWithout(inventory: Inventory, keep: ReadonlySet<string>): Inventory {
  const kept = lists.filter(([, valueClass]) => keep.has(valueClass)).map(([list]) => [list, []])
  return { ...inventory, ...Object.fromEntries(kept) }
}

/** As redaction itself would call it, so that one thing has one placeholder, and is known again in other texts. */
function identityOf(valueClass: ValueClass, value: string): string {
  if (valueClass.startsWith('secret.')) return `secret ${value}`
  if (valueClass.startsWith('encoded.')) return `encoded ${value}`
  return `${valueClass} ${foldName(value)}`
}

function blanked(text: string, spans: readonly Span[]): string {
  const pieces: string[] = []
  let end = 0
  for (const span of spans) {
    pieces.push(text.slice(end, span.start), ' '.repeat(span.end - span.start))
    end = span.end
  }
  pieces.push(text.slice(end))
  return pieces.join('')
}

/**
 * Where a text may be cut without making a value of what is none: beside blanks, quotes, brackets and slashes. Not at a
 * hyphen, a dot or a colon: `acme.com` is ours, `evil-acme.com` is not.
 */
const mayBeCut = /[\s"'`<>(){}[\],;=&?|/\\^]+/g

/** Those places in a stretch, its ends among them. */
function cutsOf(text: string, { start, end }: Stretch): number[] {
  const cuts = new Set([start])
  for (const match of text.slice(start, end).matchAll(mayBeCut)) {
    cuts.add(start + match.index)
    cuts.add(start + match.index + match[0].length)
  }
  return [...cuts.add(end)]
}

/** The first index from `first` to `last` that holds; `last` is known to. */
function firstWhere(first: number, last: number, holds: (index: number) => boolean): number {
  let [low, high] = [first, last]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return high
}
