import type { QueryClient, QueryFilters } from '@tanstack/react-query'

/**
 * Reads anew what is shown of these queries, and marks the rest as old. What is being read for the first time is read once
 * more after that: the server may have answered before the thing happened that this is called for. (`invalidateQueries`
 * alone breaks off a second reading, but lets a first one stand as if it were new.)
 */
export async function readAgain(client: QueryClient, filters: QueryFilters = {}): Promise<void> {
  const beginning = client
    .getQueryCache()
    .findAll(filters)
    .filter(({ state }) => state.data === undefined && state.fetchStatus !== 'idle')
  await Promise.all([
    client.invalidateQueries(filters),
    ...beginning.map(async query => {
      await query.promise?.catch(() => undefined) // What could not be read is shown as that.
      await client.invalidateQueries({ queryKey: query.queryKey, exact: true })
    }),
  ])
}
