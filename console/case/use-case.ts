import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { readCase } from '../api/cases.ts'
import { useRenewal } from '../api/use-renewal.ts'
import type { QueueData } from '../queue/use-queue.ts'

/** One case, renewed when the server says that it changed. */
export function useCase(id: string) {
  useRenewal(['case', id], event => event.caseId === id)
  return useQuery({ queryKey: ['case', id], queryFn: ({ signal }) => readCase(id, signal) })
}

/** The cases before and after this one in the queue that was last looked at. */
export function useNeighbours(id: string): {
  previous: CaseSummary | undefined
  next: CaseSummary | undefined
} {
  const client = useQueryClient()
  const [latest] = client
    .getQueryCache()
    .findAll({ queryKey: ['cases'] })
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .map(query => {
      const data = query.state.data as QueueData | undefined // Everything under `cases` is a queue.
      return data?.pages.flatMap(page => page.cases) ?? []
    })
    .filter(cases => cases.some(each => each.id === id))
  const at = latest?.findIndex(each => each.id === id) ?? -1
  return at < 0
    ? { previous: undefined, next: undefined }
    : { previous: latest?.[at - 1], next: latest?.[at + 1] }
}
