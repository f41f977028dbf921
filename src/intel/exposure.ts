import { z } from 'zod'
import type { ExposureRow } from '../store/intel-reports.ts'

/** A vulnerability of ours that a report names, on one host. */
export interface Exposure {
  readonly cve: string
  readonly host: string
  readonly packageName: string | null
  readonly packageVersion: string | null
  readonly severity: string | null
  readonly status: string | null
  readonly caseId: string
  readonly alertMs: number
}

const text = z.string().max(300).nullish().catch(null)

/** What Wazuh's vulnerability detection writes into an alert; any other alert that names the CVE has none of it. */
const alert = z.looseObject({
  data: z.looseObject({
    vulnerability: z.looseObject({
      severity: text,
      status: text,
      package: z.looseObject({ name: text, version: text }).optional().catch(undefined),
    }),
  }),
})

/** The newest word on each vulnerability, host and package; rows come newest first. */
export function exposuresOf(rows: readonly ExposureRow[]): Exposure[] {
  const newest = new Map<string, Exposure>()
  for (const { cve, agentName, caseId, alertMs, raw } of rows) {
    const found = vulnerabilityIn(raw)
    const packageName = found?.package?.name ?? null
    const key = JSON.stringify([cve, agentName, packageName])
    if (newest.has(key)) continue
    newest.set(key, {
      cve,
      host: agentName,
      packageName,
      packageVersion: found?.package?.version ?? null,
      severity: found?.severity ?? null,
      status: found?.status ?? null,
      caseId,
      alertMs,
    })
  }
  return [...newest.values()]
}

function vulnerabilityIn(raw: string) {
  try {
    const document: unknown = JSON.parse(raw)
    // An indexer hit holds the alert as its `_source`.
    const source: unknown =
      typeof document === 'object' && document !== null && '_source' in document ? document._source : document
    return alert.safeParse(source).data?.data.vulnerability
  } catch {
    return undefined // Stored as it came: an alert that was repaired may not parse.
  }
}

/** Whether Wazuh says that it is gone. */
export function isSolved({ status }: Exposure): boolean {
  return status !== null && /^(?:solved|fixed|resolved)$/i.test(status)
}
