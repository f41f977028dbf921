import type { Problem } from '../../lib/problem.ts'
import { examineAttachment } from '../attachments/examine-attachment.ts'
import { type MailLink, makeLink } from '../content/links.ts'
import { bodyRange } from '../mime/source-range.ts'
import type { Mail } from '../read-mail.ts'
import type { Finding } from './finding.ts'

/** What the attached files are, what opening them would do, and where they lead. */
export function attachmentSignals(
  mail: Mail,
  problems: Problem[],
): { findings: Finding[]; links: MailLink[]; hashes: string[] } {
  const best = new Map<Finding['id'], Finding>()
  const links: MailLink[] = []
  const hashes: string[] = []
  for (const part of mail.attachments) {
    const where = () => bodyRange(part)
    const examined = examineAttachment(part, problems)
    for (const { id, text, strength } of examined.notes) {
      if ((best.get(id)?.strength ?? 0) < strength) best.set(id, { id, strength, text, where })
    }
    for (const { kind, target } of examined.links) {
      const link = makeLink(kind, target, '', false, where)
      if (link) links.push(link)
    }
    hashes.push(examined.sha256)
  }
  return { findings: [...best.values()], links, hashes }
}
