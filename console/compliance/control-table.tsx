import type { ComplianceControl, ComplianceView } from '../../src/http/contract-compliance.ts'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'

export type ControlStatus = ComplianceControl['status']
export const controlStatuses: readonly ControlStatus[] = ['evidence', 'partial', 'no evidence']

/** Shape, colour and word: any one of them is enough. */
const marks: Readonly<Record<ControlStatus, { sign: string; color: string }>> = {
  evidence: { sign: '●', color: 'text-good' },
  partial: { sign: '◐', color: 'text-medium' },
  'no evidence': { sign: '○', color: 'text-muted' },
}

/**
 * Every control of a framework, or those of one status: how far the records speak for it, what they are, and what is
 * missing.
 */
export function ControlTable({ view, only }: { view: ComplianceView; only: ControlStatus | undefined }) {
  return (
    <DataTable
      label={`Controls of ${view.framework.name}`}
      rows={view.controls.filter(control => only === undefined || control.status === only)}
      rowKey={control => control.id}
      empty="No control has this status."
      columns={[
        { title: 'Control', cell: control => <ControlName control={control} /> },
        { title: 'Status', cell: control => <Status status={control.status} /> },
        { title: 'Records', cell: control => <Records control={control} /> },
        { title: 'Gaps', cell: control => <Lines lines={control.gaps} /> },
        { title: 'Owner', cell: control => <span className="whitespace-nowrap">{control.owner}</span> },
      ]}
    />
  )
}

function ControlName({ control }: { control: ComplianceControl }) {
  return (
    <>
      <p className="font-semibold">{control.id}</p>
      <p>{control.topic}</p>
      {control.earlierIds.length > 0 && (
        <p className="text-xs text-muted">
          Earlier version:{' '}
          {control.earlierIds.map((id, index) => (
            <span key={id} className="whitespace-nowrap">
              {id}
              {index < control.earlierIds.length - 1 && ', '}
            </span>
          ))}
        </p>
      )}
    </>
  )
}

export function Status({ status }: { status: ControlStatus }) {
  const { sign, color } = marks[status]
  return (
    <span className={`font-medium whitespace-nowrap ${color}`}>
      <span aria-hidden="true">{sign}</span> {status}
    </span>
  )
}

function Records({ control }: { control: ComplianceControl }) {
  return (
    <ul className="grid min-w-56 gap-0.5">
      {control.evidence.map(({ name, title, count, latestMs, speaks }) => (
        <li key={name}>
          <strong>{count}</strong> {title}
          {speaks === 'against' && ' (should be none)'}
          {latestMs !== null && (
            <span className="text-xs text-muted">
              , newest <Moment atMs={latestMs} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}

function Lines({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="grid min-w-56 gap-0.5">
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
}
