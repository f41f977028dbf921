import { Fragment, useState } from 'react'
import type { ComplianceControl, ComplianceView } from '../../src/http/contract-compliance.ts'
import { LinkButton } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { OwnStatementDialog } from './own-statement-dialog.tsx'

/** What an auditor sorts by: what the records say, and apart from it what they cannot say anything of. */
export const standings = ['evidence', 'partial', 'no evidence', 'not addressed here'] as const
export type Standing = (typeof standings)[number]

export const standingOf = ({ status, addressed }: ComplianceControl): Standing =>
  addressed ? status : 'not addressed here'

/** Shape, colour and word: any one of them is enough. */
const marks: Readonly<Record<Standing, { sign: string; color: string }>> = {
  evidence: { sign: '●', color: 'text-good' },
  partial: { sign: '◐', color: 'text-medium' },
  'no evidence': { sign: '○', color: 'text-ink' },
  'not addressed here': { sign: '–', color: 'text-muted' },
}

/**
 * Every control of a framework, or those of one standing: how far the records speak for it, what they are, what is missing,
 * and apart from that what the organisation says itself.
 */
export function ControlTable({ view, only }: { view: ComplianceView; only: Standing | undefined }) {
  const [editing, setEditing] = useState<ComplianceControl>()
  return (
    <>
      <DataTable
        label={`Controls of ${view.framework.name}`}
        rows={view.controls.filter(control => only === undefined || standingOf(control) === only)}
        rowKey={control => control.id}
        empty="No control stands so."
        columns={[
          { title: 'Control', cell: control => <ControlName control={control} /> },
          { title: 'Status', cell: control => <StandingMark standing={standingOf(control)} /> },
          { title: 'Records and gaps', cell: control => <Records control={control} /> },
          {
            title: 'Owner',
            cell: control => (
              <p className="sm:min-w-24">
                <Untrusted text={control.owner} />
              </p>
            ),
          },
          {
            title: 'Stated by the organisation, not checked here',
            cell: control => <Own control={control} onEdit={() => setEditing(control)} />,
          },
        ]}
      />
      {editing !== undefined && (
        <OwnStatementDialog
          framework={view.framework.id}
          control={editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </>
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
            <Fragment key={id}>
              <span className="whitespace-nowrap">
                {id}
                {index < control.earlierIds.length - 1 && ','}
              </span>{' '}
            </Fragment>
          ))}
        </p>
      )}
    </>
  )
}

export function StandingMark({ standing }: { standing: Standing }) {
  const { sign, color } = marks[standing]
  return (
    <span className={`font-medium whitespace-nowrap ${color}`}>
      <span aria-hidden="true">{sign}</span> {standing}
    </span>
  )
}

function Records({ control }: { control: ComplianceControl }) {
  return (
    <ul className="grid gap-0.5 sm:min-w-56">
      {control.evidence.map(({ name, words, latestMs, speaks, count }) => (
        <li key={name} className={count === 0 ? 'text-muted' : ''}>
          {words}
          {speaks === 'against' && ' (should be none)'}
          {latestMs !== null && (
            <span className="text-xs text-muted">
              , newest <Moment atMs={latestMs} />
            </span>
          )}
        </li>
      ))}
      {/* The counts above say already what is missing. */}
      {control.gaps
        .filter(gap => !/^(No record|Not set): /.test(gap))
        .map(gap => (
          <li key={gap} className="text-muted">
            {gap.replace('Not addressed here; to be shown by', 'By')}
          </li>
        ))}
    </ul>
  )
}

function Own({ control, onEdit }: { control: ComplianceControl; onEdit: () => void }) {
  const { own } = control
  const edit = (
    <LinkButton
      onClick={onEdit}
      aria-label={`${own === null ? 'State something' : 'Change what is stated'} of ${control.id}`}
    >
      {own === null ? 'State something' : 'Change'}
    </LinkButton>
  )
  if (own === null) return edit
  return (
    <div className="grid justify-items-start gap-1 sm:min-w-48">
      {own.statement !== '' && (
        <p>
          <Untrusted text={own.statement} />
          {own.reference !== '' && (
            <>
              {' '}
              See: <Untrusted text={own.reference} />.
            </>
          )}
        </p>
      )}
      {own.gap !== '' && (
        <p>
          Gap: <Untrusted text={own.gap} />
        </p>
      )}
      <p className="text-xs text-muted">
        {own.by}, <Moment atMs={own.atMs} />
        {own.statement !== '' &&
          (own.inForce ? (
            `, holds until ${own.expires}`
          ) : (
            <>
              , <strong className="text-bad">expired on {own.expires}</strong>
            </>
          ))}
      </p>
      {edit}
    </div>
  )
}
