import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ErrorState, Loading } from './states.tsx'

/** Loading, failed or there: the three states of something that is read from the server. */
export function QueryState<T>({
  query,
  what,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'isPending' | 'isError' | 'error' | 'refetch'>
  /** What is being read, as the beginning of a sentence: `The accounts`. */
  what: string
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.isError)
    return (
      <ErrorState
        what={`${what} could not be read.`}
        error={query.error}
        onRetry={() => void query.refetch()}
      />
    )
  return <Loading lines={6} label={`${what}: loading`} />
}
