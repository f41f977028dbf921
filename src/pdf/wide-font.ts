import { letterOf } from './arabic-forms.ts'
import { runsLeft } from './readable-text.ts'
import { type Glyph, metrics, trueTypeFont, unitsPerEm } from './true-type.ts'

/** What `.notdef` is: nothing, and it is never written. */
const nothing: Glyph = { advance: 0, left: 0, right: 0, outline: Buffer.alloc(0) }

/** A character in the order in which a document first used it. */
interface Placed {
  readonly id: number
  readonly advanceWidth: number
  /** What is found and copied: the letter, where the character is a shape of it. */
  readonly codePoints: readonly number[]
  readonly glyph: Glyph
  readonly kind: 'letter' | 'right-to-left' | 'mark'
}

/**
 * One font of glyphs that come from several, in the form that pdfkit asks for (fontkit's). The only layout is a glyph a
 * character, side by side, and a mark over the middle of what it stands on: no kerning, no substitution, no tables that
 * text of unknown origin could make work for hours. What a document used of it is what is embedded.
 */
export function wideFont(name: string, glyphOf: (codePoint: number) => Glyph | undefined) {
  const used = new Map<number, Placed>()
  const placed = (codePoint: number): Placed => {
    const known = used.get(codePoint)
    if (known !== undefined) return known
    const glyph = glyphOf(codePoint) ?? nothing
    const character = String.fromCodePoint(codePoint)
    const added: Placed = {
      id: used.size + 1,
      advanceWidth: glyph.advance,
      codePoints: [letterOf(character).codePointAt(0) ?? 0],
      glyph,
      kind:
        /\p{M}/u.test(character) && glyph.advance === 0
          ? 'mark'
          : runsLeft.test(character)
            ? 'right-to-left'
            : 'letter',
    }
    used.set(codePoint, added)
    return added
  }
  return {
    postscriptName: name,
    unitsPerEm,
    ascent: units(metrics.ascent),
    descent: units(metrics.descent),
    lineGap: units(metrics.lineGap),
    capHeight: units(metrics.capHeight),
    xHeight: units(metrics.xHeight),
    bbox: { minX: units(-1_000), minY: units(-300), maxX: units(2_000), maxY: units(1_000) },
    italicAngle: 0,
    post: { isFixedPitch: 0 },
    head: { macStyle: { italic: false } },
    getGlyph: () => ({ advanceWidth: 0 }),
    layout(text: string) {
      const glyphs = [...text].map(character => placed(character.codePointAt(0) ?? 0))
      const positions = glyphs.map(({ glyph }, index) => ({
        xAdvance: glyph.advance,
        yAdvance: 0,
        xOffset: markOffset(glyphs, index),
        yOffset: 0,
      }))
      return {
        glyphs,
        positions,
        // pdfkit scales the positions before it asks.
        get advanceWidth() {
          return positions.reduce((sum, { xAdvance }) => sum + xAdvance, 0)
        },
      }
    },
    createSubset: () => ({
      includeGlyph: (id: number) => id,
      encode: () => trueTypeFont([nothing, ...[...used.values()].map(({ glyph }) => glyph)]),
    }),
  }
}

/**
 * How far a mark is moved from where the pen is: to the middle of its letter. It stands behind a letter, but before one
 * that runs from right to left, as such a line is drawn.
 */
function markOffset(glyphs: readonly Placed[], at: number): number {
  const each = glyphs[at]
  if (each?.kind !== 'mark') return 0
  const before = glyphs.slice(0, at).findLast(({ kind }) => kind !== 'mark')
  const after = glyphs.slice(at).find(({ kind }) => kind !== 'mark')
  const [base, behind] =
    before?.kind !== 'letter' && after?.kind === 'right-to-left'
      ? [after, 0]
      : [before, before?.glyph.advance]
  if (base === undefined) return 0
  return (base.glyph.left + base.glyph.right - each.glyph.left - each.glyph.right) / 2 - (behind ?? 0)
}

const units = (thousandths: number) => (thousandths * unitsPerEm) / 1000
