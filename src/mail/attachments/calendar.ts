import { trimEndOf } from '../../lib/trim-end.ts'
import { brandOfDomain } from '../sender/brands.ts'
import { registrable } from '../sender/domains.ts'
import type { FileExamination } from './file-examination.ts'

const readBytes = 512 * 1024
const mostLinks = 50

/**
 * Where an invitation leads (RFC 5545). Calendars take invitations in without being asked and show their text and links under a
 * reminder of their own, so that a mail that nobody opened still reaches its reader. Meeting services are no news.
 */
export function examineCalendar(bytes: Buffer, shown: string, examination: FileExamination): void {
  const text = bytes
    .subarray(0, readBytes)
    .toString('utf8')
    .replace(/\r?\n[ \t]/g, '')
  if (!/^BEGIN:VCALENDAR/im.test(text)) return
  const values = [
    ...text.matchAll(/^(?:DESCRIPTION|LOCATION|URL|ATTACH|X-ALT-DESC|COMMENT|SUMMARY)\b[^:\r\n]*:(.*)$/gim),
  ]
  const found = new Set<string>()
  for (const [, value = ''] of values) {
    const plain = value.replace(/\\n/gi, ' ').replace(/\\([,;\\])/g, '$1')
    for (const [target] of plain.matchAll(/\bhttps?:\/\/[^\s"'<>\\]{4,2000}/gi)) {
      if (found.size < mostLinks) found.add(trimEndOf(target, '.,;)]'))
    }
  }
  for (const target of found) examination.links.push({ kind: 'attachment', target })
  const foreign = [...found].find(target => !brandOfDomain(registrable(URL.parse(target)?.hostname ?? '')))
  if (foreign) examination.note('calendar-link', `the invitation ${shown} leads to ${foreign}`)
}
