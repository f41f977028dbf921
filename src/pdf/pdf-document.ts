import { setImmediate } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import { cutText } from '../lib/cut-text.ts'
import { type Face, faces } from './font-slices.ts'
import { loadGlyphs, most } from './load-glyphs.ts'
import { type Cluster, mayBreak, type ReadableText, readableText, visualOrder } from './readable-text.ts'
import { wideFont } from './wide-font.ts'

/** A paragraph. Sizes and lengths are in points. */
export interface Paragraph {
  readonly text: string
  readonly face: Face
  readonly size: number
  /** Of its first line. */
  readonly indent?: number
  readonly struck?: boolean
  /** What is left free before it and after it, in lines of its own. */
  readonly before?: number
  readonly after?: number
  /** What must be free on the page; a new one begins otherwise. */
  readonly room?: number
}

export interface PdfOptions {
  readonly title: string
  readonly creator: string
  readonly producer?: string
  /** The times that a PDF says of itself: the same paragraphs with the same time are the same file. */
  readonly atMs?: number
  readonly paragraphs: readonly Paragraph[]
  /** Small, at the foot of each page. */
  readonly footer?: (page: number, pages: number) => string
}

const margin = 50
/** Of one paragraph, as it is shown; what is longer stands whole in the other forms of export. */
const longest = 4_000
/** After so many characters requests of others get their turn. */
const atOnce = 20_000

const standard: Readonly<Record<Face, string>> = {
  regular: 'Helvetica',
  bold: 'Helvetica-Bold',
  oblique: 'Helvetica-Oblique',
}

/**
 * Paragraphs of any origin as a PDF on A4. Latin text is in Helvetica, which every reader has; words with other letters
 * (Latin with any accents, Greek, Cyrillic, Hebrew, Arabic, Chinese, Japanese, Korean) in one embedded font that holds
 * what the document uses. `readable-text.ts` says what is written as a code point, and that hidden characters are; a line
 * at the end explains it where it occurs. Right-to-left letters run from right to left within lines that begin at the left.
 * Time is in proportion to the text, up to a bound for the letters in it (`load-glyphs.ts`).
 */
export async function pdfDocument(options: PdfOptions): Promise<Buffer> {
  const { paragraphs, footer } = options
  const wanted = {
    regular: new Set<number>(),
    bold: new Set<number>(),
    oblique: new Set<number>(),
  }
  let done = 0
  const giveWay = async (length: number) => {
    done += Math.min(length, longest)
    if (done < atOnce) return
    done = 0
    await setImmediate()
  }
  for (const { text, face } of paragraphs) {
    readableText(cutText(text, longest), codePoint => {
      wanted[face].add(codePoint)
      return true
    })
    await giveWay(text.length)
  }
  if (footer !== undefined)
    readableText(footer(1, 1), codePoint => {
      wanted.regular.add(codePoint)
      return true
    })
  for (const face of faces) if (wanted[face].size > 0) wanted[face].add(0x20)
  const { glyphs, cut } = await loadGlyphs(wanted)

  const document = new PDFDocument({
    size: 'A4',
    margin,
    bufferPages: footer !== undefined,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: shownTitle(options.title),
      Creator: options.creator,
      ...(options.producer === undefined ? {} : { Producer: options.producer }),
      ...(options.atMs === undefined
        ? {}
        : { CreationDate: new Date(options.atMs), ModDate: new Date(options.atMs) }),
    },
  })
  const chunks: Buffer[] = []
  document.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    document.on('end', resolve)
    document.on('error', reject)
  })
  const wide = {
    regular: wideFont('Tocsin-Regular', codePoint => glyphs.regular.get(codePoint)),
    bold: wideFont('Tocsin-Bold', codePoint => glyphs.bold.get(codePoint)),
    oblique: wideFont('Tocsin-Oblique', codePoint => glyphs.oblique.get(codePoint)),
  }
  const pen = createPen(document, wide, (face, codePoint) => glyphs[face].has(codePoint))
  let coded = false
  for (const paragraph of paragraphs) {
    coded = pen.paragraph(paragraph) || coded
    await giveWay(paragraph.text.length)
  }
  if (coded) {
    const more = cut
      ? ` Of Chinese, Japanese and Korean, ${most.characters} different characters are drawn at most.`
      : ''
    pen.paragraph({
      text: `U+ and digits stand for a character that is hidden, imitates a Latin letter, or is in no font here.${more}`,
      face: 'oblique',
      size: 7,
      before: 1,
    })
  }
  if (footer !== undefined) {
    const { start, count } = document.bufferedPageRange()
    for (let page = start; page < start + count; page++) {
      document.switchToPage(page)
      // Below the margin, where a line would begin a page of its own.
      document.page.margins.bottom = 0
      document.y = document.page.height - 35
      pen.firstLine(footer(page + 1, count), 7)
    }
  }
  document.end()
  await ended
  return Buffer.concat(chunks)
}

type Wide = Readonly<Record<Face, ReturnType<typeof wideFont>>>

/** Writes lines into a document, from its `y` on. */
function createPen(
  document: PDFKit.PDFDocument,
  wide: Wide,
  has: (face: Face, codePoint: number) => boolean,
) {
  const widths = new Map<string, number>()
  const setFont = (face: Face, isWide: boolean, size: number) => {
    // pdfkit takes any object with fontkit's `layout` for a font of fontkit's; its types know files only.
    if (isWide) document.font(wide[face] as unknown as Buffer, wide[face].postscriptName, size)
    else document.font(standard[face], size)
  }
  /** In thousandths of the size. */
  const widthOf = ({ shown, wide: isWide }: Cluster, face: Face): number => {
    const key = `${face} ${isWide} ${shown}`
    const known = widths.get(key)
    if (known !== undefined) return known
    setFont(face, isWide, 1_000)
    const width = document.widthOfString(shown)
    widths.set(key, width)
    return width
  }
  const line = (clusters: readonly Cluster[], { face, size, struck = false }: Paragraph, left: number) => {
    const { y } = document
    let x = left
    for (const run of runsOf(visualOrder(clusters))) {
      setFont(face, run.wide, size)
      const width = document.widthOfString(run.text)
      document.text(run.text, x, y, { lineBreak: false, strike: struck })
      x += width
    }
    setFont(face, false, size)
    document.x = margin
    document.y = y + document.currentLineHeight(true)
  }
  return {
    /** Returns whether it has characters that are written as code points. */
    paragraph(paragraph: Paragraph): boolean {
      const { text, face, size, indent = 0, before = 0, after = 0, room = 0 } = paragraph
      const { clusters, coded } = fitting(text, codePoint => has(face, codePoint))
      setFont(face, false, size)
      const height = document.currentLineHeight(true)
      if (document.y > document.page.height - room) document.addPage()
      document.y += before * height
      const width = document.page.width - 2 * margin
      const inThousandths = (points: number) => (points * 1_000) / size
      const lines = linesOf(
        clusters,
        each => widthOf(each, face),
        inThousandths(width),
        inThousandths(indent),
      )
      for (const [index, each] of lines.entries()) {
        if (document.y + height > document.page.maxY()) document.addPage()
        line(each, paragraph, margin + (index === 0 ? indent : 0))
      }
      document.y += after * height
      return coded
    },
    firstLine(text: string, size: number): void {
      const { clusters } = readableText(text, codePoint => has('regular', codePoint))
      line(clusters, { text, face: 'regular', size }, margin)
    },
  }
}

/** A paragraph up to its longest; that there was more is said. */
function fitting(text: string, has: (codePoint: number) => boolean): ReadableText {
  const { clusters, coded } = readableText(cutText(text, longest), has)
  let length = 0
  const end = clusters.findIndex(({ shown }) => {
    length += shown.length
    return length > longest
  })
  if (end < 0 && text.length <= longest) return { clusters, coded }
  const kept = end < 0 ? clusters : clusters.slice(0, end)
  return { clusters: [...kept, ...readableText(' … (cut here)', has).clusters], coded }
}

/** Breaks where words end; a word longer than a line is broken where the line ends. Spaces at the end of a line hang. */
function linesOf(
  clusters: readonly Cluster[],
  widthOf: (cluster: Cluster) => number,
  width: number,
  indent: number,
): Cluster[][] {
  const lines: Cluster[][] = []
  let [start, breakAt, left, leftAtBreak] = [0, 0, width - indent, 0]
  for (const [at, each] of clusters.entries()) {
    const itsWidth = widthOf(each)
    if (itsWidth > left && each.shown !== ' ' && at > start) {
      const end = breakAt > start ? breakAt : at
      lines.push(clusters.slice(start, end))
      left = width - (breakAt > start ? leftAtBreak - left : 0)
      start = end
    }
    left -= itsWidth
    if (mayBreak(each, clusters[at + 1])) {
      breakAt = at + 1
      leftAtBreak = left
    }
  }
  lines.push(clusters.slice(start))
  return lines
}

/** Neighbours in one font; spaces go with what is before them. */
function runsOf(clusters: readonly Cluster[]): { readonly wide: boolean; readonly text: string }[] {
  const runs: { wide: boolean; text: string }[] = []
  for (const { shown, wide } of clusters) {
    const last = runs.at(-1)
    if (last !== undefined && (last.wide === wide || shown === ' ')) last.text += shown
    else runs.push({ wide, text: shown })
  }
  return runs
}

/** Readers show the title in their window's bar, in fonts of their own that join letters: only what is hidden is written out. */
function shownTitle(title: string): string {
  const isForm = (codePoint: number) => codePoint >= 0xfb50 && codePoint <= 0xfefc
  const { clusters } = readableText(cutText(title, 500), codePoint => !isForm(codePoint))
  return clusters.map(({ shown }) => shown).join('')
}
