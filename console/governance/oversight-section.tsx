import { useQuery } from '@tanstack/react-query'
import type { Oversight } from '../../src/http/contract-governance.ts'
import { readOversight } from '../api/governance.ts'
import { DataTable } from '../components/data-table.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { shortDuration } from '../text/format-time.ts'
import { Facts } from './facts.tsx'

const days = 90
const percent = (part: number, whole: number) => (whole === 0 ? '–' : `${Math.round((part / whole) * 100)} %`)
const duration = (seconds: number | null) => (seconds === null ? '–' : shortDuration(seconds * 1000))

/** How people decide on what models propose: a check against rubber-stamping, in numbers. */
export function OversightSection() {
  const query = useQuery({
    queryKey: ['governance', 'oversight', days],
    queryFn: ({ signal }) => readOversight(days, signal),
  })
  return (
    <Section title="Human oversight">
      <QueryState query={query} what="How people decide">
        {oversight => (
          <>
            <p className="text-muted">
              Over {days} days. People who always follow, and quickly, are not overseeing: then look at the
              cases, not at the people.
            </p>
            <Facts facts={factsOf(oversight)} />
            <DataTable
              label="By person"
              rows={oversight.byPerson}
              rowKey={({ person }) => person.id}
              empty="Nobody has decided on a proposed verdict yet. Sample cases do not count."
              columns={[
                { title: 'Person', cell: each => <Untrusted text={each.person.displayName} /> },
                { title: 'Verdicts', cell: each => <span className="tabular-nums">{each.decided}</span> },
                {
                  title: 'Followed the proposal',
                  cell: each => <span className="tabular-nums">{percent(each.followed, each.decided)}</span>,
                },
                { title: 'Median time', cell: each => duration(each.medianSeconds) },
                {
                  title: 'Seeded: caught',
                  cell: each => (
                    <span className="tabular-nums">
                      {each.seeded === 0 ? '–' : `${each.caught} of ${each.seeded}`}
                    </span>
                  ),
                },
              ]}
            />
          </>
        )}
      </QueryState>
    </Section>
  )
}

function factsOf({ verdicts, approvals, reviews, hasty, seeded }: Oversight) {
  return [
    ['Verdicts on proposals', String(verdicts.decided)],
    ['Followed the proposal', percent(verdicts.followed, verdicts.decided)],
    ['Median time to a verdict', duration(verdicts.medianSeconds)],
    ['Actions decided', String(approvals.decided)],
    ['Of them approved', percent(approvals.approved, approvals.decided)],
    ['Median time to a decision', duration(approvals.medianSeconds)],
    ['Model briefs reviewed', String(reviews.reviewed)],
    ['Of them rejected', percent(reviews.rejected, reviews.reviewed)],
    ['Bad suggestions caught', seeded.decided === 0 ? '–' : `${seeded.caught} of ${seeded.decided}`],
    [`Decided in under ${hasty.underSeconds} s`, percent(hasty.hasty, hasty.decided)],
  ] as const
}
