import { cutText } from '../lib/cut-text.ts'
import { problem } from '../lib/problem.ts'
import { readDocx } from './read-docx.ts'
import { readEmail } from './read-email.ts'
import { readHtml } from './read-html.ts'
import { readJson } from './read-json.ts'
import { readPdf } from './read-pdf.ts'
import { firstLine, longestText, type ReportFormat, type ReportText } from './report-text.ts'

/**
 * Reads a report of any supported format; the bytes decide, the name only helps. Never throws for content: what could
 * not be read is a problem in the result. Nothing is fetched, and no script, macro or action in it is run.
 */
export async function readReport(bytes: Uint8Array, name: string, signal?: AbortSignal): Promise<ReportText> {
  const report = await readAs(formatOf(bytes, name), bytes, signal)
  const text = report.text.replaceAll('\r\n', '\n')
  if (text.length <= longestText) return { ...report, text }
  const cut = problem('text-cut', `the text is longer than ${longestText} characters; the rest was not read`)
  return { ...report, text: cutText(text, longestText), problems: [...report.problems, cut] }
}

async function readAs(
  format: ReportFormat | 'binary',
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<ReportText> {
  switch (format) {
    case 'pdf':
      return readPdf(bytes, signal)
    case 'docx':
      return readDocx(bytes)
    case 'email':
      return readEmail(bytes)
    case 'html':
      return readHtml(decodeText(bytes))
    case 'json':
    case 'stix':
    case 'misp':
      return readJson(decodeText(bytes))
    case 'binary': {
      const why = 'this is no text, PDF, DOCX, HTML, e-mail or JSON; export it as one of these'
      return { text: '', format: 'text', problems: [problem('unsupported-format', why)] }
    }
    default:
      return readPlain(decodeText(bytes), format)
  }
}

/** The format by content; the name decides only between formats that are all text. */
export function formatOf(bytes: Uint8Array, name: string): ReportFormat | 'binary' {
  const head = Buffer.from(bytes.subarray(0, 2048)).toString('latin1')
  if (/%PDF-\d/.test(head.slice(0, 1024))) return 'pdf'
  if (head.startsWith('PK\u0003\u0004')) return 'docx'
  const wide = head.startsWith('\u00ff\u00fe') || head.startsWith('\u00fe\u00ff')
  if (head.includes('\u0000') && !wide) return 'binary'
  const start = head.replace(/^\u00ef\u00bb\u00bf/, '').trimStart()
  if (/^[{[]/.test(start) && !/\.(?:txt|md|markdown|csv|html?)$/i.test(name)) return 'json'
  if (
    /^<(?:!doctype html|html|\?xml[^>]*>\s*<html|head|body|article|div)/i.test(start) ||
    /\.html?$/i.test(name)
  )
    return 'html'
  if (
    /\.eml$/i.test(name) ||
    (/^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}/.test(start) &&
      /^(?:from|received|return-path|mime-version|delivered-to):/im.test(start))
  )
    return 'email'
  if (/\.csv$/i.test(name)) return 'csv'
  return /\.(?:md|markdown)$/i.test(name) ? 'markdown' : 'text'
}

function readPlain(text: string, format: ReportFormat): ReportText {
  const heading = /^#{1,2} +(.+)$/m.exec(text.slice(0, 5000))?.[1]
  const named = /^title: *(.+)$/im.exec(text.slice(0, 1000))?.[1]
  const title = named ?? heading ?? firstLine(text)
  const url = /^(?:url|source|link): *(https?:\/\/\S+)/im.exec(text.slice(0, 2000))?.[1]
  return {
    text,
    format,
    problems: [],
    ...(title === undefined || format === 'csv' ? {} : { title: cutText(title.trim(), 300) }),
    ...(url === undefined ? {} : { url }),
  }
}

/** UTF-8, UTF-16 with a byte order mark, or else Windows-1252, which reads any byte. */
function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
