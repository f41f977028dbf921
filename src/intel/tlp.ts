/** Marks of the Traffic Light Protocol 2.0, least restrictive first. */
export const tlpMarks = ['TLP:CLEAR', 'TLP:GREEN', 'TLP:AMBER', 'TLP:AMBER+STRICT', 'TLP:RED'] as const
export type TlpMark = (typeof tlpMarks)[number]

/** As written in documents: `TLP:AMBER`, `tlp-green`, `TLP RED`, `TLP: AMBER + STRICT`, and `WHITE` of TLP 1.0. */
const mark = /\btlp[\s:=_–-]{0,3}(red|amber(?:\s?\+\s?strict)?|green|clear|white)\b/gi

/** The most restrictive mark in a text; undefined where there is none. A document with two marks is read strictly. */
export function tlpOf(text: string): TlpMark | undefined {
  let strictest = -1
  for (const [, colour = ''] of text.matchAll(mark)) {
    const name = `TLP:${colour.toUpperCase().replaceAll(/\s/g, '').replace('WHITE', 'CLEAR')}`
    strictest = Math.max(strictest, (tlpMarks as readonly string[]).indexOf(name))
  }
  return tlpMarks[strictest]
}
