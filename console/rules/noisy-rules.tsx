import { useQuery } from '@tanstack/react-query'
import type { NoisyRules as Noisy } from '../../src/http/contract-rules.ts'
import { readNoisyRules } from '../api/rules.ts'
import { DataTable } from '../components/data-table.tsx'
import { Section } from '../components/section.tsx'
import { RuleName } from './rule-name.tsx'
import { StartRuleButton } from './start-rule-button.tsx'

/** Rules whose alerts people called noise, each with a way to an exception that is measured before it is proposed. */
export function NoisyRules() {
  const query = useQuery({ queryKey: ['noisy-rules'], queryFn: ({ signal }) => readNoisyRules(signal) })
  const rules = query.data?.rules ?? []
  if (rules.length === 0) return null
  return (
    <Section title="Noisy rules">
      <p className="text-muted">
        By the verdicts on their cases. An exception is proposed only where it hides nothing but noise.
      </p>
      <DataTable<Noisy['rules'][number]>
        label="Rules by their noise"
        rows={rules}
        rowKey={row => row.ruleId}
        empty=""
        columns={[
          {
            title: 'Rule',
            cell: row => (
              <div className="min-w-44">
                <RuleName id={row.ruleId} description={row.description} />
              </div>
            ),
          },
          {
            title: 'Noise',
            cell: row => (
              <span className="tabular whitespace-nowrap">
                {row.noise.toLocaleString('en')} of {row.alerts.toLocaleString('en')} alerts
              </span>
            ),
          },
          {
            title: 'Exception',
            hidden: true,
            cell: row => (
              <StartRuleButton
                label="Tune"
                start={{
                  from: { kind: 'noisy-rule', id: row.ruleId },
                  title: `Exception to rule ${row.ruleId}`,
                }}
              />
            ),
          },
        ]}
      />
    </Section>
  )
}
