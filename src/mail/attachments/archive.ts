import { problem } from '../../lib/problem.ts'
import { mailLimits } from '../limits.ts'
import type { FileExamination } from './file-examination.ts'
import { dangerOfName, isDoubleNamed } from './true-type.ts'
import { listZip, unpackEntry } from './zip-listing.ts'

/** Looks into a ZIP: what is in it, whether it is locked, and each entry as a file of its own, up to the limits. */
export function examineZip(
  bytes: Buffer,
  shown: string,
  examination: FileExamination,
  examineFile: (name: string, bytes: Buffer) => void,
): void {
  const listing = listZip(bytes)
  if (listing === undefined) {
    examination.problems.push(
      problem('archive-unreadable', `${shown} is a ZIP without a readable directory`, examination.where),
    )
    return
  }
  const { entries } = listing
  if (listing.truncated)
    examination.problems.push(
      problem('archive-truncated', `${shown} has more entries than were read`, examination.where),
    )
  if (entries.some(entry => entry.encrypted))
    examination.note('attachment-encrypted', `${shown} is locked with a password: ${entries[0]?.name ?? ''}`)
  const disguised = entries.find(entry => isDoubleNamed(entry.name))
  if (disguised)
    examination.note(
      'attachment-disguised',
      `${shown} holds ${JSON.stringify(disguised.name)}, whose second extension hides what it is`,
    )
  const claimed = entries.reduce((sum, entry) => sum + entry.unpackedBytes, 0)
  if (claimed > 200 * bytes.length && claimed > mailLimits.archiveBytes) bomb(shown, examination)
  for (const entry of entries) {
    const danger = dangerOfName(entry.name)
    if (danger === 'program' || danger === 'shortcut')
      examination.note('attachment-program', `${shown} holds the program ${JSON.stringify(entry.name)}`)
    if (danger === 'disk-image')
      examination.note('attachment-disk-image', `${shown} holds ${JSON.stringify(entry.name)}`)
    if (entry.encrypted || entry.name.endsWith('/')) continue
    const left = mailLimits.archiveBytes - examination.unpackedBytes
    const unpacked = unpackEntry(bytes, entry, Math.max(left, 0))
    switch (unpacked.kind) {
      case 'bytes':
        examination.unpackedBytes += unpacked.bytes.length
        examineFile(entry.name, unpacked.bytes)
        break
      case 'too-large':
        bomb(shown, examination)
        return
      case 'unreadable':
        break
    }
  }
}

function bomb(shown: string, examination: FileExamination): void {
  examination.note('attachment-bomb', `${shown} unpacks to far more than it is`)
  examination.problems.push(
    problem(
      'archive-too-large',
      `${shown} unpacks to more than ${mailLimits.archiveBytes} bytes; it was not unpacked further`,
      examination.where,
    ),
  )
}
