import { type IndexerPollerOptions, indexerPoller } from '../../src/sources/indexer-poller.ts'
import { openIndexer } from '../../src/wazuh/indexer.ts'

/** A poller of `wazuh-alerts-4.x-*` on an indexer of this machine. */
export function localPoller(
  port: number,
  {
    timeoutMs,
    ...options
  }: Pick<IndexerPollerOptions, 'clock' | 'intervalMs' | 'overlapMs' | 'lateMs' | 'firstLookBackMs'> & {
    readonly timeoutMs: number
  },
) {
  const baseUrl = `http://127.0.0.1:${port}`
  return indexerPoller({
    name: 'indexer',
    pattern: 'wazuh-alerts-4.x-*',
    timeField: 'timestamp',
    indexer: openIndexer({ baseUrl, credentials: undefined, fetch, timeoutMs }),
    ...options,
  })
}
