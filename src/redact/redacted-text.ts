declare const redacted: unique symbol

/**
 * Text in which every sensitive value has been replaced by a placeholder. Made only by `redact()` and by the
 * template below, so that a function which takes it cannot be handed raw data.
 */
export type RedactedText = string & { readonly [redacted]: true }

/** Brands what `redact()` has made. Nothing else may call it (test/architecture.test.ts). */
export function brandRedacted(text: string): RedactedText {
  return text as RedactedText // the one place where the brand is given
}

/** Joins redacted values with words of our own: redactedTemplate`Evidence ${quote}`. */
export function redactedTemplate(
  words: TemplateStringsArray,
  ...values: readonly RedactedText[]
): RedactedText {
  return brandRedacted(String.raw({ raw: words }, ...values))
}

/** Joins redacted texts with a separator of our own. */
export function joinRedacted(texts: readonly RedactedText[], separator: string): RedactedText {
  return brandRedacted(texts.join(separator))
}
