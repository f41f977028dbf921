import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { create } from 'fontkit'
import decompress from 'woff2-encoder/decompress'
import { AppError } from '../lib/app-error.ts'
import { drawnGlyph, type Glyph } from './true-type.ts'

// The fonts are cut into slices of some hundred characters each, as pages on the web load them: what a text needs is a
// few files of some 40 kB.

export const faces = ['regular', 'bold', 'oblique'] as const
export type Face = (typeof faces)[number]

/** The fonts have a weight on an axis and no slant: an oblique letter leans by 12 degrees, as Helvetica-Oblique does. */
const drawn: Readonly<Record<Face, { readonly weight: number; readonly slant: number }>> = {
  regular: { weight: 400, slant: 0 },
  bold: { weight: 700, slant: 0 },
  oblique: { weight: 400, slant: Math.tan(Math.PI / 15) },
}

/** In the order in which they are asked. Arimo has the widths of Helvetica, which writes the rest of the text. */
const families: readonly { readonly name: string; readonly large: boolean; readonly only?: string }[] = [
  { name: 'arimo', large: false },
  // Its other slices are of mathematics and pictures.
  { name: 'noto-sans-arabic', large: false, only: 'arabic' },
  { name: 'noto-sans-sc', large: true },
  { name: 'noto-sans-kr', large: true },
]

/** Some hundred characters of a font. */
export class FontSlice {
  /** Whether it is one of the hundred of a font of thousands of characters. */
  readonly large: boolean
  readonly #file: URL
  readonly #glyphs: Readonly<Record<Face, Map<number, Glyph | undefined>>> = {
    regular: new Map(),
    bold: new Map(),
    oblique: new Map(),
  }

  constructor(family: string, subset: string, large: boolean) {
    this.large = large
    // The numbered slices stand in brackets in the list and without them in the names of files.
    const file = `${family}-${subset.replace(/[[\]]/g, '')}-wght-normal.woff2`
    this.#file = new URL(import.meta.resolve(`@fontsource-variable/${family}/files/${file}`))
  }

  /**
   * The glyphs of characters, without those that the slice lacks. What was worked out once is kept for the life of the
   * process (some hundred bytes a glyph, and the fonts have an end); the opened font is not.
   */
  async glyphs(wanted: readonly number[], face: Face): Promise<Map<number, Glyph>> {
    const known = this.#glyphs[face]
    const { weight, slant } = drawn[face]
    const missing = wanted.filter(codePoint => !known.has(codePoint))
    if (missing.length > 0) {
      const font = await this.#open(weight)
      for (const codePoint of missing) {
        const glyph = font.hasGlyphForCodePoint(codePoint) ? font.glyphForCodePoint(codePoint) : undefined
        known.set(
          codePoint,
          glyph && drawnGlyph(glyph.path.commands, glyph.advanceWidth, font.unitsPerEm, slant),
        )
      }
    }
    const found = new Map<number, Glyph>()
    for (const codePoint of wanted) {
      const glyph = known.get(codePoint)
      if (glyph !== undefined) found.set(codePoint, glyph)
    }
    return found
  }

  async #open(weight: number) {
    const font = create(Buffer.from(await decompress(await readFile(this.#file))))
    if (!('getVariation' in font) || font.variationAxes.wght === undefined)
      throw new AppError(
        'font-unusable',
        `${fileURLToPath(this.#file)} is no font with a weight: install again`,
      )
    return font.getVariation({ wght: weight })
  }
}

let places: ReadonlyMap<number, readonly FontSlice[]> | undefined

/** The slices that say they have a character, the likeliest first; most have it. */
export function slicesWith(codePoint: number): readonly FontSlice[] {
  places ??= readPlaces()
  return places.get(codePoint) ?? []
}

function readPlaces(): Map<number, FontSlice[]> {
  const found = new Map<number, FontSlice[]>()
  for (const { name, large, only } of families) {
    const list = fileURLToPath(import.meta.resolve(`@fontsource-variable/${name}/unicode.json`))
    const subsets: Record<string, string> = JSON.parse(readFileSync(list, 'utf8'))
    for (const [subset, ranges] of Object.entries(subsets)) {
      if (only !== undefined && subset !== only) continue
      const slice = new FontSlice(name, subset, large)
      for (const range of ranges.split(',')) {
        const [first = '', last = first] = range.trim().slice(2).split('-')
        for (
          let codePoint = Number.parseInt(first, 16);
          codePoint <= Number.parseInt(last, 16);
          codePoint++
        ) {
          const slices = found.get(codePoint)
          if (slices === undefined) found.set(codePoint, [slice])
          else slices.push(slice)
        }
      }
    }
  }
  return found
}
