import {
  type InfiniteData,
  keepPreviousData,
  type QueryKey,
  useInfiniteQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useMemo } from 'react'
import type { CasePage, CaseSummary } from '../../src/http/contract-queue.ts'
import { listCases } from '../api/cases.ts'
import { type FilterValues, filterOnly, listQueryOf } from './queue-filter.ts'

export type QueueData = InfiniteData<CasePage, string | undefined>

const pageSize = 100

/** The cache key of a filtered queue. All queues start with `cases`. */
export function queueKey(values: FilterValues) {
  return ['cases', filterOnly(values)] as const
}

/** One page as the server has it now. `since:` counts from the moment of asking. */
export function readQueuePage(
  values: FilterValues,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<CasePage> {
  return listCases(
    { ...listQueryOf(values, Date.now()), limit: pageSize, ...(cursor === undefined ? {} : { cursor }) },
    signal,
  )
}

/** The filtered queue, page after page as it is scrolled. */
export function useQueue(values: FilterValues) {
  const query = useInfiniteQuery<CasePage, Error, QueueData, QueryKey, string | undefined>({
    queryKey: queueKey(values),
    queryFn: ({ pageParam, signal }) => readQueuePage(values, pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: page => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const cases = useMemo(() => uniqueCases(query.data), [query.data])
  return { query, cases, first: query.data?.pages[0] }
}

/** Changes rows wherever they are loaded, in every filtered queue. */
export function usePatchQueues(): (changed: readonly CaseSummary[]) => void {
  const client = useQueryClient()
  return changed => {
    const byId = new Map(changed.map(each => [each.id, each]))
    client.setQueriesData<QueueData>({ queryKey: ['cases'] }, data => data && withRows(data, byId))
  }
}

/** The same pages with newer rows in their places. */
export function withRows(data: QueueData, byId: ReadonlyMap<string, CaseSummary>): QueueData {
  return {
    ...data,
    pages: data.pages.map(page =>
      page.cases.some(row => byId.has(row.id))
        ? { ...page, cases: page.cases.map(row => byId.get(row.id) ?? row) }
        : page,
    ),
  }
}

/** A case that moved between two pages while they were read must not be there twice. */
function uniqueCases(data: QueueData | undefined): CaseSummary[] {
  const seen = new Map<string, CaseSummary>()
  for (const page of data?.pages ?? [])
    for (const row of page.cases) if (!seen.has(row.id)) seen.set(row.id, row)
  return [...seen.values()]
}
