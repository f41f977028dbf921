import type { MimePart } from './mime/part-tree.ts'

/** One server that handed the mail on. Written by that server, or by whoever pretends to be one. */
export interface Hop {
  readonly from: string
  readonly by: string
  readonly protocol: string
  /** Milliseconds since the epoch; null where the date cannot be read. */
  readonly atMs: number | null
  /** Seconds since the hop before; null where either date is missing. Negative: a clock or a header lies. */
  readonly delaySeconds: number | null
}

/** Characters that are read of one field, and of the date at its end: no server writes more. */
const longestHop = 8_000
const longestDate = 200

/** The way of a mail by its Received fields (RFC 5321, section 4.4), from the sender to us. At most 50 hops. */
export function receivedPath(root: MimePart): Hop[] {
  const fields = root.fields.filter(field => field.name === 'received').slice(0, 50)
  const hops: Hop[] = []
  for (const field of fields.reverse()) {
    const semicolon = field.value.lastIndexOf(';')
    const text = (semicolon === -1 ? field.value : field.value.slice(0, semicolon))
      .slice(0, longestHop)
      .replace(/\s+/g, ' ')
    const date =
      semicolon === -1
        ? Number.NaN
        : Date.parse(
            field.value
              .slice(semicolon + 1, semicolon + 1 + longestDate)
              .replace(/\([^)]*\)/g, '')
              .trim(),
          )
    const atMs = Number.isNaN(date) ? null : date
    const before = hops.at(-1)?.atMs ?? null
    hops.push({
      from: clause(text, 'from'),
      by: clause(text, 'by'),
      protocol: clause(text, 'with'),
      atMs,
      delaySeconds: atMs === null || before === null ? null : Math.round((atMs - before) / 1000),
    })
  }
  return hops
}

/** The words after `name` up to the next clause. */
function clause(text: string, name: 'from' | 'by' | 'with'): string {
  const match = new RegExp(`(?:^|\\s)${name}\\s+(.+?)(?=\\s+(?:from|by|with|id|for|via)\\s|$)`, 'i').exec(
    text,
  )
  return (match?.[1] ?? '').slice(0, 300)
}
