import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CaseAlertPage } from '../../src/http/contract-cases.ts'
import { listCaseAlerts, splitCase } from '../api/cases.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { caseHref } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { SeverityMark, severityOfLevel } from '../components/severity.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useGo } from '../router.tsx'
import { visibleText } from '../text/visible-text.ts'
import type { CaseSectionProps } from './case-sections.ts'

/** Every alert of the case and why it is in it. Ticked ones can be split off into a case of their own. */
export function AlertList({ detail, onRaw }: CaseSectionProps) {
  const id = detail.case.id
  const mayTriage = useMay('analyst')
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const pages = useInfiniteQuery({
    queryKey: ['case', id, 'alerts'],
    queryFn: ({ pageParam, signal }) => listCaseAlerts(id, pageParam, signal),
    initialPageParam: undefined as string | undefined, // The type of the pages to come: the first has no cursor.
    getNextPageParam: (page: CaseAlertPage) => page.nextCursor ?? undefined,
    initialData: { pages: [detail.alerts], pageParams: [undefined] },
  })
  const alerts = pages.data.pages.flatMap(page => page.alerts)
  const toggle = (key: string) => {
    const next = new Set(ticked)
    if (!next.delete(key)) next.add(key)
    setTicked(next)
  }
  return (
    <div className="grid gap-2">
      {ticked.size > 0 && <SplitBar caseId={id} keys={[...ticked]} onDone={() => setTicked(new Set())} />}
      <div className="overflow-x-auto">
        <table className="w-full text-left">
          <thead className="text-xs text-muted max-sm:hidden">
            <tr className="border-b border-line-strong *:py-1 *:pr-3 *:font-normal">
              {mayTriage && (
                <th scope="col">
                  <span className="sr-only">Selected</span>
                </th>
              )}
              <th scope="col">Time</th>
              <th scope="col">Alert</th>
              <th scope="col">Agent</th>
              <th scope="col">Why it is here</th>
              <th scope="col">
                <span className="sr-only">Raw</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {alerts.map(alert => (
              <tr
                key={alert.key}
                className="border-b border-line align-top *:py-1 *:pr-3 max-sm:grid max-sm:grid-cols-[auto_1fr] max-sm:*:pr-0"
              >
                {mayTriage && (
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`Select alert ${visibleText(alert.id)}`}
                      checked={ticked.has(alert.key)}
                      onChange={() => toggle(alert.key)}
                    />
                  </td>
                )}
                <td className="text-muted">
                  <Moment atMs={alert.timestampMs} precise />
                </td>
                <td className="min-w-48 max-sm:col-span-2">
                  <span className="mr-1.5 inline-block align-middle">
                    <SeverityMark severity={severityOfLevel(alert.level)} />
                  </span>
                  <Untrusted text={alert.description} limit={300} />
                  <span className="block text-xs text-muted">
                    rule {alert.ruleId}, level {alert.level} · <Untrusted text={alert.location} limit={100} />
                  </span>
                </td>
                <td className="min-w-20">
                  <Untrusted text={alert.agentName} limit={100} />
                </td>
                <td className="min-w-40 text-muted max-sm:col-span-2">
                  <Untrusted text={alert.why} limit={300} />
                </td>
                <td>
                  <Button look="quiet" onClick={() => onRaw(alert.key)}>
                    Raw<span className="sr-only"> alert {visibleText(alert.id)}</span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pages.hasNextPage && (
        <Button
          className="justify-self-start"
          busy={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {alerts.length.toLocaleString('en')} of {detail.alerts.total.toLocaleString('en')}: show more
        </Button>
      )}
    </div>
  )
}

function SplitBar({ caseId, keys, onDone }: { caseId: string; keys: readonly string[]; onDone: () => void }) {
  const client = useQueryClient()
  const go = useGo()
  const split = useMutation({
    mutationFn: () => splitCase(caseId, keys),
    onSuccess: async ({ case: created }) => {
      onDone()
      await client.invalidateQueries()
      toast(`${keys.length} ${keys.length === 1 ? 'alert is' : 'alerts are'} now a case of their own.`)
      go(caseHref(created.id))
    },
    onError: error => toastFailure('Nothing was split off', error),
  })
  return (
    <div role="toolbar" aria-label="Selected alerts" className="flex items-center gap-2">
      <span className="tabular font-semibold">{keys.length} selected</span>
      <Button busy={split.isPending} onClick={() => split.mutate()}>
        Split off into a new case
      </Button>
      <Button look="quiet" onClick={onDone}>
        Clear
      </Button>
    </div>
  )
}
