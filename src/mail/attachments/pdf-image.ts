import { inflateSync } from 'node:zlib'
import { mailLimits } from '../limits.ts'
import type { Bitmap } from './qr-codes.ts'

/**
 * A deflated picture of a PDF as pixels (ISO 32000-1, 8.9.5), for finding QR codes in it: grey or RGB at 8 bits, or black and white,
 * with the predictors of PNG undone (7.4.4.4). `undefined` for what is none of these, is too large or does not unpack.
 */
export function pdfImage(head: string, body: Buffer): Bitmap | undefined {
  const number = (name: string) => Number(new RegExp(`/${name}\\s+(\\d{1,6})\\b`).exec(head)?.[1] ?? 0)
  const [width, height, bits] = [number('Width'), number('Height'), number('BitsPerComponent')]
  if (width < 20 || height < 20 || width * height > mailLimits.imagePixels) return undefined
  const channels = /\/DeviceRGB\b/.test(head) ? 3 : 1
  if (bits !== 8 && !(bits === 1 && channels === 1)) return undefined
  const rowBytes = Math.ceil((width * channels * bits) / 8)
  const raw = unpack(body, (rowBytes + 1) * height)
  // Whether there is a predictor may be said in an object elsewhere; its byte a row tells.
  const isPredicted = raw !== undefined && raw.length >= (rowBytes + 1) * height
  const rows = isPredicted ? withoutPredictor(raw, rowBytes, height, channels) : raw
  if (rows === undefined || rows.length < rowBytes * height) return undefined
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * rowBytes
      const to = (y * width + x) * 4
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] =
          bits === 1
            ? ((rows[at + (x >> 3)] ?? 0) >> (7 - (x & 7))) & 1
              ? 255
              : 0
            : (rows[at + x * channels + (channels === 3 ? channel : 0)] ?? 0)
      }
      data[to + 3] = 255
    }
  }
  return { width, height, data }
}

function unpack(body: Buffer, expected: number): Buffer | undefined {
  try {
    return inflateSync(body, { maxOutputLength: expected + 1024, finishFlush: 2 })
  } catch {
    return undefined // Larger than its own size says, or no deflate stream: nothing to look at.
  }
}

/** Undoes the filters of PNG, row by row (W3C PNG, 9). */
function withoutPredictor(raw: Buffer, rowBytes: number, height: number, step: number): Buffer | undefined {
  const rows = Buffer.alloc(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const from = y * (rowBytes + 1)
    const filter = raw[from]
    if (filter === undefined || filter > 4) return undefined
    for (let x = 0; x < rowBytes; x++) {
      const at = y * rowBytes + x
      const left = x >= step ? (rows[at - step] ?? 0) : 0
      const up = y > 0 ? (rows[at - rowBytes] ?? 0) : 0
      const corner = x >= step && y > 0 ? (rows[at - rowBytes - step] ?? 0) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0
      rows[at] = (raw[from + 1 + x] ?? 0) + guess
    }
  }
  return rows
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
