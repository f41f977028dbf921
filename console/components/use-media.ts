import { useSyncExternalStore } from 'react'

/** Whether a media query holds now. For what CSS alone cannot decide, such as row heights of a virtual list. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    listener => {
      const list = window.matchMedia(query)
      list.addEventListener('change', listener)
      return () => list.removeEventListener('change', listener)
    },
    () => window.matchMedia(query).matches,
  )
}
