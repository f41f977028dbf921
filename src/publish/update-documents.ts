import type { Alert } from '../domain/alert.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { Indexer } from '../wazuh/indexer.ts'

const pattern = 'wazuh-alerts-4.x-*'
const limit = 200

/**
 * Puts the enrichment into the indexed documents of these alerts, under `tocsin`, so that it shows as columns beside
 * the original. Found by id, manager and time, since Filebeat gives documents ids of its own; those that are not
 * indexed yet are left out. Needs the right to write on `wazuh-alerts-4.x-*`. Returns how many were changed.
 */
export async function updateDocuments(
  indexer: Indexer,
  alerts: readonly Alert[],
  enrichment: { readonly [key: string]: Json },
  signal: AbortSignal,
): Promise<number> {
  const [first, last] = [alerts[0], alerts.at(-1)]
  if (first === undefined || last === undefined) return 0
  const filter = [
    { range: { timestamp: { gte: first.timestampMs, lte: last.timestampMs, format: 'epoch_millis' } } },
    { terms: { id: alerts.map(alert => String(alert.document.id ?? alert.id)) } },
    { terms: { 'manager.name': [...new Set(alerts.map(alert => alert.manager))] } },
  ]
  const search = { size: limit, _source: false, query: { bool: { filter } } }
  const reply = await indexer.request('POST', `/${pattern}/_search`, search, signal)
  const documents = documentsIn(reply)
  for (const { _index, _id } of documents) {
    const path = `/${encodeURIComponent(_index)}/_update/${encodeURIComponent(_id)}?retry_on_conflict=3`
    await indexer.request('POST', path, { doc: { tocsin: enrichment } }, signal)
  }
  return documents.length
}

function documentsIn(reply: unknown): { _index: string; _id: string }[] {
  const outer = typeof reply === 'object' && reply !== null && 'hits' in reply ? reply.hits : undefined
  const hits = typeof outer === 'object' && outer !== null && 'hits' in outer ? outer.hits : undefined
  return Array.isArray(hits) ? hits : [] // The shape of OpenSearch's own answer.
}
