import type { Inventory } from '../domain/inventory.ts'
import type { ValueClass } from '../domain/value-class.ts'
import type { Problem } from '../lib/problem.ts'
import { chooseSpans, type SearchedText, searchText } from '../redact/find-sensitive.ts'
import { type RedactionRules, redact, redactSearched } from '../redact/redact.ts'
import { type RedactedText, splitRedacted } from '../redact/redacted-text.ts'
import type { Vault } from '../redact/vault.ts'

export interface RedactedTexts {
  /** In the order given. */
  readonly texts: readonly RedactedText[]
  readonly placeholders: ReadonlySet<string>
  /** Of all that was replaced. */
  readonly replacedClasses: ReadonlySet<ValueClass>
  readonly problems: readonly Problem[]
}

// Lines of a private-use character: no detector reads across them, and no text that we redact may hold it.
const mark = '\ue0a7'
const separator = `\n\n${mark}${mark}\n\n`

/** Many texts, searched as one. */
export interface SearchedTexts {
  readonly texts: readonly string[]
  readonly whole: SearchedText
}

/**
 * Searches many texts in one pass: what is found in one of them is replaced in all, and short texts do not each pay
 * for what a pass costs to set up (measured: 80 fields of a case, 18 ms less). Done once a question; its decision and
 * its request both come from it.
 */
export function searchTogether(texts: readonly string[], { names }: RedactionRules): SearchedTexts {
  const plain = texts.map(text => text.replaceAll(mark, ' '))
  return { texts: plain, whole: searchText(plain.join(separator), names) }
}

/** The classes of all that is in the texts, whatever policy lets stay. */
export function classesIn({ whole }: SearchedTexts): ValueClass[] {
  return chooseSpans(whole, new Set()).spans.map(span => span.class)
}

/** Redacts searched texts. With `inventory`, what the scan of the request would stop on is replaced in each of them. */
export function redactTogether(
  { texts, whole }: SearchedTexts,
  vault: Vault,
  rules: RedactionRules,
  inventory?: Inventory,
): RedactedTexts {
  const residue = inventory && { inventory, fields: fieldsOf(texts) }
  const redaction = redactSearched(whole, vault, rules, residue)
  const split = splitRedacted(redaction.text, separator)
  // Where a separator was taken for part of a value, each text is done by itself.
  const parts =
    split.length === texts.length
      ? [redaction]
      : texts.map(text => redact(text, vault, rules, inventory && { inventory }))
  return {
    texts: split.length === texts.length ? split : parts.map(part => part.text),
    placeholders: new Set(parts.flatMap(part => part.replacements.map(each => each.placeholder))),
    replacedClasses: new Set(parts.flatMap(part => part.replacements.map(each => each.class))),
    problems: parts.flatMap(part => part.problems),
  }
}

/** Where each text stands in the whole. */
function fieldsOf(texts: readonly string[]): { start: number; end: number }[] {
  let start = 0
  return texts.map(text => {
    const field = { start, end: start + text.length }
    start = field.end + separator.length
    return field
  })
}
