import { useLocation } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { useMay } from '../api/session.ts'
import { useCaseActions } from '../case/use-case-actions.ts'
import { VerdictDialog } from '../case/verdict-dialog.tsx'
import { caseHref } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { ErrorState, Loading } from '../components/states.tsx'
import { toast } from '../components/toast.tsx'
import type { Verdict } from '../components/verdict.tsx'
import { ClaimOnOpen, useClaimIfFree, useClaimOnOpen } from '../queue/claim-on-open.tsx'
import { EmptyQueue } from '../queue/empty-queue.tsx'
import { FilterBar } from '../queue/filter-bar.tsx'
import { rememberQueue } from '../queue/last-queue.ts'
import { type FilterValues, filterOnly } from '../queue/queue-filter.ts'
import { QueueTable, type QueueTableHandle } from '../queue/queue-table.tsx'
import { SelectionBar } from '../queue/selection-bar.tsx'
import { useCursor } from '../queue/use-cursor.ts'
import { useLiveQueue } from '../queue/use-live-queue.ts'
import { useQueue } from '../queue/use-queue.ts'
import { useQueueShortcuts } from '../queue/use-queue-shortcuts.ts'
import { useSelection } from '../queue/use-selection.ts'
import { ViewTabs } from '../queue/view-tabs.tsx'
import { WaitingCases } from '../queue/waiting-cases.tsx'
import { useGo, useSearchValues } from '../router.tsx'

/** The queue: what needs a person, most urgent first. All of triage works from here without the mouse. */
export function Page() {
  const [search, setSearch] = useSearchValues()
  const filter = filterOnly(search)
  const { query, cases, first } = useQueue(filter)
  const [calm, setCalm] = useState(true)
  const { waiting, show } = useLiveQueue(filter, calm)
  const ids = useMemo(() => cases.map(row => row.id), [cases])
  const selection = useSelection(ids)
  const [asking, setAsking] = useState<{ readonly verdict: Verdict; readonly ids: readonly string[] }>()
  const table = useRef<QueueTableHandle>(null)
  const cursor = useCursor(
    ids,
    useCallback(index => table.current?.reveal(index), []),
  )
  const go = useGo()
  const href = useLocation({ select: location => location.href })
  useEffect(() => rememberQueue(href), [href])
  const mayTriage = useMay('analyst')
  const claimOnOpen = useClaimOnOpen()
  const claimIfFree = useClaimIfFree(claimOnOpen)
  const { claimMany, releaseMany, decide } = useCaseActions()

  const { index } = cursor
  const current = cases[index]
  const targets = selection.selected.size > 0 ? [...selection.selected] : current ? [current.id] : []
  const move = (to: number) => {
    const target = Math.max(0, Math.min(cases.length - 1, to))
    cursor.set(cases[target]?.id)
    table.current?.reveal(target)
  }
  const latest = useRef({ cursor, selection, claimIfFree })
  latest.current = { cursor, selection, claimIfFree }
  // Stable, so that rows are not rendered again for them.
  const onSelect = useCallback((id: string, extend: boolean) => {
    if (extend) latest.current.selection.extend(id)
    else latest.current.selection.toggle(id)
  }, [])
  const onOpen = useCallback((row: CaseSummary) => {
    latest.current.cursor.set(row.id)
    latest.current.claimIfFree(row)
  }, [])
  const open = (row: CaseSummary) => {
    onOpen(row)
    go(caseHref(row.id))
  }

  // What is acted on stays the one that was marked, also where another comes to stand first meanwhile.
  const onTargets = (act: (ids: readonly string[]) => void) => () => {
    cursor.set(current?.id)
    if (targets.length > 0) act(targets)
    else toast('There is no case here.')
  }
  useQueueShortcuts({
    next: () => move(index + 1),
    previous: () => move(index - 1),
    first: () => move(0),
    last: () => move(cases.length - 1),
    open: () => current && open(current),
    select: onTargets(() => current && selection.toggle(current.id)),
    extendSelection: onTargets(() => current && selection.extend(current.id)),
    selectAll: selection.all,
    clearSelection: selection.clear,
    showWaiting: show,
    waiting,
    triage: mayTriage
      ? {
          claim: onTargets(ids => claimMany.mutate(ids)),
          release: onTargets(ids => releaseMany.mutate(ids)),
          verdict: verdict => onTargets(ids => setAsking({ verdict, ids }))(),
        }
      : undefined,
  })

  const onFilter = (values: FilterValues) => setSearch({ ...blank(filter), ...values }, { push: true })
  return (
    <div className="flex h-full flex-col">
      <PageHeading title="Queue">
        <p className="tabular text-muted" role="status">
          {first !== undefined &&
            `${first.total.toLocaleString('en')}${first.totalIsCapped ? ' or more' : ''} ${first.total === 1 ? 'case' : 'cases'}`}
        </p>
        {mayTriage && <ClaimOnOpen choice={claimOnOpen} />}
      </PageHeading>
      <ViewTabs values={filter} />
      <FilterBar values={filter} onChange={onFilter} />
      <WaitingCases count={waiting} onShow={show} />
      {query.isPending ? (
        <Loading lines={10} label="Loading the queue" />
      ) : query.isError ? (
        <ErrorState
          what="The queue could not be read."
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : cases.length === 0 ? (
        <EmptyQueue filtered={Object.values(filter).some(value => value !== undefined)} />
      ) : (
        <QueueTable
          ref={table}
          cases={cases}
          currentId={cursor.id}
          selected={selection.selected}
          total={first?.total ?? cases.length}
          hasMore={query.hasNextPage}
          onNeedMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage()
          }}
          onSelect={onSelect}
          onOpen={onOpen}
          onPoint={cursor.set}
          onCalm={setCalm}
        />
      )}
      {selection.selected.size > 0 && (
        <SelectionBar
          count={selection.selected.size}
          mayTriage={mayTriage}
          onVerdict={verdict => setAsking({ verdict, ids: targets })}
          onClaim={() => claimMany.mutate(targets)}
          onClear={selection.clear}
        />
      )}
      {asking !== undefined && (
        <VerdictDialog
          count={asking.ids.length}
          initial={asking.verdict}
          busy={decide.isPending}
          onClose={() => setAsking(undefined)}
          onSubmit={(verdict, reason) =>
            decide.mutate(
              { ids: asking.ids, verdict, reason },
              {
                onSuccess: () => {
                  setAsking(undefined)
                  selection.clear()
                },
              },
            )
          }
        />
      )}
    </div>
  )
}

function blank(values: FilterValues): FilterValues {
  return Object.fromEntries(Object.keys(values).map(name => [name, undefined]))
}
