import { z } from 'zod'
import type { Json } from '../lib/canonical-json.ts'
import { entryHash, type LedgerEntry, ledgerKinds } from './entry.ts'

/** One line of an export. `intact`: the entry carries the hash of its own content. */
export type ExportLine =
  | { readonly kind: 'entry'; readonly entry: LedgerEntry; readonly intact: boolean }
  | { readonly kind: 'unreadable' }

const hash = z.string().regex(/^[0-9a-f]{64}$/)

// Loose: a member added by someone stays, so that the hash no longer fits.
const entrySchema = z.looseObject({
  seq: z.int().positive(),
  at: z.string(),
  kind: z.enum(ledgerKinds),
  tenant: z.string(),
  actor: z.string(),
  subject: z.string(),
  body: z.record(z.string(), z.custom<Json>()),
  prev: hash,
  hash,
})

/**
 * Reads one line of an export (one entry as JSON; its white space and member order do not matter). A member that
 * stands twice makes the line unreadable: readers differ in which of the two they believe.
 */
export function parseExportLine(line: string): ExportLine {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { kind: 'unreadable' }
  }
  const parsed = entrySchema.safeParse(value)
  if (!parsed.success || memberCount(line) !== memberCount(JSON.stringify(value)))
    return { kind: 'unreadable' }
  const entry = parsed.data
  return { kind: 'entry', entry, intact: hashFits(entry) }
}

function hashFits(entry: LedgerEntry): boolean {
  try {
    return entryHash(entry) === entry.hash
  } catch {
    return false // What has no canonical form was never written by us.
  }
}

/** How many `:` stand outside strings, which is how many members there are. */
function memberCount(json: string): number {
  let count = 0
  for (const part of json.match(/"(?:[^"\\]|\\.)*"|:/g) ?? []) if (part === ':') count++
  return count
}
