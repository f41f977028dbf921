import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { answerParent } from '../lib/answer-parent.ts'
import { messageOf } from '../lib/app-error.ts'
import { joinWrapped } from './join-wrapped.ts'
import type { PdfAnswer, PdfQuestion } from './read-pdf.ts'

/** A gap wider than this many widths of a letter separates columns. */
const columnGap = 2.5

/** A run of text on a page, as pdf.js gives it. `transform[4]` and `[5]` are its position, in points. */
interface Run {
  readonly str: string
  readonly width: number
  readonly height: number
  readonly transform: readonly number[]
  readonly hasEOL: boolean
}

async function read({ bytes, longestText, mostPages }: PdfQuestion): Promise<PdfAnswer> {
  const document = await getDocument({
    // What comes from the parent is a Buffer, which pdf.js refuses.
    data: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    disableFontFace: true,
    useSystemFonts: false,
    stopAtErrors: false,
    verbosity: 0,
  }).promise
  const pages: string[] = []
  let length = 0
  let error: string | undefined
  const last = Math.min(document.numPages, mostPages)
  for (let number = 1; number <= last && length < longestText; number++) {
    try {
      const page = await document.getPage(number)
      const content = await page.getTextContent()
      // Marked-content items have no text and are left out, which makes the rest runs.
      const text = layOut(content.items.filter(item => 'str' in item) as Run[])
      pages.push(text)
      length += text.length
      page.cleanup()
    } catch (cause) {
      error = `page ${number}: ${messageOf(cause)}`
    }
  }
  const info = await document.getMetadata().then(
    metadata => metadata.info as { readonly Title?: unknown },
    () => ({}) as { readonly Title?: unknown },
  )
  const title = typeof info.Title === 'string' && info.Title.trim() !== '' ? info.Title.trim() : undefined
  return {
    text: joinWrapped(pages.join('\n\n').slice(0, longestText + 1)),
    pages: document.numPages,
    read: pages.length,
    ...(title === undefined ? {} : { title }),
    ...(error === undefined ? {} : { error }),
  }
}

/** Runs in reading order as lines; a wide gap on one line is a tab. */
function layOut(runs: readonly Run[]): string {
  const pieces: string[] = []
  let previous: Run | undefined
  let blank = false
  for (const run of runs) {
    // pdf.js writes the gap between two runs as a run of its own: a blank, however wide the gap is.
    if (run.str.trim() === '' && !run.hasEOL) {
      blank = true
      continue
    }
    if (previous !== undefined && !previous.hasEOL) pieces.push(between(previous, run, blank))
    blank = false
    pieces.push(run.str)
    if (run.hasEOL) pieces.push('\n')
    previous = run
  }
  return pieces.join('')
}

function between(left: Run, right: Run, blank: boolean): string {
  const sameLine =
    Math.abs((left.transform[5] ?? 0) - (right.transform[5] ?? 0)) < Math.max(left.height, 1) / 2
  if (!sameLine) return '\n'
  const gap = (right.transform[4] ?? 0) - (left.transform[4] ?? 0) - left.width
  const letter = left.str.length === 0 ? left.height / 2 : left.width / left.str.length
  if (gap > columnGap * Math.max(letter, 1)) return '\t'
  return blank ? ' ' : ''
}

answerParent(
  (question: PdfQuestion): Promise<PdfAnswer> =>
    read(question).catch(error => ({ text: '', pages: 0, read: 0, error: messageOf(error) })),
)
