import { readTextPart } from '../content/mail-text.ts'
import { headerOf, parseMessage, walkParts } from '../mime/part-tree.ts'

const mostRecipients = 500

/**
 * Whom a journaled message was delivered to, as the journal report around it says (Exchange's envelope journaling): one line for
 * each recipient, `To:`, `Cc:`, `Bcc:` or `Recipient:`, with the group that was expanded behind a comma. `undefined` for a message
 * that is no journal report. Only what comes to the journal address is read so: elsewhere anyone could claim anything.
 */
export function journalRecipients(bytes: Buffer): string[] | undefined {
  const root = parseMessage(bytes, [])
  if (headerOf(root, 'x-ms-journal-report') === undefined) return undefined
  const envelope = [...walkParts(root)].find(part => part.mediaType === 'text/plain')
  if (envelope === undefined) return []
  const lines = readTextPart(envelope).visible.slice(0, 200_000).split(/\r?\n/)
  const found = lines.flatMap(line => {
    const match = /^\s*(?:To|Cc|Bcc|Recipient)\s*:\s*<?([^\s<>,;]+@[^\s<>,;]+?)>?\s*(?:[,;]|$)/i.exec(line)
    return match?.[1] === undefined ? [] : [match[1].toLowerCase()]
  })
  return [...new Set(found)].slice(0, mostRecipients)
}
