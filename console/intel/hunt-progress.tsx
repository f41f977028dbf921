import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { HistoryHunt, Hunt, ReportDetail } from '../../src/http/contract-intel.ts'
import { huntAgain, huntHistory, stopHistoryHunt } from '../api/intel.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Moment } from '../components/moment.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** How far the searches for a report's indicators are: in the alerts stored here, and in all that the indexer keeps. */
export function HuntProgress({ detail }: { detail: ReportDetail }) {
  const { report, hunt, history, historyOffered } = detail
  const may = useMay('analyst')
  const ask = useHuntActions(report.id)
  return (
    <dl className="grid grid-cols-1 gap-x-4 gap-y-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <dt className="text-muted">Stored alerts</dt>
      <dd className="flex flex-wrap items-center gap-3">
        {hunt === null ? <span className="text-muted">not searched</span> : <StoredHunt hunt={hunt} />}
        {may && hunt?.state !== 'running' && (
          <Button busy={ask.again.isPending} onClick={() => ask.again.mutate()}>
            Hunt again
          </Button>
        )}
      </dd>
      <dt className="text-muted">Indexer history</dt>
      <dd className="grid gap-2">
        <div className="flex flex-wrap items-center gap-3">
          {!historyOffered && (
            <span className="text-muted">no indexer is connected (TOCSIN_INDEXER_URL)</span>
          )}
          {historyOffered && history === null && <span className="text-muted">not searched yet</span>}
          {history !== null && <InHistory hunt={history} />}
          {may && historyOffered && history?.state !== 'running' && (
            <Button busy={ask.history.isPending} onClick={() => ask.history.mutate()}>
              {history === null ? 'Search the history' : 'Search it again'}
            </Button>
          )}
          {may && history?.state === 'running' && (
            <Button look="quiet" busy={ask.stop.isPending} onClick={() => ask.stop.mutate()}>
              Stop
            </Button>
          )}
        </div>
        {history !== null && history.counts.length > 0 && <Counts counts={history.counts} />}
      </dd>
    </dl>
  )
}

function useHuntActions(id: string) {
  const client = useQueryClient()
  const action = (run: () => Promise<unknown>, failure: string) => ({
    mutationFn: run,
    onSuccess: () => client.invalidateQueries({ queryKey: ['intel', 'report', id] }),
    onError: (error: Error) => toastFailure(failure, error),
  })
  return {
    again: useMutation(action(() => huntAgain(id), 'The hunt could not be started')),
    history: useMutation(action(() => huntHistory(id), 'The search in the history could not be started')),
    stop: useMutation(action(() => stopHistoryHunt(id), 'The search could not be stopped')),
  }
}

const number = (value: number) => value.toLocaleString('en')

function StoredHunt({ hunt }: { hunt: Hunt }) {
  if (hunt.state === 'done')
    return (
      <span className="tabular text-muted">
        {number(hunt.scanned)} searched, {number(hunt.hits)} found; new ones are watched as they come.
      </span>
    )
  return (
    <>
      <progress aria-label="Hunt over stored alerts" max={Math.max(1, hunt.total)} value={hunt.scanned} />
      <span className="tabular text-muted">
        {number(hunt.scanned)} of {number(hunt.total)} searched, {number(hunt.hits)} found
      </span>
    </>
  )
}

function InHistory({ hunt }: { hunt: HistoryHunt }) {
  const found = `${number(hunt.candidates)} ${hunt.candidates === 1 ? 'candidate' : 'candidates'} looked at, ${number(hunt.hits)} found`
  if (hunt.state === 'done')
    return (
      <span className="tabular text-muted">
        {hunt.steps === 0 ? (
          'nothing there that could be searched'
        ) : (
          <>
            all back to <Moment atMs={hunt.fromMs} />; {found}
          </>
        )}
      </span>
    )
  return (
    <>
      <progress
        aria-label="Search in the indexer’s history"
        max={Math.max(1, hunt.steps)}
        value={hunt.step}
        className={hunt.trouble === null ? '' : 'opacity-50'}
      />
      <span className="tabular text-muted">
        {hunt.state === 'stopped' && 'stopped; '}
        {hunt.steps === 0 ? (
          'about to begin'
        ) : (
          <>
            {Math.floor((100 * hunt.step) / hunt.steps)} %, back to <Moment atMs={hunt.reachedMs} />; {found}
          </>
        )}
      </span>
      {hunt.trouble !== null && (
        <span role="status" className="text-bad">
          Waiting to go on: <Untrusted text={hunt.trouble} limit={300} />
        </span>
      )}
    </>
  )
}

/** Only the first alerts with an indicator become cases: here is how many there really are. */
function Counts({ counts }: { counts: HistoryHunt['counts'] }) {
  return (
    <ul aria-label="Found in the history" className="grid gap-1">
      {counts.map(({ type, value, alerts, firstMs, lastMs }) => (
        <li key={`${type} ${value}`} className="flex flex-wrap gap-x-3">
          <span className="font-mono">
            <Untrusted text={value} limit={120} />
          </span>
          <span className="tabular">
            {number(alerts)} {alerts === 1 ? 'alert' : 'alerts'}
          </span>
          <span className="text-muted">
            <Moment atMs={firstMs} /> to <Moment atMs={lastMs} />
          </span>
        </li>
      ))}
    </ul>
  )
}
