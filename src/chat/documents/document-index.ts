/** One passage: a heading's text, cut where it is long. */
export interface Passage {
  /** The file's name. */
  readonly document: string
  readonly heading: string
  readonly text: string
}

/** Text to search in. */
export interface DocumentIndex {
  /** The best passages first; none where no word of the question stands anywhere. */
  search(text: string, limit: number): Passage[]
}

const passageLength = 1200
const wordPattern = /[\p{L}\p{N}][\p{L}\p{N}_.-]*/gu
const stopWords = new Set(
  'a an and are as at be by can do does for from has have how i in is it its may not of on or our that the their there they this to was we what when where which who why will with you your'.split(
    ' ',
  ),
)

/**
 * Ranks passages of Markdown files by BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75), a heading counting
 * three times. Built once at the start: a few hundred passages take milliseconds.
 */
export function indexDocuments(
  files: readonly { readonly name: string; readonly text: string }[],
): DocumentIndex {
  const passages = files.flatMap(file => passagesOf(file.name, file.text))
  const entries = passages.map(passage => {
    const words = wordsOf(`${passage.heading} ${passage.heading} ${passage.heading} ${passage.text}`)
    const counts = new Map<string, number>()
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    return { passage, counts, length: words.length }
  })
  const documentCounts = new Map<string, number>()
  for (const { counts } of entries)
    for (const word of counts.keys()) documentCounts.set(word, (documentCounts.get(word) ?? 0) + 1)
  const meanLength = entries.reduce((sum, each) => sum + each.length, 0) / Math.max(1, entries.length)
  return {
    search(text, limit) {
      const wanted = [...new Set(wordsOf(text))]
      return entries
        .map(({ passage, counts, length }) => ({
          passage,
          score: wanted.reduce((score, word) => {
            const count = counts.get(word) ?? 0
            const holding = documentCounts.get(word) ?? 0
            const rarity = Math.log(1 + (entries.length - holding + 0.5) / (holding + 0.5))
            return score + (rarity * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / meanLength))
          }, 0),
        }))
        .filter(each => each.score > 0)
        .sort((a, b) => b.score - a.score)
        .slice(0, limit)
        .map(each => each.passage)
    },
  }
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(wordPattern) ?? [])
    .map(word => word.replace(/[.-]+$/, '').replace(/(?<=\w{3})(?:ies|s)$/, ''))
    .filter(word => word !== '' && !stopWords.has(word))
}

function passagesOf(document: string, text: string): Passage[] {
  const sections = text.split(/^(?=#{1,4} )/m)
  return sections.flatMap(section => {
    const heading = /^#{1,4} (.+)/.exec(section)?.[1]?.trim() ?? document
    const body = section.replace(/^#{1,4} .+\n?/, '').trim()
    const parts: string[] = []
    for (const paragraph of body.split(/\n{2,}/)) {
      const last = parts.at(-1)
      if (last !== undefined && last.length + paragraph.length < passageLength)
        parts[parts.length - 1] = `${last}\n\n${paragraph}`
      else if (paragraph.trim() !== '') parts.push(paragraph.slice(0, passageLength))
    }
    return parts.map(part => ({ document, heading, text: part }))
  })
}
