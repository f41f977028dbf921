import { wordValue } from '../../src/mail/classifier/model.ts'
import type { WordFeature } from '../../src/mail/classifier/words.ts'

/** Buckets that are worth a weight, each with its place in the weight vector. */
export type Vocabulary = ReadonlyMap<number, number>

/** A word must stand in mails of this many different groups: else it tells one campaign, one list or one person. */
const leastGroups = 3

/** The words that occur in mails of at least three groups, in rising order of bucket. */
export function chooseVocabulary(
  mails: readonly { group: string; words: readonly WordFeature[] }[],
): Vocabulary {
  const groups = new Map<number, Set<string>>()
  for (const { group, words } of mails) {
    for (const { bucket } of words) {
      const seen = groups.get(bucket) ?? new Set<string>()
      if (seen.size < leastGroups) groups.set(bucket, seen.add(group))
    }
  }
  const kept = [...groups].filter(([, seen]) => seen.size >= leastGroups).map(([bucket]) => bucket)
  return new Map(kept.sort((a, b) => a - b).map((bucket, at) => [bucket, at]))
}

/** A mail's known words as places and values. */
export function placeWords(
  words: readonly WordFeature[],
  vocabulary: Vocabulary,
): { places: Int32Array; value: number } {
  const places = words.flatMap(({ bucket }) => vocabulary.get(bucket) ?? [])
  return { places: Int32Array.from(places), value: wordValue(places.length) }
}
