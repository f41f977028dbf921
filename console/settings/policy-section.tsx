import { useQuery } from '@tanstack/react-query'
import { Check, House, OctagonX, VenetianMask } from 'lucide-react'
import type { PolicyRow } from '../../src/http/contract-trust.ts'
import { readPolicy } from '../api/trust.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { visibleText } from '../text/visible-text.ts'
import { zoneWords } from './zone-words.ts'

type Decision = PolicyRow['fates']['public']

/** What may be told to which model: the policy as one table, and the file that it is. */
export function PolicySection() {
  const query = useQuery({ queryKey: ['policy'], queryFn: ({ signal }) => readPolicy(signal) })
  return (
    <QueryState query={query} what="The policy">
      {policy => (
        <div className="grid gap-6">
          <Section title="What may be told to a model">
            <p className="max-w-[44rem] text-muted">
              The most sensitive class of data in a question decides it. What no rule speaks of is refused.
              Before a word leaves, <code className="font-mono">tocsin policy explain CASE</code> shows the
              very request.
            </p>
            <DataTable<PolicyRow>
              label="Policy"
              rows={policy.rows}
              rowKey={row => `${row.zone} ${row.rule} ${row.tasks.join(' ')}`}
              empty="No rule: nothing is told to any model."
              columns={[
                {
                  title: 'Model of zone',
                  cell: row => (
                    <>
                      <p className="font-medium">{row.zone}</p>
                      <p className="text-muted">{zoneWords[row.zone]}</p>
                    </>
                  ),
                },
                {
                  title: 'Task',
                  cell: row => (row.allTasks ? 'every task' : row.tasks.join(', ')),
                },
                { title: 'Public data', cell: row => <Fate decision={row.fates.public} /> },
                { title: 'Internal', cell: row => <Fate decision={row.fates.internal} /> },
                { title: 'Confidential', cell: row => <Fate decision={row.fates.confidential} /> },
                { title: 'Secret', cell: row => <Fate decision={row.fates.secret} /> },
                { title: 'Rule', cell: row => <span className="text-muted">{visibleText(row.rule)}</span> },
              ]}
            />
            <p className="text-muted">
              Stays readable whatever its class: {visibleText(policy.keep.join(', ')) || 'nothing'}.
            </p>
          </Section>
          <Section title="The same as a file">
            <div className="flex flex-wrap items-center justify-between gap-2 text-muted">
              <p className="wrap-anywhere">
                {policy.file === null
                  ? 'No policy is set: this is the one that Tocsin ships. Save it as policy.yaml in the data directory to change it.'
                  : `Read at the start from ${visibleText(policy.file)}.`}
              </p>
              <CopyButton text={policy.yaml} />
            </div>
            <pre className="overflow-x-auto rounded border border-line bg-sunken p-3 font-mono text-xs">
              {policy.yaml}
            </pre>
          </Section>
        </div>
      )}
    </QueryState>
  )
}

const looks = {
  allow: { word: 'as it is', color: 'text-ink', Icon: Check },
  pseudonymise: { word: 'placeholders', color: 'text-accent', Icon: VenetianMask },
  local: { word: 'only to a local model', color: 'text-medium', Icon: House },
  refuse: { word: 'refused', color: 'text-bad', Icon: OctagonX },
} as const satisfies Record<Decision, unknown>

function Fate({ decision }: { decision: Decision }) {
  const { word, color, Icon } = looks[decision]
  return (
    <span className={`flex items-center gap-1.5 whitespace-nowrap ${color}`}>
      <Icon aria-hidden="true" className="size-4 shrink-0" /> {word}
    </span>
  )
}
