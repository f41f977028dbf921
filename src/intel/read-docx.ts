import { strFromU8, unzipSync } from 'fflate'
import { messageOf } from '../lib/app-error.ts'
import { problem } from '../lib/problem.ts'
import { firstLine, type ReportText } from './report-text.ts'

/** The parts of a Word document that hold its text. Nothing else in the archive is unpacked. */
const textParts = /^word\/(?:document|footnotes|endnotes|comments)\.xml$|^docProps\/core\.xml$/

/** An honest document.xml of this size would be a book; more is a decompression bomb. */
const largestPart = 64 * 1024 * 1024

/** The text of a DOCX file: paragraphs as lines, table cells split by tabs. Macros and embedded objects stay packed. */
export function readDocx(bytes: Uint8Array): ReportText {
  const tooLarge: string[] = []
  let parts: Record<string, Uint8Array>
  try {
    parts = unzipSync(bytes, {
      filter: file => {
        if (!textParts.test(file.name)) return false
        if (file.originalSize <= largestPart) return true
        tooLarge.push(file.name)
        return false
      },
    })
  } catch (error) {
    return { text: '', format: 'docx', problems: [problem('broken-archive', messageOf(error))] }
  }
  const problems = tooLarge.map(name =>
    problem('part-too-large', `it claims more than ${largestPart} bytes unpacked and was not read`, name),
  )
  const document = parts['word/document.xml']
  if (document === undefined && problems.length === 0)
    problems.push(
      problem('unsupported-format', 'this archive is no Word document; unpack it and give the files inside'),
    )
  const names = Object.keys(parts)
    .filter(name => name.startsWith('word/'))
    .sort()
  const text = names.map(name => textOf(strFromU8(parts[name] ?? new Uint8Array()))).join('\n')
  const core = parts['docProps/core.xml']
  const title = core && /<dc:title>([^<]{1,300})<\/dc:title>/.exec(strFromU8(core))?.[1]
  return {
    text,
    format: 'docx',
    problems,
    ...titleFrom(title === undefined ? undefined : decodeEntities(title), text),
  }
}

function titleFrom(title: string | undefined, text: string): { title?: string } {
  const found = title?.trim() || firstLine(text)
  return found === undefined ? {} : { title: found }
}

/** WordprocessingML to text. A full parser gains nothing here: every run of text is in a `w:t`. */
function textOf(xml: string): string {
  const pieces: string[] = []
  for (const match of xml.matchAll(
    /<w:t(?: [^<>]*)?>([^<]*)<\/w:t>|<(w:tab|w:br|w:cr)\b|<\/(w:p|w:tc|w:tr)>/g,
  )) {
    const [, run, inline, end] = match
    if (run !== undefined) pieces.push(decodeEntities(run))
    else if (inline !== undefined) pieces.push(inline === 'w:tab' ? '\t' : '\n')
    else pieces.push(end === 'w:tc' ? '\t' : '\n')
  }
  // A cell's last paragraph ends in a line break that belongs to the cell, not to the row.
  return pieces.join('').replaceAll('\n\t', '\t').replaceAll('\t\n', '\n')
}

function decodeEntities(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,5}));/gi, (whole, hex, decimal, name) => {
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    if (name !== undefined) return named[name] ?? whole
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
}
