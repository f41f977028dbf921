import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { useLiveEvents } from '../api/live-events.ts'
import { readAgain } from '../api/read-again.ts'
import type { FilterValues } from './queue-filter.ts'
import { type QueueData, queueKey, readQueuePage, withRows } from './use-queue.ts'

const renewEveryMs = 1000
const pagesPerRenewal = 3

/**
 * Keeps the queue live without moving it under the analyst's hand: rows that changed are renewed where they stand, and
 * cases that are new, left the filter or have another place now are counted until `show` is called. While `calm` (at the top, pointer away)
 * they are shown at once. However many events come, at most three pages a second are read again.
 */
export function useLiveQueue(values: FilterValues, calm: boolean): { waiting: number; show: () => void } {
  const client = useQueryClient()
  const dirty = useRef(new Set<string>())
  const moved = useRef(new Set<string>())
  const [waiting, setWaiting] = useState(0)
  const key = queueKey(values)
  const identity = JSON.stringify(key)
  const show = () => {
    setWaiting(0)
    moved.current.clear()
    // Only the first page is read again: the rows below it follow as they are scrolled to.
    client.setQueryData<QueueData>(
      key,
      data => data && { pages: data.pages.slice(0, 1), pageParams: data.pageParams.slice(0, 1) },
    )
    void readAgain(client, { queryKey: key })
  }

  useLiveEvents(event => dirty.current.add(event.caseId))
  const latest = useRef({ values, calm, key, show })
  latest.current = { values, calm, key, show }

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter starts anew; `latest` is a ref
  useEffect(() => {
    const stop = new AbortController()
    setWaiting(0)
    dirty.current.clear()
    moved.current.clear()
    const renew = async (ids: ReadonlySet<string>, data: QueueData) => {
      const { values, calm, key, show } = latest.current
      const loaded = new Map(data.pages.flatMap(page => page.cases.map(row => [row.id, row] as const)))
      const indexes = data.pages
        .map((page, index) => (index === 0 || page.cases.some(row => ids.has(row.id)) ? index : -1))
        .filter(index => index >= 0)
        .slice(0, pagesPerRenewal)
      const fresh = await Promise.all(
        indexes.map(index => readQueuePage(values, data.pageParams[index], stop.signal)),
      )
      const rows = new Map(fresh.flatMap(page => page.cases.map(row => [row.id, row] as const)))
      client.setQueryData<QueueData>(key, current => current && withRows(current, rows))
      const arrived = [...rows.keys()].filter(id => !loaded.has(id)).length
      const left = indexes
        .flatMap(index => data.pages[index]?.cases ?? [])
        .filter(row => ids.has(row.id) && !rows.has(row.id)).length
      for (const row of rows.values()) {
        const before = loaded.get(row.id)
        if (before !== undefined && hasAnotherPlace(before, row, values.sort)) moved.current.add(row.id)
      }
      const changes = arrived + left + moved.current.size
      if (changes === 0) return
      if (calm) show()
      else setWaiting(changes)
    }
    let renewing = false // One after the other: an answer that comes late would put old rows over newer ones.
    const timer = setInterval(async () => {
      const ids = dirty.current
      const data = client.getQueryData<QueueData>(latest.current.key)
      if (renewing || ids.size === 0 || data === undefined) return
      renewing = true
      dirty.current = new Set()
      try {
        await renew(ids, data)
      } catch {
        if (!stop.signal.aborted) for (const id of ids) dirty.current.add(id) // Read in the next second.
      } finally {
        renewing = false
      }
    }, renewEveryMs)
    return () => {
      clearInterval(timer)
      stop.abort()
      // What waited to be shown, or to be read, is not in the rows that are kept.
      void client.invalidateQueries({ queryKey: key, refetchType: 'none' })
    }
  }, [client, identity])

  return { waiting, show }
}

/** Whether a case belongs elsewhere in a queue by severity. Newer activity alone moves no row under anybody's hand. */
function hasAnotherPlace(before: CaseSummary, now: CaseSummary, sort: string | undefined): boolean {
  const bySeverity = sort === undefined || sort === 'priority' || sort === 'severity'
  return (
    bySeverity &&
    (before.severity !== now.severity || (sort !== 'severity' && before.standing !== now.standing))
  )
}
