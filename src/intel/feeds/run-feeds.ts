import { sleep } from '../../lib/abort.ts'
import { messageOf } from '../../lib/app-error.ts'
import { readFeedState, writeFeedState } from '../../store/intel-feeds.ts'
import { takeLease } from '../../store/leases.ts'
import { addReport, type IntelParts } from '../add-report.ts'
import type { Feed } from './feed-settings.ts'
import { fetchFeed } from './fetch-feed.ts'

export interface FeedParts extends IntelParts {
  /** Names this process: one of several reads the feeds at a time. */
  readonly owner: string
  readonly onFailure: (feed: string, error: unknown) => void
}

const lookEveryMs = 15_000
const leaseMs = 5 * 60_000
const longestBackOffMs = 24 * 3_600_000

/** Reads every feed when it is due, until the signal fires. */
export async function runFeeds(parts: FeedParts, feeds: readonly Feed[], signal: AbortSignal): Promise<void> {
  while (!signal.aborted && feeds.length > 0) {
    try {
      if (await takeLease(parts.database, 'intel-feeds', parts.owner, leaseMs))
        for (const feed of feeds) if (!signal.aborted) await readFeedWhenDue(parts, feed, signal)
    } catch (error) {
      // The database may be away; where a feed stands is kept there.
      parts.onFailure('all feeds', error)
    }
    await sleep(lookEveryMs, signal).catch(() => {})
  }
}

/** Reads one feed if it is due. A failure puts it off, longer each time, and is kept to be shown; it stops no other feed. */
export async function readFeedWhenDue(parts: FeedParts, feed: Feed, signal: AbortSignal): Promise<number> {
  const { database, tenant, clock } = parts
  const state = await readFeedState(database, tenant, feed.id)
  const nowMs = clock.now()
  if (state.nextMs > nowMs) return 0
  const everyMs = feed.everyMinutes * 60_000
  try {
    const reading = await fetchFeed(feed, state, nowMs, signal)
    let added = 0
    for (const item of reading.items) {
      const fetchedFrom = feed.kind === 'folder' ? undefined : feed.url
      const incoming = { ...item, source: feed.id, trust: feed.trust, by: null, fetchedFrom }
      const { known } = await addReport(parts, incoming, signal)
      if (!known) added++
    }
    const good = {
      id: feed.id,
      ...reading.state,
      nextMs: nowMs + everyMs,
      failures: 0,
      lastError: null,
      lastOkMs: nowMs,
    }
    await writeFeedState(database, tenant, good)
    return added
  } catch (error) {
    if (signal.aborted) return 0
    parts.onFailure(feed.id, error)
    const failures = state.failures + 1
    const backOffMs = Math.min(longestBackOffMs, everyMs * 2 ** Math.min(failures - 1, 10))
    await writeFeedState(database, tenant, {
      ...state,
      failures,
      lastError: messageOf(error),
      nextMs: nowMs + backOffMs,
    })
    return 0
  }
}
