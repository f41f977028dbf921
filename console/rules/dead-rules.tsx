import { useQuery } from '@tanstack/react-query'
import type { DeadRules as Dead } from '../../src/http/contract-rules.ts'
import { readDeadRules } from '../api/rules.ts'
import { DataTable } from '../components/data-table.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RuleName } from './rule-name.tsx'

/** Rules that can never fire, each with the reason and with what past alerts show of it. */
export function DeadRules() {
  const query = useQuery({
    queryKey: ['dead-rules'],
    queryFn: ({ signal }) => readDeadRules(signal),
    retry: false,
    staleTime: 5 * 60_000,
  })
  if (query.data === undefined || query.data.rules.length === 0) return null
  const { rules, pastEvents } = query.data
  return (
    <Section title="Rules that can never fire">
      <p className="text-muted">
        By the rules alone, and held against {pastEvents.toLocaleString('en')} past alerts: how many each one
        matches that another rule takes before it.
      </p>
      <DataTable<Dead['rules'][number]>
        label="Dead and shadowed rules"
        rows={rules}
        rowKey={row => row.ruleId}
        empty=""
        stacked
        columns={[
          {
            title: 'Rule',
            cell: row => (
              <div className="min-w-44">
                <RuleName id={row.ruleId} description={row.description} />
                <span className="block text-xs text-muted">{row.where}</span>
              </div>
            ),
          },
          {
            title: 'Why',
            cell: row => (
              <div className="min-w-44">
                <Untrusted text={row.reason} limit={300} />
              </div>
            ),
          },
          {
            title: 'Alerts passed over',
            cell: row => <span className="tabular">{row.passedOver.toLocaleString('en')}</span>,
          },
        ]}
      />
    </Section>
  )
}
