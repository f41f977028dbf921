import { type Face, type FontSlice, faces, slicesWith } from './font-slices.ts'
import type { Glyph } from './true-type.ts'

/**
 * What one document may have of the large fonts, which are those of Chinese, Japanese and Korean: a hostile one could have
 * every character there is. Alphabets are small and always drawn, so that nothing in a case can take them from the rest.
 */
export const most = { characters: 2_000, slices: 64 }

export interface LoadedGlyphs {
  readonly glyphs: Readonly<Record<Face, ReadonlyMap<number, Glyph>>>
  /** Whether there were more than one document may have. */
  readonly cut: boolean
}

/**
 * The glyphs of a document's characters, in the order in which they stand there: which are left out does not depend on
 * what other documents had loaded before. Reads a slice at a time, giving way to other work in between.
 */
export async function loadGlyphs(wanted: Readonly<Record<Face, ReadonlySet<number>>>): Promise<LoadedGlyphs> {
  const glyphs = {
    regular: new Map<number, Glyph>(),
    bold: new Map<number, Glyph>(),
    oblique: new Map<number, Glyph>(),
  }
  const large = new Set<FontSlice>()
  let [characters, cut] = [0, false]
  const admits = (slice: FontSlice): boolean => {
    if (!slice.large) return true
    if (characters >= most.characters || (!large.has(slice) && large.size >= most.slices)) {
      cut = true
      return false
    }
    large.add(slice)
    characters++
    return true
  }
  for (const face of faces) {
    let missing = [...wanted[face]]
    // Nearly all are in the first slice that says it has them.
    for (let choice = 0; missing.length > 0; choice++) {
      const bySlice = new Map<FontSlice, number[]>()
      for (const codePoint of missing) {
        const slice = slicesWith(codePoint)[choice]
        if (slice === undefined || !admits(slice)) continue
        const codePoints = bySlice.get(slice)
        if (codePoints === undefined) bySlice.set(slice, [codePoint])
        else codePoints.push(codePoint)
      }
      missing = []
      for (const [slice, codePoints] of bySlice) {
        const found = await slice.glyphs(codePoints, face)
        for (const [codePoint, glyph] of found) glyphs[face].set(codePoint, glyph)
        missing.push(...codePoints.filter(codePoint => !found.has(codePoint)))
      }
    }
  }
  return { glyphs, cut }
}
