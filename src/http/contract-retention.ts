import { z } from 'zod'
import { entityTypes } from '../domain/alert.ts'
import { retentionSchema } from '../governance/retention.ts'
import { agingRecords } from '../store/old-records.ts'
import { done, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const kept = z.enum(['legal-hold', 'action-in-motion'])
const caseParams = z.object({ caseId: z.string().min(1).max(200) })
const reason = z.string().trim().min(3).max(500)

/** How long each kind of record is kept, what is due, and what is held back. */
const retentionView = z.object({
  /** Days; null: for ever. The ledger is always kept whole. */
  days: retentionSchema,
  changed: z.object({ by: person.nullable(), atMs: z.number() }).nullable(),
  due: z.record(z.enum(agingRecords), z.number().int()),
  holds: z.array(
    z.object({
      caseId: z.string(),
      title: z.string().nullable(),
      reason: z.string(),
      by: person.nullable(),
      atMs: z.number(),
    }),
  ),
})
export type RetentionView = z.infer<typeof retentionView>

const subject = z.object({ type: z.enum(entityTypes), value: z.string().trim().min(1).max(1000) })

const erasurePreview = z.object({
  cases: z.array(z.object({ id: z.string(), title: z.string(), status: z.string(), kept: kept.nullable() })),
  mails: z.number().int(),
  chats: z.number().int(),
})
export type ErasurePreview = z.infer<typeof erasurePreview>

export const erased = z.object({
  cases: z.number().int(),
  mails: z.number().int(),
  chats: z.number().int(),
  rows: z.record(z.string(), z.number().int()),
  kept: z.array(z.object({ id: z.string(), why: kept })),
})
export type Erased = z.infer<typeof erased>

const admin = { kind: 'role', role: 'admin' } as const
const approver = { kind: 'role', role: 'approver' } as const

export const retentionEndpoints = {
  readRetention: endpoint({
    method: 'GET',
    path: '/api/retention',
    summary: 'How long each kind of record is kept, how much is due for deletion, and the legal holds.',
    access: approver,
    reply: retentionView,
  }),
  changeRetention: endpoint({
    method: 'PUT',
    path: '/api/retention',
    summary: 'Sets how many days each kind of record is kept. Written to the ledger.',
    access: admin,
    body: retentionSchema,
    reply: done,
  }),
  holdCase: endpoint({
    method: 'PUT',
    path: '/api/holds/:caseId',
    summary: 'Puts a case under legal hold: neither age nor an erasure deletes it.',
    access: approver,
    params: caseParams,
    body: z.object({ reason }),
    reply: done,
  }),
  liftHold: endpoint({
    method: 'DELETE',
    path: '/api/holds/:caseId',
    summary: 'Lifts a legal hold.',
    access: admin,
    params: caseParams,
    reply: done,
  }),
  previewErasure: endpoint({
    method: 'POST',
    path: '/api/erasure/preview',
    summary: 'What an erasure of a person, host or address would delete. Deletes nothing.',
    access: admin,
    body: subject,
    reply: erasurePreview,
  }),
  erase: endpoint({
    method: 'POST',
    path: '/api/erasure',
    summary:
      'Deletes every case and mail that names the subject, destroys their keys, and records that in the ledger. For good.',
    access: admin,
    body: z.object({ subject, reason, agreedCases: z.number().int().min(0) }),
    reply: erased,
  }),
}
