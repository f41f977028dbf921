import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { RuleDraftView } from '../../src/http/contract-rules.ts'
import { listRuleDrafts } from '../api/rules.ts'
import { useMay } from '../api/session.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { DeadRules } from '../rules/dead-rules.tsx'
import { NewRuleDialog } from '../rules/new-rule-dialog.tsx'
import { NoisyRules } from '../rules/noisy-rules.tsx'
import { ruleKinds } from '../rules/rule-kind.ts'
import { RuleState } from '../rules/rule-state.tsx'

/** Detection rules: being written, waiting for approval, deployed. */
export function Page() {
  const [creating, setCreating] = useState(false)
  const mayWrite = useMay('analyst')
  const query = useQuery({
    queryKey: ['rule-drafts'],
    queryFn: ({ signal }) => listRuleDrafts(signal),
    refetchInterval: 10_000,
  })
  return (
    <>
      <PageHeading title="Rules">
        <Link href="/rule-coverage" className={buttonClass('plain')}>
          ATT&amp;CK coverage
        </Link>
        {mayWrite && <Button onClick={() => setCreating(true)}>New rule</Button>}
      </PageHeading>
      <div className="grid max-w-5xl grid-cols-1 gap-3 px-4 pb-8">
        <QueryState query={query} what="The rules">
          {({ drafts, deployable }) => (
            <>
              {deployable.length === 0 && (
                <p className="text-muted">
                  No Wazuh server is connected (TOCSIN_WAZUH_API_URL): rules can be written and measured, not
                  deployed.
                </p>
              )}
              <DataTable<RuleDraftView>
                label="Rules"
                rows={drafts}
                rowKey={draft => draft.id}
                empty="No rules yet. A rule starts with a name and a log on which it must fire."
                columns={[
                  {
                    title: 'Rule',
                    cell: draft => (
                      <Link href={`/rules/${draft.id}`} className="block min-w-36 text-accent underline">
                        <Untrusted text={draft.title} />
                      </Link>
                    ),
                  },
                  { title: 'Kind', cell: draft => ruleKinds[draft.kind].name },
                  { title: 'State', cell: draft => <RuleState state={draft.state} /> },
                  { title: 'Written by', cell: draft => draft.changedBy?.displayName ?? '' },
                  { title: 'Changed', cell: draft => <Moment atMs={draft.changedAtMs} /> },
                ]}
              />
            </>
          )}
        </QueryState>
        <NoisyRules />
        <DeadRules />
      </div>
      {creating && <NewRuleDialog onClose={() => setCreating(false)} />}
    </>
  )
}
