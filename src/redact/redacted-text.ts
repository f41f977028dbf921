declare const redacted: unique symbol

/**
 * Text in which every sensitive value has been replaced by a placeholder. Made only by `redact()`, so that a function
 * which takes it cannot be handed raw data.
 */
export type RedactedText = string & { readonly [redacted]: true }

/** Brands what `redact()` has made. Nothing else may call it (test/architecture.test.ts). */
export function brandRedacted(text: string): RedactedText {
  return text as RedactedText // the one place where the brand is given
}

/** Takes a redacted text apart at a separator of our own. */
export function splitRedacted(text: RedactedText, separator: string): RedactedText[] {
  return text.split(separator).map(brandRedacted)
}
