import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson, type Json } from '../lib/canonical-json.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { type LedgerEntry, ledgerKinds } from './entry.ts'

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
  const parsed = entrySchema.safeParse(jsonOrNothing(line))
  if (!parsed.success) return { kind: 'unreadable' }
  const entry = parsed.data
  // The quick way, for lines as we write them: these very bytes are what was hashed.
  if (hashOfRest(line, entry.hash) === entry.hash) return { kind: 'entry', entry, intact: true }
  const canonical = canonicalOf(entry)
  if (canonical === undefined) return { kind: 'entry', entry, intact: false }
  if (memberCount(line) !== memberCount(canonical)) return { kind: 'unreadable' }
  return { kind: 'entry', entry, intact: hashOfRest(canonical, entry.hash) === entry.hash }
}

/** What has no canonical form was never written by us. */
function canonicalOf(entry: LedgerEntry): string | undefined {
  try {
    return canonicalJson(entry)
  } catch {
    return undefined
  }
}

/**
 * The hash of an entry from its canonical text, without writing it a second time: `hash` is cut out. Its last
 * occurrence is the entry's own member, since only `kind`, `prev`, `seq`, `subject` and `tenant` come after it. Empty
 * where there is none.
 */
function hashOfRest(canonical: string, hash: string): string {
  const member = `"hash":"${hash}",`
  const at = canonical.lastIndexOf(member)
  if (at < 0) return ''
  return createHash('sha256')
    .update(canonical.slice(0, at))
    .update(canonical.slice(at + member.length))
    .digest('hex')
}

/** How many `:` stand outside strings, which is how many members there are. */
function memberCount(json: string): number {
  let count = 0
  for (const part of json.match(/"(?:[^"\\]|\\.)*"|:/g) ?? []) if (part === ':') count++
  return count
}
