import { z } from 'zod'
import { done, person } from './contract.ts'
import { endpoint } from './endpoint.ts'

const packName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,59}$/, 'lower-case letters, digits, dots and dashes')
const packParams = z.object({ name: packName, version: z.coerce.number().int().min(1) })
const metaValue = z.union([z.string(), z.number(), z.boolean()])
const meta = z.record(z.string(), z.union([metaValue, z.array(metaValue)]))

/** What the compiler says, at its line (1-based). */
const diagnostic = z.object({
  code: z.string(),
  message: z.string(),
  line: z.number().nullable(),
  column: z.number().nullable(),
  severity: z.enum(['error', 'warning']),
})
export type YaraDiagnostic = z.infer<typeof diagnostic>

const packVersion = z.object({
  name: z.string(),
  version: z.number(),
  sha256: z.string(),
  /** `active`: what scans use; at most one of a name. */
  state: z.enum(['draft', 'active', 'retired']),
  ruleCount: z.number(),
  /** Files that were scanned with it. */
  scans: z.number(),
  uploadedBy: person,
  uploadedMs: z.number(),
  changedMs: z.number().nullable(),
})
export type PackVersion = z.infer<typeof packVersion>

const packDetail = z.object({
  pack: packVersion,
  source: z.string(),
  rules: z.array(
    z.object({
      name: z.string(),
      tags: z.array(z.string()),
      meta,
      line: z.number(),
      matches: z.number(),
      lastMatchMs: z.number().nullable(),
    }),
  ),
})
export type PackDetail = z.infer<typeof packDetail>

const packAdded = z.object({
  /** The new draft's number; null where it does not compile, and nothing was kept. */
  version: z.number().nullable(),
  findings: z.array(diagnostic),
})
export type PackAdded = z.infer<typeof packAdded>

const yaraScan = z.object({
  id: z.string(),
  fileName: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  /** `NAME VERSION` of what it was scanned with. */
  packs: z.array(z.string()),
  matches: z.array(
    z.object({
      rule: z.string(),
      source: z.string(),
      version: z.number(),
      tags: z.array(z.string()),
      meta,
      strings: z.array(z.object({ id: z.string(), offset: z.number(), length: z.number(), hex: z.string() })),
      stringCount: z.number(),
    }),
  ),
  problems: z.array(z.object({ code: z.string(), message: z.string() })),
  tookMs: z.number(),
  by: person,
  atMs: z.number(),
})
export type YaraScan = z.infer<typeof yaraScan>

/** YARA in the server: rule packs with versions, and scans of uploaded files in a process of its own. */
export const yaraEndpoints = {
  listPacks: endpoint({
    method: 'GET',
    path: '/api/yara/packs',
    summary: 'Rule packs with all their versions, newest first.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: z.object({
      packs: z.array(packVersion),
      limits: z.object({ timeoutMs: z.number(), memoryBytes: z.number(), fileBytes: z.number() }),
    }),
  }),
  addPack: endpoint({
    method: 'POST',
    path: '/api/yara/packs',
    summary:
      'Add the next version of a pack, as a draft. What does not compile is not kept; the errors come back with their lines.',
    access: { kind: 'role', role: 'analyst' },
    body: z.object({
      name: packName,
      source: z
        .string()
        .min(1)
        .max(8_000_000)
        .refine(text => text.isWellFormed() && !text.includes('\0'), 'must be text without NUL'),
    }),
    reply: packAdded,
  }),
  readPack: endpoint({
    method: 'GET',
    path: '/api/yara/packs/:name/:version',
    summary: 'One version: its source, its rules, and how often each has matched.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: packParams,
    reply: packDetail,
  }),
  switchPack: endpoint({
    method: 'POST',
    path: '/api/yara/packs/:name/:version/state',
    summary: 'Make a version the one that scans use, or retire it.',
    access: { kind: 'role', role: 'responder' },
    params: packParams,
    body: z.object({ state: z.enum(['active', 'retired']) }),
    reply: done,
  }),
  scanFile: endpoint({
    method: 'POST',
    path: '/api/yara/scans',
    summary:
      'Scan one file (the body, application/octet-stream) with the active packs. The file is not kept.',
    access: { kind: 'role', role: 'analyst' },
    query: z.object({
      name: z.string().min(1).max(1000),
      /** Names of packs, separated by commas; all active ones where absent. */
      packs: z.string().max(2000).optional(),
    }),
    body: z.object({ raw: z.instanceof(Buffer) }),
    takes: ['application/octet-stream'],
    reply: z.object({ scan: yaraScan }),
  }),
  listScans: endpoint({
    method: 'GET',
    path: '/api/yara/scans',
    summary: 'The latest scans of uploaded files, newest first.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: z.object({ scans: z.array(yaraScan) }),
  }),
}
