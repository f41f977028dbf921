import { decodeWords } from './encoded-words.ts'

/** One mailbox of From, Reply-To and the like. `address` is lower case and may be empty where there is none. */
export interface Mailbox {
  readonly name: string
  readonly address: string
  /** The part after the last `@`, without a trailing dot. */
  readonly domain: string
}

/**
 * Reads an address list (RFC 5322, section 3.4), tolerant of what phishing sends: unquoted commas and at signs in names,
 * missing brackets, several brackets. Groups are flattened. At most 200 mailboxes.
 */
export function parseMailboxes(value: string): Mailbox[] {
  const result: Mailbox[] = []
  for (const piece of splitList(value)) {
    if (result.length >= 200) break
    const mailbox = parseMailbox(piece)
    if (mailbox) result.push(mailbox)
  }
  return joinLooseNames(result)
}

function splitList(value: string): string[] {
  const pieces: string[] = []
  let current = ''
  let quoted = false
  let angle = false
  let comment = 0
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at)
    if (character === '\\' && (quoted || comment > 0)) {
      current += character + value.charAt(++at)
      continue
    }
    if (character === '"' && comment === 0) quoted = !quoted
    else if (!quoted && character === '(') comment++
    else if (!quoted && character === ')' && comment > 0) comment--
    else if (!quoted && comment === 0 && character === '<') angle = true
    else if (!quoted && character === '>') angle = false
    if (!quoted && !angle && comment === 0 && (character === ',' || character === ';')) {
      pieces.push(current)
      current = ''
    } else current += character
  }
  return [...pieces, current].filter(piece => piece.trim() !== '')
}

function parseMailbox(piece: string): Mailbox | undefined {
  const text = piece.replace(/^[^"<@:]*:(?=\s*\S)/, '').trim()
  const angle = /<([^<>]*)>?\s*$/.exec(text) ?? /<([^<>]*)>/.exec(text)
  const comment = /\(([^()]*)\)\s*$/.exec(text)
  const bare = angle ? (angle[1] ?? '') : text.replace(/\([^()]*\)/g, '')
  const address = bare
    .replaceAll(/["\s]/g, '')
    .replace(/^mailto:/i, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const rawName = angle ? text.slice(0, angle.index) : (comment?.[1] ?? '')
  const name = decodeWords(unquote(rawName)).replace(/\s+/g, ' ').trim()
  if (!address.includes('@')) {
    const loose = decodeWords(unquote(text.replace(/<[^>]*>/g, ' '))).trim()
    return loose === '' ? undefined : { name: loose, address: '', domain: '' }
  }
  return {
    name,
    address,
    domain: address.slice(address.lastIndexOf('@') + 1).replace(/[^\p{L}\p{N}.-]/gu, ''),
  }
}

function unquote(text: string): string {
  return text.trim().replace(/^"|"$/g, '').replace(/\\(.)/g, '$1')
}

/** `GLS Service, <a@b>` is one mailbox with an unquoted comma, not two. */
function joinLooseNames(list: readonly Mailbox[]): Mailbox[] {
  const result: Mailbox[] = []
  let loose = ''
  for (const mailbox of list) {
    if (mailbox.address === '') loose = `${loose} ${mailbox.name}`.trim()
    else {
      result.push({ ...mailbox, name: `${loose} ${mailbox.name}`.trim() })
      loose = ''
    }
  }
  return loose === '' ? result : [...result, { name: loose, address: '', domain: '' }]
}
