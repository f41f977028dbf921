import type { Inventory } from '../domain/inventory.ts'
import type { ValueClass } from '../domain/value-class.ts'
import { codePointOffsets } from '../lib/code-points.ts'
import type { Problem } from '../lib/problem.ts'
import { findResidue, type Stretch } from './find-residue.ts'
import { chooseSpans, type SearchedText, searchText } from './find-sensitive.ts'
import { type NameIndex, nameIndex } from './name-index.ts'
import { placeholderFor } from './placeholder-for.ts'
import { brandRedacted, type RedactedText } from './redacted-text.ts'
import { mergeSpans, type Span } from './span.ts'
import type { Vault } from './vault.ts'

/** One replaced piece. `offset` and `length` are Unicode code points of the input. */
export interface Replacement {
  readonly placeholder: string
  readonly class: ValueClass
  readonly offset: number
  readonly length: number
}

export interface Redaction {
  readonly text: RedactedText
  readonly replacements: readonly Replacement[]
  /** What stood in the encoded runs that were replaced whole, redacted too: a model may be shown it beside. */
  readonly decoded: readonly { readonly placeholder: string; readonly text: RedactedText }[]
  readonly problems: readonly Problem[]
}

/** What to look for: compiled once per inventory, used for many texts. */
export interface RedactionRules {
  readonly names: NameIndex
  readonly keep: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** Classes that stay readable unless policy says otherwise: an analysis needs the attacker's address. */
const keptByDefault: readonly ValueClass[] = ['address.public', 'uuid']

/** Compiles the inventory and the classes to keep readable. Entries that cannot be matched become problems. */
export function redactionRules(
  inventory: Inventory,
  keep: readonly string[] = keptByDefault,
): RedactionRules {
  const { value, problems } = nameIndex(inventory)
  return { names: value, keep: new Set(keep), problems }
}

/** What the scan of the request would stop on. Where this is given, whatever it finds after redaction is replaced, too. */
export interface ResidueRules {
  readonly inventory: Inventory
  /** Parts of the text that are scanned one by one. Default: all of it at once. */
  readonly fields?: readonly Stretch[]
}

/**
 * Replaces every sensitive value of a text by a placeholder of the vault. Pure but for the vault, which its owner
 * passes in and which grows. `reveal` with the same vault gives the text back, exactly.
 */
export function redact(text: string, vault: Vault, rules: RedactionRules, residue?: ResidueRules): Redaction {
  return redactSearched(searchText(text, rules.names), vault, rules, residue)
}

/** The same for a text that was searched already, with the names of these rules. */
export function redactSearched(
  searched: SearchedText,
  vault: Vault,
  rules: RedactionRules,
  residue?: ResidueRules,
): Redaction {
  return replaceIn(searched, vault, rules, residue, 0)
}

function replaceIn(
  searched: SearchedText,
  vault: Vault,
  rules: RedactionRules,
  residue: ResidueRules | undefined,
  depth: number,
): Redaction {
  const { text } = searched
  const { spans: chosen, problems } = chooseSpans(searched, rules.keep, vault.entries())
  const spans = residue === undefined ? chosen : withResidue(text, chosen, residue)
  const toCodePoints = codePointOffsets(text)
  const pieces: string[] = []
  const replacements: Replacement[] = []
  const decoded: { placeholder: string; text: RedactedText }[] = []
  let end = 0
  for (const span of spans) {
    const placeholder = placeholderFor(span, text.slice(span.start, span.end), vault)
    const offset = toCodePoints(span.start)
    replacements.push({ placeholder, class: span.class, offset, length: toCodePoints(span.end) - offset })
    pieces.push(text.slice(end, span.start), placeholder)
    end = span.end
    if (span.decoded === undefined || depth > 0) continue
    if (!decoded.some(each => each.placeholder === placeholder)) {
      const inside = searchText(span.decoded, rules.names)
      const inner = residue && { inventory: residue.inventory }
      decoded.push({ placeholder, text: replaceIn(inside, vault, rules, inner, depth + 1).text })
    }
  }
  pieces.push(text.slice(end))
  return { text: brandRedacted(pieces.join('')), replacements, decoded, problems }
}

function withResidue(
  text: string,
  spans: readonly Span[],
  { inventory, fields }: ResidueRules,
): readonly Span[] {
  const residue = findResidue(text, spans, fields ?? [{ start: 0, end: text.length }], inventory)
  return residue.length === 0 ? spans : mergeSpans([...spans, ...residue])
}
