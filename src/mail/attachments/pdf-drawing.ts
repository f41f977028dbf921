/**
 * What a content stream of a PDF paints as areas, as a picture, for finding QR codes that are drawn instead of embedded
 * (ISO 32000-1, 8.5): the paths are walked, transformed and filled, nothing else is rendered. Small areas say where a code may
 * be and how fine the picture must be; a page with few of them costs nothing but the walk.
 */
import type { Bitmap } from './qr-codes.ts'

type Matrix = readonly [number, number, number, number, number, number]
type Point = readonly [x: number, y: number]

interface Shape {
  readonly outlines: readonly (readonly Point[])[]
  /** 0 black … 1 white. */
  readonly grey: number
  readonly evenOdd: boolean
}

interface Box {
  readonly left: number
  readonly bottom: number
  readonly right: number
  readonly top: number
}

const bounds = {
  tokens: 400_000,
  points: 400_000,
  /** The smallest QR code has more dark runs than this. */
  leastAreas: 40,
  side: 690,
  crossings: 3_000_000,
} as const

/** Whether a stream has as many areas or lines as a QR code takes. */
export function mayDraw(stream: string): boolean {
  return (stream.match(/\d\s+(?:re|l)\s/g)?.length ?? 0) >= bounds.leastAreas
}

/** The picture of what a content stream fills, or undefined where nothing in it can be a QR code. */
export function drawnPicture(stream: string): Bitmap | undefined {
  const shapes = filledShapes(stream)
  const box = boxOfSmallAreas(shapes)
  return box === undefined ? undefined : paint(shapes, box)
}

// Strings and hexadecimal strings are matched whole, so that no letter in them is taken for an operator.
const token =
  /\((?:[^()\\]|\\.){0,2000}\)|<[0-9A-Fa-f\s]{0,2000}>|\/[^\s/<>()[\]{}%]{0,100}|[-+]?(?:\d{1,12}\.?\d{0,12}|\.\d{1,12})|[A-Za-z]{1,8}\*?/g

interface State {
  readonly matrix: Matrix
  readonly grey: number
  readonly strokeGrey: number
  readonly lineWidth: number
}

/** Walks the operators that move, draw and fill. Unknown ones only clear their operands. */
function filledShapes(stream: string): Shape[] {
  const shapes: Shape[] = []
  const operands: number[] = []
  const saved: State[] = []
  let state: State = { matrix: [1, 0, 0, 1, 0, 0], grey: 0, strokeGrey: 0, lineWidth: 1 }
  let outlines: Point[][] = []
  let points = 0
  let tokens = 0
  const number = (at: number) => operands[at] ?? 0
  const place = (x: number, y: number): Point => {
    const [a, b, c, d, e, f] = state.matrix
    return [a * x + c * y + e, b * x + d * y + f]
  }
  const add = (x: number, y: number) => {
    points++
    outlines.at(-1)?.push(place(x, y))
  }
  const fill = (evenOdd: boolean) => {
    if (outlines.length > 0) shapes.push({ outlines, grey: state.grey, evenOdd })
  }
  const stroke = () => {
    const half = (state.lineWidth / 2) * Math.hypot(state.matrix[0], state.matrix[1])
    for (const outline of outlines)
      for (const [at, to] of outline.entries()) {
        const from = outline[at - 1]
        if (from)
          shapes.push({ outlines: [thickLine(from, to, half)], grey: state.strokeGrey, evenOdd: false })
      }
  }
  for (const [word] of stream.matchAll(token)) {
    if (++tokens > bounds.tokens || points > bounds.points) break
    const value = Number(word)
    if (!Number.isNaN(value)) {
      if (operands.length < 12) operands.push(value)
      continue
    }
    switch (word) {
      case 'q':
        if (saved.length < 100) saved.push(state)
        break
      case 'Q':
        state = saved.pop() ?? state
        break
      case 'cm':
        state = { ...state, matrix: multiply(operands, state.matrix) }
        break
      case 'w':
        state = { ...state, lineWidth: number(0) }
        break
      case 'g':
      case 'rg':
      case 'k':
      case 'sc':
      case 'scn':
        state = { ...state, grey: greyOf(operands) }
        break
      case 'G':
      case 'RG':
      case 'K':
      case 'SC':
      case 'SCN':
        state = { ...state, strokeGrey: greyOf(operands) }
        break
      case 'm':
        outlines.push([])
        add(number(0), number(1))
        break
      case 'l':
        add(number(0), number(1))
        break
      case 'c': // Round modules: the end and the bend are enough for a code.
        add((number(0) + number(2)) / 2, (number(1) + number(3)) / 2)
        add(number(4), number(5))
        break
      case 'v':
      case 'y':
        add(number(2), number(3))
        break
      case 're': {
        const [x = 0, y = 0, width = 0, height = 0] = operands
        outlines.push([])
        for (const [right, up] of corners) add(x + right * width, y + up * height)
        break
      }
      case 'f':
      case 'F':
        fill(false)
        outlines = []
        break
      case 'f*':
        fill(true)
        outlines = []
        break
      case 'B':
      case 'b':
      case 'B*':
      case 'b*':
        fill(word.endsWith('*'))
        outlines = []
        break
      case 'S':
      case 's':
        stroke()
        outlines = []
        break
      case 'n':
        outlines = []
        break
      default:
        break // Closing a path, clipping, text: nothing to paint here.
    }
    operands.length = 0
  }
  return shapes
}

const corners: readonly Point[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
]

/** Grey, RGB or CMYK operands as lightness. */
function greyOf(operands: readonly number[]): number {
  const [a = 0, b = 0, c = 0, d = 0] = operands
  if (operands.length >= 4) return Math.max(0, 1 - Math.max(a, b, c) - d)
  return operands.length === 3 ? 0.3 * a + 0.59 * b + 0.11 * c : a
}

function multiply(operands: readonly number[], [g, h, i, j, k, l]: Matrix): Matrix {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = operands
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

/** A stroked line as the area that it covers. */
function thickLine([x1, y1]: Point, [x2, y2]: Point, half: number): Point[] {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1
  const [across, along] = [((y2 - y1) / length) * half, ((x2 - x1) / length) * half]
  return [
    [x1 + across, y1 - along],
    [x2 + across, y2 - along],
    [x2 - across, y2 + along],
    [x1 - across, y1 + along],
  ]
}

function boxOf(outlines: readonly (readonly Point[])[]): Box {
  const box = { left: Infinity, bottom: Infinity, right: -Infinity, top: -Infinity }
  for (const outline of outlines)
    for (const [x, y] of outline) {
      box.left = Math.min(box.left, x)
      box.right = Math.max(box.right, x)
      box.bottom = Math.min(box.bottom, y)
      box.top = Math.max(box.top, y)
    }
  return box
}

/** Around the dark areas that are small beside all of them together, with a quiet zone; undefined where they are few. */
function boxOfSmallAreas(shapes: readonly Shape[]): Box | undefined {
  const areas = shapes
    .filter(shape => shape.grey < 0.5)
    .flatMap(shape => shape.outlines.filter(outline => outline.length > 2))
    .map(outline => boxOf([outline]))
    .filter(box => Number.isFinite(box.right - box.left) && Number.isFinite(box.top - box.bottom))
  if (areas.length < bounds.leastAreas) return undefined
  const heights = areas.map(box => box.top - box.bottom).sort((a, b) => a - b)
  // A module's height, or a few of them: finder patterns and runs stand no higher than seven.
  const high = (heights[Math.floor(heights.length / 2)] ?? 0) * 8
  const small = areas.filter(box => box.top - box.bottom <= high)
  const all = boxOf(
    small.map(box => [
      [box.left, box.bottom],
      [box.right, box.top],
    ]),
  )
  const margin = Math.max(all.right - all.left, all.top - all.bottom) / 8
  if (!(margin > 0)) return undefined
  return {
    left: all.left - margin,
    bottom: all.bottom - margin,
    right: all.right + margin,
    top: all.top + margin,
  }
}

/** Paints the shapes one over the other on white, as far as they lie in the box. */
function paint(shapes: readonly Shape[], box: Box): Bitmap {
  const scale = bounds.side / Math.max(box.right - box.left, box.top - box.bottom)
  const width = Math.max(1, Math.round((box.right - box.left) * scale))
  const height = Math.max(1, Math.round((box.top - box.bottom) * scale))
  const data = new Uint8Array(width * height * 4).fill(255)
  let crossings = 0
  for (const { outlines, grey, evenOdd } of shapes) {
    const rows = new Map<number, { x: number; up: boolean }[]>()
    for (const outline of outlines)
      for (const [at, from] of outline.entries()) {
        const to = outline[(at + 1) % outline.length] ?? from
        // The page's origin is below, the picture's above.
        const [y1, y2] = [(box.top - from[1]) * scale, (box.top - to[1]) * scale]
        const [x1, x2] = [(from[0] - box.left) * scale, (to[0] - box.left) * scale]
        const first = Math.max(0, Math.ceil(Math.min(y1, y2) - 0.5))
        const last = Math.min(height - 1, Math.ceil(Math.max(y1, y2) - 0.5) - 1)
        for (let row = first; row <= last; row++) {
          if (++crossings > bounds.crossings) return { width, height, data }
          const x = x1 + ((row + 0.5 - y1) / (y2 - y1)) * (x2 - x1)
          const list = rows.get(row)
          if (list) list.push({ x, up: y2 > y1 })
          else rows.set(row, [{ x, up: y2 > y1 }])
        }
      }
    const level = Math.round(Math.min(1, Math.max(0, grey)) * 255)
    for (const [row, list] of rows) {
      list.sort((a, b) => a.x - b.x)
      let winding = 0
      for (const [at, crossing] of list.entries()) {
        winding += evenOdd ? 1 : crossing.up ? 1 : -1
        const next = list[at + 1]
        if (next === undefined || (evenOdd ? winding % 2 === 0 : winding === 0)) continue
        const from = Math.max(0, Math.ceil(crossing.x - 0.5))
        const to = Math.min(width, Math.ceil(next.x - 0.5))
        for (let x = from; x < to; x++) data.fill(level, (row * width + x) * 4, (row * width + x) * 4 + 3)
      }
    }
  }
  return { width, height, data }
}
