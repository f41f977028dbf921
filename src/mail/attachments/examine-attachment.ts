import { type Problem, problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'
import { bodyOf, type MimePart } from '../mime/part-tree.ts'
import type { SignalId } from '../signals/signal-kinds.ts'
import { contentHash } from './content-hash.ts'
import { dangerOfName, extensionOf, isDoubleNamed, trueTypeOf } from './true-type.ts'

/** One thing noticed about an attachment. */
export interface AttachmentNote {
  readonly id: SignalId
  readonly strength: number
  readonly text: string
}

export interface ExaminedAttachment {
  readonly sha256: string
  readonly notes: readonly AttachmentNote[]
  /** Addresses found inside. */
  readonly links: readonly string[]
}

/** Looks at one attachment without opening it in anything. Bounded by `mailLimits`; what was cut is a problem. */
export function examineAttachment(part: MimePart, problems: Problem[]): ExaminedAttachment {
  const bytes = bodyOf(part, mailLimits.attachmentBytes)
  const where = `part ${part.id || '1'}`
  if (bytes.length === mailLimits.attachmentBytes)
    problems.push(
      problem(
        'attachment-too-large',
        `only the first ${bytes.length} bytes of an attachment were examined`,
        where,
      ),
    )
  return { sha256: contentHash(part), notes: examineFile(part.fileName, part.mediaType, bytes), links: [] }
}

function examineFile(fileName: string, mediaType: string, bytes: Buffer): AttachmentNote[] {
  const notes: AttachmentNote[] = []
  const add = (id: SignalId, text: string, strength = 1) => notes.push({ id, text, strength })
  const type = trueTypeOf(bytes)
  const danger = dangerOfName(fileName)
  const shown = JSON.stringify(fileName || mediaType)
  if (danger === 'program' || type === 'pe' || type === 'elf' || type === 'mach-o')
    add('attachment-program', `${shown} is a program`)
  if (danger === 'shortcut' || type === 'shortcut')
    add('attachment-shortcut', `${shown} is a shortcut`, extensionOf(fileName) === 'url' ? 0.3 : 1)
  if (danger === 'disk-image' || type === 'iso' || type === 'vhd' || type === 'onenote')
    add('attachment-disk-image', `${shown} is a disk image or notebook that carries other files`)
  if (isDoubleNamed(fileName))
    add('attachment-disguised', `${shown} has a second extension that hides what it is`)
  if (
    type === 'html' &&
    (['html', 'htm', 'shtml', 'xhtml', 'svg'].includes(extensionOf(fileName)) || mediaType === 'text/html')
  )
    add('html-attachment', `${shown} is a web page to be opened outside the mail`)
  return notes
}
