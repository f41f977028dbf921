import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { useMedia } from '../components/use-media.ts'
import { QueueRow, queueColumns } from './queue-row.tsx'

export interface QueueTableHandle {
  /** Scrolls as little as needed to show a row, and puts the focus on its link. */
  reveal(index: number): void
}

/** The queue as a table of which only what can be seen exists: the same speed with 100 cases and with 100,000. */
export function QueueTable({
  ref,
  cases,
  currentId,
  selected,
  total,
  hasMore,
  onNeedMore,
  onSelect,
  onOpen,
  onPoint,
  onCalm,
}: {
  ref: Ref<QueueTableHandle>
  cases: readonly CaseSummary[]
  currentId: string | undefined
  selected: ReadonlySet<string>
  total: number
  hasMore: boolean
  onNeedMore: () => void
  onSelect: (id: string, extend: boolean) => void
  onOpen: (row: CaseSummary) => void
  onPoint: (id: string) => void
  /** Whether rows may move: the top is shown and the pointer is elsewhere. */
  onCalm: (calm: boolean) => void
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const over = useRef(false)
  const narrow = useMedia('(max-width: 47.99rem)')
  const rowHeight = narrow ? 84 : 50
  const virtualizer = useVirtualizer({
    count: cases.length + (hasMore ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollPaddingStart: narrow ? 0 : 30,
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row height needs new measurements
  useEffect(() => virtualizer.measure(), [rowHeight])
  const rows = virtualizer.getVirtualItems()
  const lastShown = rows.at(-1)?.index ?? 0
  useEffect(() => {
    if (hasMore && lastShown >= cases.length - 20) onNeedMore()
  }, [hasMore, lastShown, cases.length, onNeedMore])

  useImperativeHandle(ref, () => ({
    reveal(index) {
      virtualizer.scrollToIndex(index, { align: 'auto' })
      // After the row exists.
      requestAnimationFrame(() =>
        scroller.current
          ?.querySelector<HTMLElement>(`[data-index="${index}"] a`)
          ?.focus({ preventScroll: true }),
      )
    },
  }))
  const reportCalm = () => onCalm(!over.current && (scroller.current?.scrollTop ?? 0) < rowHeight)

  return (
    <div
      ref={scroller}
      className="relative min-h-0 flex-1 overflow-auto border-t border-line bg-surface outline-none"
      onScroll={reportCalm}
      onPointerEnter={() => {
        over.current = true
        reportCalm()
      }}
      onPointerLeave={() => {
        over.current = false
        reportCalm()
      }}
    >
      {/* Laid out by grid, not as a table: its rows stand where the virtual list puts them. */}
      <table aria-label="Cases" aria-rowcount={total + 1} className="block">
        <thead className="sticky top-0 z-10 block max-md:hidden">
          <tr
            className={`${queueColumns} h-[1.875rem] items-center border-b border-line-strong bg-canvas px-4 text-left text-xs text-muted *:font-normal`}
          >
            <th scope="col">
              <span className="sr-only">Selected</span>
            </th>
            <th scope="col">
              <span className="sr-only">Severity</span>
            </th>
            <th scope="col">Case</th>
            <th scope="col">Hosts, accounts</th>
            <th scope="col" className="max-2xl:hidden">
              Techniques
            </th>
            <th scope="col">Verdict</th>
            <th scope="col">Assignee</th>
            <th scope="col">Due</th>
            <th scope="col" className="text-right">
              Seen
            </th>
          </tr>
        </thead>
        <tbody className="relative block" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map(({ index, start }) => {
            const row = cases[index]
            return row === undefined ? (
              <tr key="more" className="absolute p-4 text-muted" style={{ top: start }}>
                <td>Loading more cases</td>
              </tr>
            ) : (
              <QueueRow
                key={row.id}
                row={row}
                index={index}
                top={start}
                height={rowHeight}
                current={row.id === currentId}
                selected={selected.has(row.id)}
                onSelect={onSelect}
                onOpen={onOpen}
                onPoint={onPoint}
              />
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
