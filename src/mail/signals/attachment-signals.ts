import type { Problem } from '../../lib/problem.ts'
import { examineAttachment } from '../attachments/examine-attachment.ts'
import { bodyRange } from '../mime/source-range.ts'
import type { Mail } from '../read-mail.ts'
import type { Finding } from './finding.ts'

/** What the attached files are and what opening them would do. */
export function attachmentSignals(
  mail: Mail,
  problems: Problem[],
): { findings: Finding[]; links: string[]; hashes: string[] } {
  const best = new Map<Finding['id'], Finding>()
  const links: string[] = []
  const hashes: string[] = []
  for (const part of mail.attachments) {
    const examined = examineAttachment(part, problems)
    for (const { id, text, strength } of examined.notes) {
      if ((best.get(id)?.strength ?? 0) < strength)
        best.set(id, { id, strength, text, where: () => bodyRange(part) })
    }
    links.push(...examined.links)
    hashes.push(examined.sha256)
  }
  return { findings: [...best.values()], links, hashes }
}
