import { decode as decodeJpeg } from 'jpeg-js'
import jsQrModule from 'jsqr'
import { PNG } from 'pngjs'
import { mailLimits } from '../limits.ts'
import type { FileExamination } from './file-examination.ts'

// The package is CommonJS with a default export inside its default export.
const jsQr = jsQrModule.default

/** Pixels as RGBA. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly data: Uint8Array
}

/** The web addresses in QR codes of a PNG or JPEG image. Sizes are read from its header before anything is decoded. */
export function qrCodesIn(bytes: Buffer, type: 'png' | 'jpeg', examination: FileExamination): string[] {
  const size = type === 'png' ? pngSize(bytes) : jpegSize(bytes)
  if (size === undefined || size.width < 40 || size.height < 40) return []
  if (size.width * size.height > mailLimits.imagePixels || examination.imagesRead >= mailLimits.images)
    return []
  examination.imagesRead++
  const bitmap = decodeImage(bytes, type)
  return bitmap === undefined ? [] : qrCodesOf(bitmap)
}

/** The web addresses in the QR code of a picture. */
export function qrCodesOf(bitmap: Bitmap): string[] {
  const small = shrink(bitmap)
  const found = jsQr(new Uint8ClampedArray(small.data), small.width, small.height, {
    inversionAttempts: 'dontInvert',
  })
  return found && /^(?:https?:\/\/|www\.)/i.test(found.data.trim()) ? [found.data.trim()] : []
}

/** QR codes survive shrinking; photographs cost less. */
function shrink(bitmap: Bitmap): Bitmap {
  const step = Math.floor(Math.max(bitmap.width, bitmap.height) / 700)
  if (step < 2) return bitmap
  const width = Math.floor(bitmap.width / step)
  const height = Math.floor(bitmap.height / step)
  const data = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * step * bitmap.width + x * step) * 4
      data.set(bitmap.data.subarray(from, from + 4), (y * width + x) * 4)
    }
  }
  return { width, height, data }
}

function decodeImage(bytes: Buffer, type: 'png' | 'jpeg'): Bitmap | undefined {
  try {
    return type === 'png'
      ? PNG.sync.read(bytes)
      : decodeJpeg(bytes, {
          useTArray: true,
          maxMemoryUsageInMB: 64,
          maxResolutionInMP: 4,
          formatAsRGBA: true,
        })
  } catch {
    return undefined // No image, or a broken one: there is no code to find.
  }
}

function pngSize(bytes: Buffer): { width: number; height: number } | undefined {
  return bytes.length < 24 ? undefined : { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}

/** From the frame header (ITU-T T.81, B.2.2). */
function jpegSize(bytes: Buffer): { width: number; height: number } | undefined {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    }
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}
