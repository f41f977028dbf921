import { z } from 'zod'
import { done } from './contract.ts'
import { endpoint } from './endpoint.ts'

const digestEntry = z.object({
  id: z.string(),
  title: z.string(),
  marks: z.string(),
  /** Why it concerns us; empty where nothing says that it does. */
  reasons: z.array(z.string()),
  techniqueIds: z.array(z.string()),
  createdMs: z.number(),
})
export type DigestEntry = z.infer<typeof digestEntry>

export const digest = z.object({
  title: z.string(),
  days: z.number(),
  concerning: z.array(digestEntry),
  others: z.array(digestEntry),
  gaps: z.array(z.object({ id: z.string(), name: z.string(), reports: z.number() })),
  withheld: z.number(),
})
export type Digest = z.infer<typeof digest>

const name = z.string().trim().min(2).max(80)
const names = z.array(name).max(100)

const profileBody = z.object({
  /** As reports write them: `energy`, `health care`; `FortiGate`, `Exchange`, `Confluence`. */
  sectors: names,
  technologies: names,
  cadence: z.enum(['off', 'daily', 'weekly']),
  hour: z.number().int().min(0).max(23),
  recipients: z.array(z.email().max(200)).max(50),
})
export type ProfileBody = z.infer<typeof profileBody>

export const profile = profileBody.extend({
  recipients: z.array(z.string()),
  sentMs: z.number().nullable(),
  lastError: z.string().nullable(),
  /** Whether a mail relay is set. */
  canSend: z.boolean(),
})
export type Profile = z.infer<typeof profile>

const digestQuery = z.object({ days: z.coerce.number().int().min(1).max(90).default(7) })

const read = { kind: 'role', role: 'viewer', scope: 'read' } as const

/** What came in of late and concerns us, and the profile of the organisation that says so. */
export const intelDigestEndpoints = {
  digest: endpoint({
    method: 'GET',
    path: '/api/intel/digest',
    summary:
      'The reports of the last days, those that concern us first: what was seen here, what we are exposed to, what names our technologies and sectors.',
    access: read,
    query: digestQuery,
    reply: digest,
  }),
  digestFile: endpoint({
    method: 'GET',
    path: '/api/intel/digest/file',
    summary: 'The same as Markdown or PDF.',
    access: read,
    query: digestQuery.extend({ format: z.enum(['markdown', 'pdf']).default('markdown') }),
    reply: z.unknown(),
    gives: ['text/markdown', 'application/pdf'],
  }),
  readProfile: endpoint({
    method: 'GET',
    path: '/api/intel/profile',
    summary: 'What the organisation is and uses, and who gets the digest by mail.',
    access: read,
    reply: z.object({ profile }),
  }),
  writeProfile: endpoint({
    method: 'PUT',
    path: '/api/intel/profile',
    summary: 'Change it. The first digest goes when it is due next.',
    access: { kind: 'role', role: 'admin' },
    body: profileBody,
    reply: done,
  }),
}
