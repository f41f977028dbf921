import { messageOf } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { examineAttachment } from './attachments/examine-attachment.ts'
import { mailLimits } from './limits.ts'
import type { FileMatch } from './mail-context.ts'
import { bodyOf } from './mime/part-tree.ts'
import type { Mail } from './read-mail.ts'

/** One file of a mail: an attachment, a file in an archive, or a text part. */
export interface MailFile {
  readonly part: string
  readonly name: string
  readonly bytes: Buffer
}

/** Names the rules that match each file, in the order given. Throws where it could not scan. */
export type ScanFiles = (files: readonly MailFile[]) => Promise<readonly (readonly string[])[]>

const mostFiles = 200

/**
 * Scans every part of a mail, and the files in its archives as far as they are unpacked. A scan that fails is a problem in
 * the record, and the mail is judged without it.
 */
export async function scanMail(mail: Mail, scan: ScanFiles, problems: Problem[]): Promise<FileMatch[]> {
  const files = filesOf(mail)
  if (files.length > mostFiles)
    problems.push(problem('too-many-files', `more than ${mostFiles} files; YARA did not see the rest`))
  const scanned = files.slice(0, mostFiles)
  try {
    const matches = await scan(scanned)
    return scanned.flatMap(({ part, name }, index) =>
      (matches[index] ?? []).map(rule => ({ part, file: name, rule })),
    )
  } catch (error) {
    problems.push(problem('yara-failed', `YARA could not scan this mail: ${messageOf(error)}`))
    return []
  }
}

function filesOf(mail: Mail): MailFile[] {
  const files: MailFile[] = mail.texts.map(({ part }) => ({
    part: part.id || '1',
    name: part.mediaType,
    bytes: bodyOf(part, mailLimits.textPartBytes),
  }))
  let left: number = mailLimits.archiveBytes
  for (const part of mail.attachments) {
    examineAttachment(part, [], (name, bytes) => {
      if (files.length > mostFiles || bytes.length > left) return
      left -= bytes.length
      files.push({ part: part.id || '1', name: name || part.mediaType, bytes })
    })
  }
  return files
}
