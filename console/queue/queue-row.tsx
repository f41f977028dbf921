import { type MouseEvent, memo } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { caseHref, Link } from '../components/link.tsx'
import { Age } from '../components/moment.tsx'
import { SeverityMark } from '../components/severity.tsx'
import { SlaClock } from '../components/sla-clock.tsx'
import { VerdictLabel } from '../components/verdict.tsx'
import { visibleText } from '../text/visible-text.ts'
import { StandingWord } from './standing.tsx'

/** Column widths, shared by the header and every row. Narrow screens stack the cells of a row. */
export const queueColumns =
  'md:grid md:grid-cols-[1.25rem_1rem_minmax(0,1fr)_7rem_7.5rem_6rem_6.5rem_3rem] md:gap-x-3 2xl:grid-cols-[1.25rem_1rem_minmax(0,1fr)_11rem_10rem_8rem_8rem_7rem_3.5rem]'

/**
 * One case in the queue, two lines: the title and what the newest brief says in one sentence, so that many cases need no
 * click at all. Rendered again only when its own row changes.
 */
export const QueueRow = memo(function QueueRow({
  row,
  index,
  top,
  height,
  current,
  selected,
  onSelect,
  onOpen,
  onPoint,
}: {
  row: CaseSummary
  /** The place in the list, from 0; `top` and `height` in CSS pixels. */
  index: number
  top: number
  height: number
  current: boolean
  selected: boolean
  onSelect: (id: string, extend: boolean) => void
  onOpen: (row: CaseSummary) => void
  onPoint: (id: string) => void
}) {
  const closed = row.status === 'closed'
  return (
    <tr
      aria-rowindex={index + 2}
      aria-current={current || undefined}
      data-index={index}
      style={{ top, height }}
      onClick={event => pointAt(event, () => onPoint(row.id))}
      onDoubleClick={event => event.currentTarget.querySelector('a')?.click()}
      className={`${queueColumns} absolute inset-x-0 items-center border-b border-line px-4 max-md:flex max-md:flex-wrap max-md:content-center max-md:gap-x-2.5 max-md:gap-y-1 ${current ? 'bg-selected shadow-[inset_3px_0_0_var(--accent)]' : selected ? 'bg-selected' : 'hover:bg-sunken'} ${closed ? 'text-muted' : ''}`}
    >
      <td className="max-md:order-1">
        <label className="-m-2 grid place-items-center p-2">
          <input
            type="checkbox"
            className="size-3.5"
            checked={selected}
            aria-label={`Select ${visibleText(row.title)}`}
            onChange={() => undefined}
            onClick={event => onSelect(row.id, event.shiftKey)}
          />
        </label>
      </td>
      <td className="max-md:order-2">
        <SeverityMark severity={row.severity} />
      </td>
      <td className="min-w-0 max-md:order-3 max-md:w-[calc(100%-4.25rem)]">
        <Link href={caseHref(row.id)} className="block truncate font-medium" onClick={() => onOpen(row)}>
          {visibleText(row.title)}
        </Link>
        <p className="truncate text-muted">
          {row.sample && (
            <span className="mr-1.5 rounded border border-line-strong px-1 text-xs">sample</span>
          )}
          {row.suspectedInjection && (
            <span
              className="mr-1.5 rounded border border-attacker px-1 text-xs text-attacker"
              title="Text in the alerts speaks to an AI instead of a person. The severity is one step up for it."
            >
              speaks to AI
            </span>
          )}
          {row.headline === null ? 'Brief is being written' : visibleText(row.headline)}
        </p>
      </td>
      <td className="min-w-0 max-md:order-5 max-md:max-w-[22%]">
        <p className="truncate">{visibleText(row.hosts.join(', '))}</p>
        <p className="truncate text-muted max-md:hidden">{visibleText(row.users.join(', '))}</p>
      </td>
      <td className="min-w-0 truncate font-mono text-xs text-muted max-2xl:hidden">
        {row.techniques.slice(0, 2).join(' ')}
        {row.techniques.length > 2 && ` +${row.techniques.length - 2}`}
      </td>
      <td className="grid min-w-0 items-center max-md:order-4">
        {row.verdict !== null ? (
          <VerdictLabel verdict={row.verdict} short />
        ) : (
          row.proposedVerdict !== null && (
            <VerdictLabel verdict={row.proposedVerdict} confidence={row.confidence} proposed short />
          )
        )}
        <p className="flex max-md:hidden">
          <StandingWord row={row} />
        </p>
      </td>
      <td className="truncate max-md:order-6 max-md:max-w-[15%]">
        {row.assignee === null ? (
          <span className="text-faint max-md:hidden">
            <span aria-hidden="true">–</span>
            <span className="sr-only">nobody</span>
          </span>
        ) : (
          visibleText(row.assignee.displayName)
        )}
      </td>
      <td className="flex items-center max-md:order-7">
        <SlaClock sla={row.sla} />
      </td>
      <td className="tabular text-right text-muted max-md:order-8 max-md:ml-auto">
        <Age atMs={row.lastSeenMs} />
        <p className="text-xs max-md:hidden">
          {row.alertCount.toLocaleString('en')}
          <span className="sr-only"> alerts</span>
          <span aria-hidden="true"> ×</span>
        </p>
      </td>
    </tr>
  )
})

/** A click on the row moves the cursor there; one on a control or link inside it is the control's own. */
function pointAt(event: MouseEvent, point: () => void): void {
  if (event.target instanceof Element && event.target.closest('a, button, input, label') === null) point()
}
