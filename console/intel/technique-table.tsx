import { useQuery } from '@tanstack/react-query'
import type { ReportDetail, ReportTechnique } from '../../src/http/contract-intel.ts'
import type { RuleCoverage } from '../../src/http/contract-rules.ts'
import { readRuleCoverage } from '../api/rules.ts'
import { DataTable } from '../components/data-table.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ruleNames } from '../rules/rule-names.ts'
import { visibleText } from '../text/visible-text.ts'
import { DraftRuleButton } from './draft-rule-button.tsx'
import { CitedPassages } from './model-context.tsx'

type Covered = RuleCoverage['techniques'][number]

const shownRules = 3

/** What a report describes, which of our rules would see it, and the way to a draft where none would. */
export function TechniqueTable({ detail: { report, techniques, context } }: { detail: ReportDetail }) {
  const coverage = useQuery({
    queryKey: ['rule-coverage'],
    queryFn: ({ signal }) => readRuleCoverage(signal),
    // Loading a ruleset takes seconds, and rules change rarely.
    staleTime: 10 * 60_000,
    retry: false,
  })
  const byId = new Map(coverage.data?.techniques.map(each => [each.id, each]))
  const likely = techniques.filter(({ id }) => report.techniqueIds.includes(id))
  const chosen = new Map(
    context?.kind === 'answered' ? context.techniques.map(each => [each.id, each.passages]) : [],
  )
  const gaps = likely.filter(({ id }) => !byId.has(id) || byId.get(id)?.state === 'gap')
  const less = techniques.filter(each => !likely.includes(each))
  const rows = (label: string, shown: readonly ReportTechnique[], empty: string) => (
    <DataTable<ReportTechnique>
      label={label}
      rows={shown}
      rowKey={each => each.id}
      empty={empty}
      columns={[
        {
          title: 'Technique',
          cell: each => (
            <>
              <span className="font-mono">{each.id}</span> {each.name}
              <span className="block text-xs text-muted">{each.tactics.join(', ')}</span>
            </>
          ),
        },
        { title: 'Score', cell: each => <span className="tabular">{each.score.toFixed(2)}</span> },
        {
          title: 'Our alerts',
          cell: each =>
            each.alertCount === 0 ? (
              <span className="text-muted">never</span>
            ) : (
              each.alertCount.toLocaleString('en')
            ),
        },
        {
          title: 'Our rules',
          cell: each => coverage.isSuccess && <Rules covered={byId.get(each.id)} />,
        },
        {
          title: 'The report says',
          cell: each => {
            const passages = chosen.get(each.id)
            return passages === undefined ? (
              <Untrusted text={each.quotes[0] ?? ''} limit={240} />
            ) : (
              <span className="grid gap-0.5">
                <CitedPassages passages={passages} />
                <span className="text-xs text-muted">chosen by the model</span>
              </span>
            )
          },
        },
        {
          title: 'Draft',
          hidden: true,
          cell: each =>
            byId.get(each.id)?.state !== 'covered' && (
              <DraftRuleButton
                reportId={report.id}
                wanted={{ for: 'technique', id: each.id }}
                label="Draft a rule"
              />
            ),
        },
      ]}
    />
  )
  return (
    <>
      <p className="text-muted">
        {coverage.isPending && 'Reading our rules…'}
        {coverage.isError && 'There are no rules here to compare with (TOCSIN_RULESET).'}
        {coverage.isSuccess &&
          likely.length > 0 &&
          `Our rules name ${likely.length - gaps.length} of the ${likely.length} likely techniques; ${gaps.length} ${gaps.length === 1 ? 'has' : 'have'} no rule.`}
      </p>
      {rows(
        'Techniques',
        likely.toSorted((a, b) => Number(chosen.has(b.id)) - Number(chosen.has(a.id))),
        'No technique was recognised for sure.',
      )}
      {less.length > 0 && (
        <details>
          <summary className="cursor-pointer text-muted">
            {less.length} less likely {less.length === 1 ? 'suggestion' : 'suggestions'}
          </summary>
          {rows('Less likely techniques', less, '')}
        </details>
      )}
    </>
  )
}

function Rules({ covered }: { covered: Covered | undefined }) {
  if (covered === undefined || covered.state === 'gap')
    return <strong className="whitespace-nowrap text-bad">no rule</strong>
  if (covered.state === 'parent-only') return <span>only the technique above it</span>
  return <span className="tabular">{visibleText(ruleNames(covered.rules, shownRules))}</span>
}
