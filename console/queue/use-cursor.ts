import { useEffect, useRef, useState } from 'react'
import { lastCursor, rememberCursor } from './last-queue.ts'

/**
 * The case under the cursor, by id, so that rows that come and go do not move it: the first one until `set` puts it
 * somewhere, whichever that is. When its case leaves the list, the cursor goes to what stands in its place now. `onReturn` is
 * called once, when the list is there again after a case.
 */
export function useCursor(
  ids: readonly string[],
  onReturn: (index: number) => void,
): { id: string | undefined; index: number; set: (id: string | undefined) => void } {
  const [placed, set] = useState(() => lastCursor().caseId)
  const returned = useRef(placed === undefined)
  const id = placed ?? ids[0]
  const index = id === undefined ? -1 : ids.indexOf(id)
  useEffect(() => {
    if (placed === undefined || ids.length === 0) return
    if (index < 0) set(ids[Math.min(lastCursor().index, ids.length - 1)])
    else rememberCursor(placed, index)
  }, [placed, index, ids])
  useEffect(() => {
    if (returned.current || index < 0) return
    returned.current = true
    onReturn(index)
  }, [index, onReturn])
  return { id, index, set }
}
