import { useQuery } from '@tanstack/react-query'
import { listRuleDrafts } from '../api/rules.ts'
import { usePerson } from '../api/session.ts'
import { Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RuleState } from './rule-state.tsx'

/** Rules that wait for somebody: drafts of one's own, and what others submitted. Decided on the rule's own page. */
export function WaitingRules() {
  const self = usePerson().id
  const query = useQuery({ queryKey: ['rule-drafts'], queryFn: ({ signal }) => listRuleDrafts(signal) })
  return (
    <QueryState query={query} what="The rule drafts">
      {({ drafts }) => {
        const waiting = drafts.filter(
          ({ state, changedBy }) => state === 'awaiting' || (state === 'draft' && changedBy?.id === self),
        )
        if (waiting.length === 0) return null
        return (
          <section aria-label="Rules" className="grid gap-2">
            <h2 className="font-semibold">Rules</h2>
            <ul className="grid gap-1">
              {waiting.map(draft => (
                <li
                  key={draft.id}
                  className="flex flex-wrap items-baseline gap-x-3 border-b border-line py-1"
                >
                  <Link href={`/rules/${draft.id}`} className="min-w-0 text-accent underline">
                    <Untrusted text={draft.title} limit={200} />
                  </Link>
                  <RuleState state={draft.state} />
                  <span className="text-xs text-muted">
                    {draft.changedBy?.displayName}, <Moment atMs={draft.changedAtMs} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )
      }}
    </QueryState>
  )
}
