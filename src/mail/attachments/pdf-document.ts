import { inflateSync } from 'node:zlib'
import { mailLimits } from '../limits.ts'
import type { FileExamination } from './file-examination.ts'
import { drawnPicture, mayDraw } from './pdf-drawing.ts'
import { pdfImage } from './pdf-image.ts'
import { qrCodesIn, qrCodesOf } from './qr-codes.ts'

const streamBytes = 2 * 1024 * 1024

/**
 * Actions, scripts, links and QR codes of a PDF (ISO 32000-1), without rendering it: the file and its deflated streams are
 * searched for the names that matter. A name may be written with `#xx` escapes, which only hiding needs.
 */
export function examinePdf(bytes: Buffer, shown: string, examination: FileExamination): void {
  const texts = [bytes.toString('latin1')]
  const images: Buffer[] = []
  const codes: string[] = []
  const drawings: string[] = []
  let at = 0
  for (let count = 0; count < mailLimits.pdfStreams; count++) {
    const stream = nextStream(bytes, at)
    if (stream === undefined) break
    at = stream.end
    const body = bytes.subarray(stream.start, stream.end)
    if (/\/DCTDecode/.test(stream.head)) images.push(body)
    else if (/\/FlateDecode/.test(stream.head) && /\/Subtype\s*\/Image/.test(stream.head)) {
      if (examination.imagesRead >= mailLimits.images) continue
      examination.imagesRead++
      const bitmap = pdfImage(stream.head, body)
      if (bitmap) codes.push(...qrCodesOf(bitmap))
    } else if (/\/FlateDecode|\/Fl\b/.test(stream.head) && !/\/Subtype\s*\/Image/.test(stream.head)) {
      const text = inflate(body)
      if (text !== undefined) texts.push(text)
      drawings.push(text ?? '')
    } else if (!/\/Filter\b/.test(stream.head))
      drawings.push(body.subarray(0, streamBytes).toString('latin1'))
  }
  for (const drawing of drawings.filter(mayDraw).slice(0, mailLimits.pdfDrawings))
    codes.push(...drawnCodes(drawing, examination))
  for (const text of texts) {
    const names = text.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    if (/\/(?:JavaScript|JS)\b[\s(<\d]/.test(names))
      examination.note('attachment-active-pdf', `${shown} runs a script when opened`)
    if (/\/Launch\b/.test(names))
      examination.note('attachment-active-pdf', `${shown} starts a program when opened`)
    if (/\/EmbeddedFile\b/.test(names))
      examination.note('attachment-active-pdf', `${shown} carries another file`, 0.5)
    for (const match of text.matchAll(/\/URI\s*\(((?:[^()\\]|\\.){4,2000})\)/g)) {
      const target = (match[1] ?? '').replace(/\\([()\\])/g, '$1')
      if (/^(?:https?:|www\.)/i.test(target) && examination.links.length < 200)
        examination.links.push({ kind: 'attachment', target })
    }
  }
  if (/\/Encrypt\b/.test(texts[0] ?? ''))
    examination.note('attachment-encrypted', `${shown} is encrypted`, 0.4)
  for (const image of images) codes.push(...qrCodesIn(image, 'jpeg', examination))
  for (const target of new Set(codes)) {
    examination.links.push({ kind: 'qr', target })
    examination.note('qr-code-link', `a QR code in ${shown} leads to ${target}`)
  }
  if (examination.links.some(link => link.kind === 'attachment'))
    examination.note('attachment-pdf-link', `${shown} links to ${examination.links[0]?.target ?? ''}`)
}

/** QR codes that a content stream draws. Each picture that is painted counts as one that was read. */
function drawnCodes(stream: string, examination: FileExamination): string[] {
  if (examination.imagesRead >= mailLimits.images) return []
  const picture = drawnPicture(stream)
  if (picture === undefined) return []
  examination.imagesRead++
  return qrCodesOf(picture)
}

function nextStream(bytes: Buffer, from: number): { head: string; start: number; end: number } | undefined {
  const mark = bytes.indexOf('stream', from)
  if (mark === -1) return undefined
  const end = bytes.indexOf('endstream', mark + 6)
  if (end === -1) return undefined
  const start = mark + 6 + (bytes[mark + 6] === 13 ? 2 : 1)
  const before = bytes.subarray(Math.max(from, mark - 600), mark).toString('latin1')
  return {
    // The dictionary of this object, not of the one before.
    head: before.slice(before.lastIndexOf(' obj') + 1),
    start,
    end: Math.max(end, mark + 15),
  }
}

function inflate(body: Buffer): string | undefined {
  try {
    return inflateSync(body, { maxOutputLength: streamBytes, finishFlush: 2 }).toString('latin1')
  } catch {
    return undefined // Cut, encrypted or larger than the limit: nothing to search in.
  }
}
