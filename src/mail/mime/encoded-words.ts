import { decodeText } from './charset.ts'
import { decodeQuotedPrintable } from './transfer-encoding.ts'

const word = /=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=/g

/**
 * Decodes RFC 2047 encoded words in a header value. Adjacent words of one charset and encoding are joined before they
 * are decoded, because senders split multi-byte characters between them.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return value
  let result = ''
  let last = 0
  let pending: { charset: string; bytes: Buffer[] } | undefined
  const flush = () => {
    if (pending) result += decodeText(Buffer.concat(pending.bytes), pending.charset).text
    pending = undefined
  }
  for (const match of value.matchAll(word)) {
    const [whole, label = '', encoding = '', text = ''] = match
    const charset = label.replace(/\*.*$/, '').toLowerCase()
    const between = value.slice(last, match.index)
    const bytes = /b/i.test(encoding)
      ? Buffer.from(text, 'base64')
      : decodeQuotedPrintable(Buffer.from(text.replaceAll('_', ' '), 'latin1'))
    if (pending === undefined || between.trim() !== '' || pending.charset !== charset) {
      flush()
      if (last === 0 || between.trim() !== '') result += between
      pending = { charset, bytes: [] }
    }
    pending.bytes.push(bytes)
    last = match.index + whole.length
  }
  flush()
  return result + value.slice(last)
}
