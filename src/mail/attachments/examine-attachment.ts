import { type Problem, problem } from '../../lib/problem.ts'
import { smuggles } from '../content/html-smuggling.ts'
import { viewHtml } from '../content/html-view.ts'
import { mailLimits } from '../limits.ts'
import { bodyOf, type MimePart } from '../mime/part-tree.ts'
import { examineZip } from './archive.ts'
import { examineCalendar } from './calendar.ts'
import { contentHash } from './content-hash.ts'
import {
  type AttachmentLink,
  type AttachmentNote,
  type FileExamination,
  newExamination,
} from './file-examination.ts'
import {
  examineCompoundDocument,
  examineOfficeDocument,
  examineRichText,
  isOfficeDocument,
} from './office-document.ts'
import { examinePdf } from './pdf-document.ts'
import { qrCodesIn } from './qr-codes.ts'
import { tnefFiles } from './tnef.ts'
import { dangerOfName, extensionOf, isDoubleNamed, trueTypeOf } from './true-type.ts'

export interface ExaminedAttachment {
  readonly sha256: string
  readonly notes: readonly AttachmentNote[]
  /** Addresses found inside. */
  readonly links: readonly AttachmentLink[]
}

/**
 * Looks at one attachment without opening it in anything. Bounded by `mailLimits`; what was cut is a problem. `onFile` is
 * shown the attachment and every file in it.
 */
export function examineAttachment(
  part: MimePart,
  problems: Problem[],
  onFile?: FileExamination['onFile'],
): ExaminedAttachment {
  const bytes = bodyOf(part, mailLimits.attachmentBytes)
  const where = `part ${part.id || '1'}`
  if (bytes.length === mailLimits.attachmentBytes) {
    problems.push(
      problem(
        'attachment-too-large',
        `only the first ${bytes.length} bytes of an attachment were examined`,
        where,
      ),
    )
  }
  const examination = newExamination(problems, where, onFile)
  examineFile(part.fileName, part.mediaType, bytes, examination, 0)
  return { sha256: contentHash(part), notes: examination.notes, links: examination.links }
}

function examineFile(
  fileName: string,
  mediaType: string,
  bytes: Buffer,
  examination: FileExamination,
  depth: number,
): void {
  examination.onFile?.(fileName, bytes)
  const type = trueTypeOf(bytes)
  const shown = JSON.stringify(fileName || mediaType)
  noteName(fileName, type, shown, examination)
  switch (type) {
    case 'zip':
      if (isOfficeDocument(bytes)) examineOfficeDocument(bytes, shown, examination)
      else if (depth >= mailLimits.archiveDepth)
        examination.problems.push(
          problem(
            'archive-too-deep',
            `${shown} nests archives deeper than ${mailLimits.archiveDepth} levels`,
            examination.where,
          ),
        )
      else
        examineZip(bytes, shown, examination, (name, inner) =>
          examineFile(name, '', inner, examination, depth + 1),
        )
      break
    case 'ole':
      examineCompoundDocument(bytes, shown, examination)
      break
    case 'rtf':
      examineRichText(bytes, shown, examination)
      break
    case 'pdf':
      examinePdf(bytes, shown, examination)
      break
    case 'png':
    case 'jpeg':
      for (const target of qrCodesIn(bytes, type, examination)) {
        examination.links.push({ kind: 'qr', target })
        examination.note('qr-code-link', `a QR code in ${shown} leads to ${target}`)
      }
      break
    case 'html':
    case 'svg':
      examinePage(bytes, fileName, mediaType, shown, examination)
      break
    case 'unknown':
      if (mediaType === 'text/calendar' || extensionOf(fileName) === 'ics')
        examineCalendar(bytes, shown, examination)
      if (/winmail\.dat$/i.test(fileName) || mediaType === 'application/ms-tnef') {
        for (const file of tnefFiles(bytes)) examineFile(file.name, '', file.bytes, examination, depth + 1)
      }
      break
    default:
      break
  }
}

/** What the name alone, against the true type, gives away. */
function noteName(
  fileName: string,
  type: ReturnType<typeof trueTypeOf>,
  shown: string,
  examination: FileExamination,
): void {
  const danger = dangerOfName(fileName)
  if (danger === 'program' || type === 'pe' || type === 'elf' || type === 'mach-o')
    examination.note('attachment-program', `${shown} is a program`)
  if (danger === 'shortcut' || type === 'shortcut')
    examination.note(
      'attachment-shortcut',
      `${shown} is a shortcut`,
      extensionOf(fileName) === 'url' ? 0.3 : 1,
    )
  if (danger === 'disk-image' || type === 'iso' || type === 'vhd' || type === 'onenote')
    examination.note('attachment-disk-image', `${shown} is a disk image or notebook that carries other files`)
  if (isDoubleNamed(fileName))
    examination.note('attachment-disguised', `${shown} has a second extension that hides what it is`)
  const pretends = /^(?:pdf|docx?|xlsx?|pptx?|jpe?g|png|gif|txt)$/.test(extensionOf(fileName))
  if (pretends && ['pe', 'elf', 'mach-o', 'html', 'shortcut', 'iso'].includes(type))
    examination.note('attachment-disguised', `${shown} is really of type ${type}`)
  if (['rar', '7z', 'cab', 'ace'].includes(type))
    examination.note('attachment-encrypted', `${shown} is a ${type} archive, which was not looked into`, 0.4)
}

/** A page to be opened outside the mail, where no filter sees what it does. */
function examinePage(
  bytes: Buffer,
  fileName: string,
  mediaType: string,
  shown: string,
  examination: FileExamination,
): void {
  const isPage =
    /^(?:html?|shtml|xhtml|svg|mht)$/.test(extensionOf(fileName)) ||
    mediaType === 'text/html' ||
    mediaType === 'image/svg+xml'
  if (!isPage) return
  const view = viewHtml(bytes.subarray(0, mailLimits.textPartBytes).toString('utf8'))
  const active =
    view.scripts.length > 0 ||
    view.passwordFields > 0 ||
    view.links.some(link => link.kind === 'refresh' || link.kind === 'form')
  examination.note(
    'html-attachment',
    `${shown} is a web page to be opened outside the mail`,
    active ? 1 : 0.4,
  )
  if (view.passwordFields > 0) examination.note('password-field', `${shown} asks for a password`)
  if (view.scripts.some(script => smuggles(script.text)))
    examination.note('html-smuggling', `a script in ${shown} builds a page or file out of encoded data`)
  for (const link of view.links.slice(0, 50))
    if (link.kind !== 'image') examination.links.push({ kind: 'attachment', target: link.target })
}
