import { z } from 'zod'
import { person } from './contract.ts'
import { endpoint } from './endpoint.ts'

/** One entry of the ledger. What it keeps encrypted is not in `body`; `sealed` names those members. */
const ledgerEntryView = z.object({
  seq: z.number(),
  atMs: z.number(),
  kind: z.string(),
  actor: z.string(),
  /** Who that is, where it is a person with an account here. */
  by: person.nullable(),
  subject: z.string(),
  body: z.record(z.string(), z.json()),
  sealed: z.array(z.string()),
  hash: z.string(),
})
export type LedgerEntryView = z.infer<typeof ledgerEntryView>

/** What was encrypted in an entry: the prompt as sent, the answer as received, claims and their fate. */
export const ledgerContent = z.object({
  parts: z.array(z.object({ name: z.string(), text: z.string() })),
  /** Set where the case's key was erased: nobody can read it any more. */
  erased: z.boolean(),
})
export type LedgerContent = z.infer<typeof ledgerContent>

const entryParams = z.object({ seq: z.coerce.number().int().positive() })

export const ledgerEndpoints = {
  listEntries: endpoint({
    method: 'GET',
    path: '/api/ledger',
    summary: 'The ledger, newest first',
    access: { kind: 'role', role: 'analyst' },
    query: z.object({
      before: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      subject: z.string().max(200).optional(),
    }),
    reply: z.object({ entries: z.array(ledgerEntryView), next: z.number().nullable() }),
  }),
  readContent: endpoint({
    method: 'POST',
    path: '/api/ledger/:seq/content',
    summary: 'Opens what an entry keeps encrypted; that it was opened is itself recorded',
    access: { kind: 'role', role: 'approver' },
    params: entryParams,
    reply: ledgerContent,
  }),
}
