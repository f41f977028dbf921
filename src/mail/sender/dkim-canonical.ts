import type { HeaderField } from '../mime/header-fields.ts'
import type { MimePart } from '../mime/part-tree.ts'

/** How a signer ironed text out before it signed (RFC 6376, section 3.4). */
export type Canonicalization = 'simple' | 'relaxed'

/**
 * The body as a signer saw it: line ends as CRLF, trailing empty lines gone; `relaxed` also takes white space together. All as
 * Latin-1, one character a byte. An empty body is one CRLF in `simple` and nothing in `relaxed`.
 */
export function canonicalBody(root: MimePart, how: Canonicalization): Buffer {
  const text = withLineEnds(root.bytes.subarray(root.bodyStart, root.end).toString('latin1'))
  if (how === 'relaxed') {
    const body = withoutLastLines(text.replace(/[ \t]+/g, ' ').replaceAll(' \r\n', '\r\n'))
    return Buffer.from(body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`, 'latin1')
  }
  const body = withoutLastLines(text)
  return Buffer.from(body.endsWith('\r\n') ? body : `${body}\r\n`, 'latin1')
}

/** Mailboxes and old Macs keep other line ends than the wire has. */
function withLineEnds(text: string): string {
  return text.replace(/\r?\n|\r(?!\n)/g, '\r\n')
}

/** Empty lines at the end, without a pattern that backtracks over a body of nothing else. */
function withoutLastLines(text: string): string {
  let end = text.length
  while (end >= 2 && text.endsWith('\r\n', end) && (end === 2 || text.endsWith('\r\n', end - 2))) end -= 2
  return text.slice(0, end)
}

/**
 * Header fields as a signer saw them: for each name in `names`, from the bottom up, each field once; a name that is used up
 * signs that there is no further such field (RFC 6376, section 5.4.2). Then the signature's own field without its `b=`,
 * and without a line end.
 */
export function canonicalHeaders(
  root: MimePart,
  names: readonly string[],
  own: HeaderField,
  how: Canonicalization,
): Buffer {
  const left = new Map<string, HeaderField[]>()
  for (const field of root.fields) left.set(field.name, [...(left.get(field.name) ?? []), field])
  const lines = names.flatMap(name => {
    const field = left.get(name.trim().toLowerCase())?.pop()
    return field === undefined ? [] : [`${canonicalField(root, field, how)}\r\n`]
  })
  const signature = withoutSignature(canonicalField(root, own, how))
  return Buffer.from(`${lines.join('')}${signature}`, 'latin1')
}

/** One field with its name, without the line end. */
export function canonicalField(root: MimePart, field: HeaderField, how: Canonicalization): string {
  const text = withLineEnds(root.bytes.subarray(field.start, field.end).toString('latin1')).replace(
    /\r\n$/,
    '',
  )
  if (how === 'simple') return text
  const colon = text.indexOf(':')
  const value = text
    .slice(colon + 1)
    .replaceAll('\r\n', '')
    .replace(/[ \t]+/g, ' ')
    .trim()
  return `${text.slice(0, colon).trim().toLowerCase()}:${value}`
}

/** The field as it was signed: its `b=` tag is empty, everything else stays. */
export function withoutSignature(field: string): string {
  return field.replace(/((?:^|;|:)[ \t\r\n]*b[ \t\r\n]*=)[^;]*/, '$1')
}
