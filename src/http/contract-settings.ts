import { z } from 'zod'
import { pageQuery } from './contract.ts'
import { endpoint } from './endpoint.ts'

/** One thing that Tocsin is connected to, or could be. `hint` says in one line how to connect it. */
export const connection = z.object({
  name: z.string(),
  kind: z.enum(['alerts-file', 'indexer', 'webhook', 'wazuh-api', 'wazuh-queue', 'sample', 'model']),
  state: z.enum(['connected', 'waiting', 'failing', 'not-configured']),
  detail: z.string(),
  hint: z.string().nullable(),
  /** Alerts taken in through it since this process started. */
  received: z.number().nullable(),
  lastReceivedMs: z.number().nullable(),
})
export type Connection = z.infer<typeof connection>

export const settings = z.object({
  version: z.string(),
  database: z.object({ kind: z.enum(['embedded', 'server']), version: z.string() }),
  sources: z.array(connection),
  /** Empty is a first-class state: Tocsin works without a model. */
  models: z.array(connection),
  publish: z.array(connection),
  /** Whether Wazuh is 4 or 5, and what it said of itself; null while nobody said. */
  wazuh: z.object({ generation: z.union([z.literal(4), z.literal(5)]).nullable(), detail: z.string() }),
  counts: z.object({ alerts: z.number(), cases: z.number(), openCases: z.number(), quarantined: z.number() }),
  /** Why records of the last 24 hours could not be read as alerts, the most first. */
  unread: z.array(z.object({ source: z.string(), code: z.string(), count: z.number() })),
  /** Minutes until a case of each severity is due. */
  slaMinutes: z.record(z.string(), z.number()),
  /** Whether the shipped sample can be replayed (no real source is connected), and whether it was. */
  sample: z.object({ offered: z.boolean(), loaded: z.boolean() }),
})
export type Settings = z.infer<typeof settings>

/** A record that could not be taken in, kept with its reason. */
export const quarantined = z.object({
  id: z.string(),
  atMs: z.number(),
  source: z.string(),
  code: z.string(),
  message: z.string(),
  where: z.string(),
  /** The beginning of the record, escaped for display. */
  excerpt: z.string(),
  sizeBytes: z.number(),
})
export type Quarantined = z.infer<typeof quarantined>

export const settingsEndpoints = {
  readSettings: endpoint({
    method: 'GET',
    path: '/api/settings',
    summary: 'What is connected, and how to connect what is not. No secrets.',
    access: { kind: 'role', role: 'viewer' },
    reply: settings,
  }),
  replaySample: endpoint({
    method: 'POST',
    path: '/api/sample',
    summary: 'Take in the sample alerts that Tocsin ships; they are labelled as a sample everywhere.',
    access: { kind: 'role', role: 'admin' },
    reply: z.object({ alerts: z.number() }),
  }),
  listQuarantine: endpoint({
    method: 'GET',
    path: '/api/quarantine',
    summary: 'Records that could not be taken in, newest first.',
    access: { kind: 'role', role: 'analyst' },
    query: pageQuery,
    reply: z.object({ records: z.array(quarantined), nextCursor: z.string().nullable(), total: z.number() }),
  }),
  ingest: endpoint({
    method: 'POST',
    path: '/api/webhook',
    summary:
      'Alerts from the Wazuh integrator: one JSON object, or one per line. 2xx only once they are stored. The key is an API token with the scope `ingest`.',
    access: { kind: 'token', scope: 'ingest' },
    // Kept as bytes: what cannot be parsed goes to quarantine as it came.
    body: z.object({ raw: z.instanceof(Buffer) }),
    takes: ['application/x-ndjson'],
    reply: z.object({
      stored: z.number(),
      duplicates: z.number(),
      quarantined: z.number(),
      ignored: z.number(),
    }),
  }),
}
