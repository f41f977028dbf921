/** A character as it is drawn: in units of 1/2048 of the font's size, as a simple outline of TrueType. */
export interface Glyph {
  readonly advance: number
  /** How far it reaches to the left and the right; both 0 where nothing is drawn. */
  readonly left: number
  readonly right: number
  /** An entry of the table `glyf`; empty where nothing is drawn. */
  readonly outline: Buffer
}

export const unitsPerEm = 2048

/** A step of an outline, as fontkit gives it. */
interface PathCommand {
  readonly command: string
  readonly args: readonly number[]
}

interface Point {
  readonly x: number
  readonly y: number
  readonly onCurve: boolean
}

/**
 * A glyph of a font of any size of its own, with lines and quadratic curves only, as TrueType fonts have. `slant` is how far
 * it leans to the right, as a part of its height.
 */
export function drawnGlyph(
  path: readonly PathCommand[],
  advance: number,
  itsUnitsPerEm: number,
  slant = 0,
): Glyph {
  const scale = unitsPerEm / itsUnitsPerEm
  const contours: Point[][] = []
  for (const { command, args } of path) {
    if (command === 'moveTo') contours.push([])
    const contour = contours.at(-1)
    for (let at = 0; at < args.length; at += 2) {
      const [x = 0, y = 0] = args.slice(at)
      contour?.push({
        x: Math.round((x + slant * y) * scale),
        y: Math.round(y * scale),
        onCurve: at + 2 === args.length,
      })
    }
  }
  const drawn = contours.map(withoutClosingPoint).filter(contour => contour.length > 1)
  const xs = drawn.flat().map(({ x }) => x)
  return {
    advance: Math.round(advance * scale),
    left: Math.min(...(xs.length > 0 ? xs : [0])),
    right: Math.max(...(xs.length > 0 ? xs : [0])),
    outline: drawn.length === 0 ? Buffer.alloc(0) : outlineOf(drawn),
  }
}

/** A contour closes by itself: a last point that is the first one again would stand there twice. */
function withoutClosingPoint(contour: readonly Point[]): readonly Point[] {
  const [first, last] = [contour[0], contour.at(-1)]
  const same = first !== undefined && last?.onCurve === true && first.x === last.x && first.y === last.y
  return same ? contour.slice(0, -1) : contour
}

/** A simple glyph: OpenType specification, table `glyf`. Coordinates are differences, in two bytes each. */
function outlineOf(contours: readonly (readonly Point[])[]): Buffer {
  const points = contours.flat()
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)]
  const size = 12 + 2 * contours.length + 5 * points.length
  const bytes = Buffer.alloc(size + (-size & 3))
  let at = 0
  const write = (value: number) => {
    at = bytes.writeInt16BE(value, at)
  }
  for (const value of [contours.length, Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)])
    write(value)
  let end = -1
  for (const contour of contours) {
    end += contour.length
    write(end)
  }
  // No instructions.
  write(0)
  for (const { onCurve } of points) at = bytes.writeUInt8(onCurve ? 1 : 0, at)
  for (const values of [xs, ys])
    for (const [index, value] of values.entries()) write(value - (values[index - 1] ?? 0))
  return bytes
}

/** Ascent and descent of Helvetica, so that lines and baselines are the same in both fonts. */
export const metrics = { ascent: 718, descent: -207, lineGap: 231, capHeight: 718, xHeight: 523 }

/**
 * A TrueType font file with these glyphs by number, 0 first, holding the tables that a PDF needs (ISO 32000-1, 9.9): no
 * names and no characters, which the PDF says itself.
 */
export function trueTypeFont(glyphs: readonly Glyph[]): Buffer {
  const units = (thousandths: number) => Math.round((thousandths * unitsPerEm) / 1000)
  const offsets = [0]
  for (const { outline } of glyphs) offsets.push((offsets.at(-1) ?? 0) + outline.length)
  const widest = Math.max(...glyphs.map(({ advance }) => advance))
  const [left, right] = [
    Math.min(...glyphs.map(glyph => glyph.left)),
    Math.max(...glyphs.map(glyph => glyph.right)),
  ]
  const [top, bottom] = [units(1_000), units(-300)]
  const head = Buffer.concat([
    ...[uint32(0x10000), uint32(0x10000), uint32(0), uint32(0x5f0f3cf5), uint16(0), uint16(unitsPerEm)],
    Buffer.alloc(16),
    ...[left, bottom, right, top].map(int16),
    ...[uint16(0), uint16(8), int16(2), int16(1), int16(0)],
  ])
  const hhea = Buffer.concat([
    ...[uint32(0x10000), int16(units(metrics.ascent)), int16(units(metrics.descent)), int16(0)],
    ...[uint16(widest), int16(left), int16(0), int16(right), int16(1)],
    Buffer.alloc(14),
    uint16(glyphs.length),
  ])
  const maxp = Buffer.concat([
    ...[uint32(0x10000), uint16(glyphs.length), uint16(0xffff), uint16(0xffff)],
    ...[uint16(0), uint16(0), uint16(1)],
    Buffer.alloc(16),
  ])
  const tables: readonly (readonly [tag: string, table: Buffer])[] = [
    ['glyf', Buffer.concat(glyphs.map(({ outline }) => outline))],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', Buffer.concat(glyphs.flatMap(glyph => [uint16(glyph.advance), int16(glyph.left)]))],
    ['loca', Buffer.concat(offsets.map(uint32))],
    ['maxp', maxp],
  ]
  let offset = 12 + 16 * tables.length
  const directory: Buffer[] = [
    ...[uint32(0x10000), uint16(tables.length), uint16(64), uint16(2), uint16(16 * tables.length - 64)],
  ]
  const bodies: Buffer[] = []
  for (const [tag, table] of tables) {
    const body = Buffer.concat([table, Buffer.alloc(-table.length & 3)])
    directory.push(Buffer.from(tag), uint32(checksum(body)), uint32(offset), uint32(table.length))
    bodies.push(body)
    offset += body.length
  }
  return Buffer.concat([...directory, ...bodies])
}

function checksum(body: Buffer): number {
  let sum = 0
  for (let at = 0; at < body.length; at += 4) sum = (sum + body.readUInt32BE(at)) >>> 0
  return sum
}

function uint16(value: number): Buffer {
  return Buffer.from([(value >> 8) & 0xff, value & 0xff])
}

const int16 = uint16

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
