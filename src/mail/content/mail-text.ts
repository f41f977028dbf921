import type { MailRange } from '../../domain/mail.ts'
import { mailLimits } from '../limits.ts'
import { decodeText } from '../mime/charset.ts'
import { bodyOf, type MimePart } from '../mime/part-tree.ts'
import { bodyRange, decodedRange } from '../mime/source-range.ts'
import { type HtmlView, viewHtml } from './html-view.ts'

/** One text part: its source, what a reader sees of it, and the way back to the bytes. */
export interface TextPart {
  readonly part: MimePart
  readonly kind: 'plain' | 'html'
  /** The part's source, decoded to characters. */
  readonly source: string
  /** What a reader sees. Equal to `source` for plain text. */
  readonly visible: string
  readonly hidden: string
  readonly html?: HtmlView
  /** Bytes of the message for UTF-16 offsets in `visible`. */
  rangeOfVisible(start: number, end: number): MailRange
  /** Bytes of the message for UTF-16 offsets in `source`. */
  rangeOfSource(start: number, end: number): MailRange
}

/** Reads a text/plain or text/html part. */
export function readTextPart(part: MimePart): TextPart {
  const bytes = bodyOf(part, mailLimits.textPartBytes)
  const { text: source, charset } = decodeText(bytes, part.parameters.get('charset'))
  const rangeOfSource = (start: number, end: number): MailRange => {
    if (charset === 'utf-8') {
      const before = Buffer.byteLength(source.slice(0, start))
      return decodedRange(part, before, before + Buffer.byteLength(source.slice(start, end)))
    }
    // Single-byte charsets have one byte a character; in the others the offset cannot be told, so the whole part is.
    return bytes.length === source.length ? decodedRange(part, start, end) : bodyRange(part)
  }
  if (part.mediaType !== 'text/html' && !looksLikeHtml(source)) {
    return {
      part,
      kind: 'plain',
      source,
      visible: source,
      hidden: '',
      rangeOfSource,
      rangeOfVisible: rangeOfSource,
    }
  }
  const html = viewHtml(source)
  let visible = ''
  let hidden = ''
  const starts: { visible: number; source: number }[] = []
  for (const run of html.runs) {
    if (run.hidden) hidden += run.text
    else {
      starts.push({ visible: visible.length, source: run.start })
      visible += run.text
    }
  }
  const sourceOffset = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((starts[middle]?.visible ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const found = starts[low]
    return found ? found.source + offset - found.visible : 0
  }
  return {
    part,
    kind: 'html',
    source,
    visible,
    hidden,
    html,
    rangeOfSource,
    rangeOfVisible: (start, end) =>
      rangeOfSource(sourceOffset(start), sourceOffset(Math.max(end - 1, start)) + 1),
  }
}

/** HTML sent under a text/plain label is what some senders do by mistake and some on purpose. */
function looksLikeHtml(source: string): boolean {
  return /^\s*(<!doctype html|<html)/i.test(source.slice(0, 500))
}
