import type { Alert, WazuhGeneration } from '../domain/alert.ts'
import type { Json } from '../lib/canonical-json.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { alertPatterns } from '../wazuh/generation.ts'
import type { Indexer } from '../wazuh/indexer.ts'

const limit = 200

/**
 * Puts the enrichment into the indexed documents of these alerts, under `tocsin`, so that it shows as columns beside
 * the original. Alerts of Wazuh 4 are found by id, manager and time, since Filebeat gives documents ids of its own; findings
 * of Wazuh 5 by the id of their document. Those that are not indexed yet are left out. Needs the right to write on these
 * indices. Returns how many were changed.
 */
export async function updateDocuments(
  indexer: Pick<Indexer, 'request'>,
  alerts: readonly Alert[],
  enrichment: { readonly [key: string]: Json },
  signal: AbortSignal,
): Promise<number> {
  const documents = [
    ...(await alertDocuments(indexer, ofGeneration(alerts, 4), signal)),
    ...(await findingDocuments(indexer, ofGeneration(alerts, 5), signal)),
  ]
  for (const { _index, _id } of documents) {
    const path = `/${encodeURIComponent(_index)}/_update/${encodeURIComponent(_id)}?retry_on_conflict=3`
    await indexer.request('POST', path, { doc: { tocsin: enrichment } }, signal)
  }
  return documents.length
}

const ofGeneration = (alerts: readonly Alert[], generation: WazuhGeneration) =>
  alerts.filter(alert => alert.generation === generation)

async function alertDocuments(
  indexer: Pick<Indexer, 'request'>,
  alerts: readonly Alert[],
  signal: AbortSignal,
): Promise<DocumentPlace[]> {
  const times = alerts.map(alert => alert.timestampMs)
  if (times.length === 0) return []
  return search(indexer, 4, signal, [
    { range: { timestamp: { gte: Math.min(...times), lte: Math.max(...times), format: 'epoch_millis' } } },
    { terms: { id: alerts.map(alert => String(alert.document.id ?? alert.id)) } },
    { terms: { 'manager.name': [...new Set(alerts.map(alert => alert.manager))] } },
  ])
}

/** Findings lie in data streams: the update goes to the index behind the stream that the search names. */
async function findingDocuments(
  indexer: Pick<Indexer, 'request'>,
  findings: readonly Alert[],
  signal: AbortSignal,
): Promise<DocumentPlace[]> {
  if (findings.length === 0) return []
  return search(indexer, 5, signal, [{ ids: { values: findings.map(finding => finding.id) } }])
}

async function search(
  indexer: Pick<Indexer, 'request'>,
  generation: WazuhGeneration,
  signal: AbortSignal,
  filter: readonly Json[],
): Promise<DocumentPlace[]> {
  const body = { size: limit, _source: false, query: { bool: { filter } } }
  return documentsIn(await indexer.request('POST', `/${alertPatterns[generation]}/_search`, body, signal))
}

interface DocumentPlace {
  readonly _index: string
  readonly _id: string
}

function documentsIn(reply: unknown): DocumentPlace[] {
  const hits = readPointer(reply, '/hits/hits')
  return Array.isArray(hits) ? hits : [] // The shape of OpenSearch's own answer.
}
