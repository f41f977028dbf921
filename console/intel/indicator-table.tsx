import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReportDetail, ReportIndicator } from '../../src/http/contract-intel.ts'
import { setIndicatorStatus } from '../api/intel.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { ReasonDialog } from '../components/reason-dialog.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { visibleText } from '../text/visible-text.ts'

/** Below this an indicator is kept and no longer looked for; the server decides. */
const agedOut = 0.1

/** A report's indicators with what has become of them, and the way to say that one is none. */
export function IndicatorTable({ detail }: { detail: ReportDetail }) {
  const may = useMay('analyst')
  const client = useQueryClient()
  const [asked, setAsked] = useState<ReportIndicator>()
  const change = useMutation({
    mutationFn: setIndicatorStatus,
    onSuccess: async () => {
      setAsked(undefined)
      await client.invalidateQueries({ queryKey: ['intel'] })
      toast('Saved. The watch and later hunts follow it.')
    },
    onError: error => toastFailure('It could not be saved', error),
  })
  return (
    <>
      <DataTable<ReportIndicator>
        label="Indicators"
        rows={detail.indicators}
        rowKey={each => `${each.type}\n${each.value}`}
        empty="No indicator was found."
        columns={[
          { title: 'Type', cell: each => each.type },
          {
            title: 'Value',
            cell: each => (
              <span className="wrap-anywhere font-mono">
                <Untrusted text={each.value} limit={160} />
              </span>
            ),
          },
          { title: 'Role', cell: each => each.role.replaceAll('-', ' ') },
          { title: 'Confidence', cell: each => <Confidence indicator={each} /> },
          {
            title: 'Reports',
            cell: each => <span className="tabular">{each.reportCount.toLocaleString('en')}</span>,
          },
          {
            title: 'Seen here',
            cell: each =>
              each.sightingCount === 0 ? (
                <span className="text-muted">no</span>
              ) : (
                <strong className="tabular text-critical">{count(each.sightingCount, 'alert')}</strong>
              ),
          },
          { title: 'State', cell: each => <State indicator={each} /> },
          {
            title: 'Change',
            hidden: true,
            cell: each =>
              may && (
                <Button look="quiet" onClick={() => setAsked(each)}>
                  {each.status === 'live' ? 'False positive' : 'Live after all'}
                </Button>
              ),
          },
        ]}
      />
      {asked !== undefined && (
        <ReasonDialog
          title={
            asked.status === 'live'
              ? `${visibleText(asked.value).slice(0, 80)} is a false positive`
              : `${visibleText(asked.value).slice(0, 80)} is live after all`
          }
          action="Save"
          busy={change.isPending}
          onClose={() => setAsked(undefined)}
          onSubmit={reason =>
            change.mutate({
              type: asked.type,
              value: asked.value,
              status: asked.status === 'live' ? 'false-positive' : 'live',
              reason,
            })
          }
        />
      )}
    </>
  )
}

function Confidence({ indicator: { confidence, currentConfidence } }: { indicator: ReportIndicator }) {
  const aged = confidence - currentConfidence > 0.005
  return (
    <span className="tabular" title={aged ? `${confidence.toFixed(2)} when it was reported` : undefined}>
      {currentConfidence.toFixed(2)}
      {aged && <span className="text-muted"> of {confidence.toFixed(2)}</span>}
    </span>
  )
}

function State({ indicator }: { indicator: ReportIndicator }) {
  if (indicator.status !== 'live')
    return (
      <span className="text-muted">
        false positive
        {indicator.statusReason !== null && (
          <>
            : <Untrusted text={indicator.statusReason} limit={160} />
          </>
        )}
      </span>
    )
  return indicator.currentConfidence < agedOut ? <span className="text-muted">aged out</span> : 'live'
}
