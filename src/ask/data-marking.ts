/**
 * Attacker-controlled text is datamarked: each run of white space becomes `▁` (U+2581), so that the model sees at
 * every word that this is quoted data, and an instruction in it does not read like one of ours. Source: Hines et al.,
 * "Defending Against Indirect Prompt Injection Attacks With Spotlighting" (arXiv 2403.14720). Line ends are kept.
 */
export const dataMark = '\u2581'

/** Marks a text. A mark that stands in it already becomes `_`. */
export function markData(text: string): string {
  return text.replaceAll(dataMark, '_').replace(/[^\S\n]+/g, dataMark)
}

/** Takes marks out of what a model quoted. */
export function unmarkData(text: string): string {
  return text.replaceAll(dataMark, ' ')
}
