import { AppError, messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import type { EventSink } from './event-sink.ts'
import type { Indexer } from './indexer.ts'

/** Ours alone: findings stay as Wazuh wrote them unless TOCSIN_PUBLISH_DOCUMENT says otherwise. */
export const briefsIndex = 'wazuh-tocsin-briefs'

/**
 * Enrichment for Wazuh 5, which has no analysis that takes events of others: a document of an index of our own beside the
 * findings, linked to them by `tocsin.alert_ids`. Its id is the event's own, so writing it again changes nothing. Needs the
 * rights to create and write that index.
 */
export function indexSink(indexer: Pick<Indexer, 'request'>, isoNow: () => string): EventSink {
  return async ({ text, agent }, signal) => {
    const event = JSON.parse(text) as { readonly tocsin: { readonly event_id: string } } // As `enrichmentEvent` writes it.
    const document: Json = {
      '@timestamp': isoNow(),
      ...(event as unknown as { readonly [key: string]: Json }), // It was JSON a line ago.
      ...(agent === undefined ? {} : { wazuh: { agent: { id: agent.id, name: agent.name } } }),
    }
    try {
      const path = `/${briefsIndex}/_doc/${encodeURIComponent(event.tocsin.event_id)}`
      await indexer.request('PUT', path, document, signal)
      return { kind: 'taken' }
    } catch (error) {
      if (signal.aborted) throw error
      const refused = error instanceof AppError && error.code === 'indexer-refused'
      return { kind: refused ? 'refused' : 'failed', reason: messageOf(error) }
    }
  }
}
