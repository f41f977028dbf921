import { hashKey, type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { ServerEvent } from '../../src/http/contract-events.ts'
import { useLiveEvents } from './live-events.ts'
import { readAgain } from './read-again.ts'

const renewEveryMs = 1000

/** Reads this query again when the server says something that `concerns` it; at most once a second, however fast alerts come in. */
export function useRenewal(queryKey: QueryKey, concerns: (event: ServerEvent) => boolean): void {
  const client = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const identity = hashKey(queryKey)
  useLiveEvents(event => {
    if (timer.current !== undefined || !concerns(event)) return
    timer.current = setTimeout(() => {
      timer.current = undefined
      void readAgain(client, { queryKey })
    }, renewEveryMs)
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: `identity` stands for `queryKey`
  useEffect(
    () => () => {
      if (timer.current === undefined) return
      // Somebody went on before it was read: whoever comes back must not be shown what was there before.
      clearTimeout(timer.current)
      timer.current = undefined
      void client.invalidateQueries({ queryKey, refetchType: 'none' })
    },
    [client, identity],
  )
}
