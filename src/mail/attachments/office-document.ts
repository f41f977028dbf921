import { problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'
import type { FileExamination } from './file-examination.ts'
import { listZip, unpackEntry } from './zip-listing.ts'

const autoRun =
  /Auto_?(?:Open|Exec|Close|New)|Document_?(?:Open|Close)|Workbook_?(?:Open|Activate)|WScript\.Shell|Shell\(|CreateObject|powershell|URLDownloadToFile|Environ\(/i

/** Whether a ZIP is an Office Open XML document (ECMA-376, part 2). */
export function isOfficeDocument(bytes: Buffer): boolean {
  return bytes.subarray(0, 4_000_000).includes('[Content_Types].xml')
}

/** Macros, templates from elsewhere, DDE and links of a .docx, .xlsx or .pptx. */
export function examineOfficeDocument(bytes: Buffer, shown: string, examination: FileExamination): void {
  let unpackedBytes = 0
  for (const entry of listZip(bytes)?.entries ?? []) {
    if (/vbaProject\.bin$/i.test(entry.name)) examination.note('attachment-macro', `${shown} carries a macro`)
    if (!/\.rels$|document\.xml$|sharedStrings\.xml$|externalLink\d+\.xml$/i.test(entry.name)) continue
    if (unpackedBytes >= mailLimits.archiveBytes) {
      const message = `${shown} unpacks to more than ${mailLimits.archiveBytes} bytes; the rest was not read`
      examination.problems.push(problem('archive-too-large', message, examination.where))
      break
    }
    const unpacked = unpackEntry(bytes, entry, 4 * 1024 * 1024)
    if (unpacked.kind !== 'bytes') continue
    unpackedBytes += unpacked.bytes.length
    const xml = unpacked.bytes.toString('utf8')
    if (/\bDDE(?:AUTO)?\b[\s\S]{0,200}(?:cmd|powershell|mshta|http)/i.test(xml.replace(/<[^<>]*>/g, '')))
      examination.note('attachment-macro', `${shown} runs a command through DDE`)
    // No attribute holds a `<` (XML, 2.4): without one in the class, a tag that never ends is read once and not at each tag.
    for (const match of xml.matchAll(/<Relationship\b[^<>]*>/g)) {
      if (!match[0].includes('TargetMode="External"')) continue
      const target = /Target="([^"]*)"/.exec(match[0])?.[1]?.replaceAll('&amp;', '&') ?? ''
      const isTemplate = /attachedTemplate|\/(?:oleObject|frame|subDocument)"/.test(match[0])
      if (isTemplate && /^(?:https?|file|\\\\|mhtml)/i.test(target))
        examination.note('attachment-remote-template', `${shown} loads ${target} when opened`)
      else if (/^https?:/i.test(target) && examination.links.length < mailLimits.links)
        examination.links.push({ kind: 'attachment', target })
    }
  }
}

/** Old binary Office files: macros show in the names of their streams, which are UTF-16. */
export function examineCompoundDocument(bytes: Buffer, shown: string, examination: FileExamination): void {
  const has = (name: string) => bytes.includes(Buffer.from(name, 'utf16le'))
  if (has('_VBA_PROJECT') || has('VBA') || has('Macros')) {
    const runs = autoRun.test(bytes.subarray(0, 4_000_000).toString('latin1'))
    examination.note('attachment-macro', `${shown} carries a macro${runs ? ' that runs by itself' : ''}`)
  }
  if (has('EncryptedPackage')) examination.note('attachment-encrypted', `${shown} is locked with a password`)
  if (has('Equation Native'))
    examination.note(
      'attachment-remote-template',
      `${shown} carries an equation object, as exploits of CVE-2017-11882 do`,
    )
  if (has('\u0001Ole10Native')) examination.note('attachment-macro', `${shown} carries an embedded file`, 0.6)
}

/** RTF with embedded objects, the usual shell of Office exploits. */
export function examineRichText(bytes: Buffer, shown: string, examination: FileExamination): void {
  const text = bytes.subarray(0, 2_000_000).toString('latin1')
  if (/\\objdata|\\objupdate|\\objautlink/.test(text))
    examination.note('attachment-remote-template', `${shown} carries an embedded object`)
  if (/\\\*\\template\s+https?:/i.test(text))
    examination.note('attachment-remote-template', `${shown} loads a template from the network`)
}
