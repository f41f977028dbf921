import { useQuery } from '@tanstack/react-query'
import { readRuleDraft } from '../api/rules.ts'
import { QueryState } from '../components/query-state.tsx'
import { useRouteParameter } from '../router.tsx'
import { RuleEditor } from '../rules/rule-editor.tsx'

/** One rule: its text and logs, what was measured, who decided, and whether it is deployed. */
export function Page() {
  const id = useRouteParameter('ruleId')
  const query = useQuery({
    queryKey: ['rule-draft', id],
    queryFn: ({ signal }) => readRuleDraft(id, signal),
    refetchInterval: ({ state }) => (state.data?.draft.drafting?.kind === 'waiting' ? 1500 : false),
  })
  return (
    <QueryState query={query} what="The rule">
      {reply => <RuleEditor key={`${reply.draft.id} ${reply.draft.changedAtMs}`} reply={reply} />}
    </QueryState>
  )
}
