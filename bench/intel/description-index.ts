import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stemsOf } from '../../src/intel/text-features.ts'

const k1 = 1.2
const b = 0.75

/** The reference: BM25 over names and descriptions of ATT&CK techniques, which the product cannot ship. */
export function descriptionIndex(folder: string): (text: string) => string[] {
  const documents = readFileSync(join(folder, 'attack/enterprise/attack-pattern.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { id: string; name: string; description: string })
    .map(({ id, name, description }) => ({ id, stems: stemsOf(`${name} ${description}`) }))
  const mean = documents.reduce((sum, { stems }) => sum + stems.length, 0) / documents.length
  const postings = new Map<string, { document: number; count: number }[]>()
  for (const [document, { stems }] of documents.entries())
    for (const [stem, all] of Map.groupBy(stems, stem => stem))
      postings.set(stem, [...(postings.get(stem) ?? []), { document, count: all.length }])
  return text => {
    const scores = new Float64Array(documents.length)
    for (const stem of new Set(stemsOf(text))) {
      const found = postings.get(stem) ?? []
      const rarity = Math.log(1 + (documents.length - found.length + 0.5) / (found.length + 0.5))
      for (const { document, count } of found) {
        const length = documents[document]?.stems.length ?? mean
        scores[document] =
          (scores[document] ?? 0) + (rarity * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / mean))
      }
    }
    return [...scores.keys()]
      .sort((x, y) => (scores[y] ?? 0) - (scores[x] ?? 0))
      .map(index => documents[index]?.id ?? '')
      .slice(0, 10)
  }
}
