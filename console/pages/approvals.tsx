import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { listProposals } from '../api/respond.ts'
import { Link } from '../components/link.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { QueryState } from '../components/query-state.tsx'
import { useShortcuts } from '../keyboard/use-shortcuts.ts'
import { DecideDialog } from '../respond/decide-dialog.tsx'
import { ProposalCard } from '../respond/proposal-card.tsx'
import { useSearchValues } from '../router.tsx'
import { WaitingRules } from '../rules/waiting-rules.tsx'

const refreshMs = 5_000

/** The approval inbox: what waits for a person, and what was decided. Keys work on the marked proposal. */
export function Page() {
  const [search] = useSearchValues()
  const show = search.show === 'decided' ? 'decided' : 'open'
  const query = useQuery({
    queryKey: ['proposals', show],
    queryFn: ({ signal }) => listProposals(show, signal),
    refetchInterval: refreshMs,
  })
  const [at, setAt] = useState(0)
  const [deciding, setDeciding] = useState<'approve' | 'reject'>()
  const proposals = query.data?.proposals ?? []
  const marked = proposals[Math.min(at, proposals.length - 1)]
  const decidable = marked?.state === 'awaiting' && marked.cannotApprove === null
  const move = (by: number) => setAt(now => Math.max(0, Math.min(proposals.length - 1, now + by)))
  useShortcuts([
    ...(proposals.length < 2
      ? []
      : [
          { keys: 'j', label: 'Next proposal', group: 'Approvals', run: () => move(1) },
          { keys: 'k', label: 'Previous proposal', group: 'Approvals', run: () => move(-1) },
        ]),
    ...(decidable
      ? [
          {
            keys: 'y',
            label: 'Approve the marked proposal',
            group: 'Approvals',
            run: () => setDeciding('approve'),
          },
          {
            keys: 'r',
            label: 'Reject the marked proposal',
            group: 'Approvals',
            run: () => setDeciding('reject'),
          },
        ]
      : []),
  ])
  return (
    <>
      <PageHeading title="Approvals">
        <nav aria-label="Which proposals" className="flex gap-1">
          {(['open', 'decided'] as const).map(each => (
            <Link
              key={each}
              href={`/approvals?show=${each}`}
              current={show === each}
              className={`rounded px-2 py-1 ${show === each ? 'bg-selected font-semibold' : 'text-muted hover:bg-selected'}`}
            >
              {each === 'open' ? 'In motion' : 'Decided'}
            </Link>
          ))}
        </nav>
      </PageHeading>
      <div className="grid max-w-4xl gap-3 px-4 pb-8">
        <QueryState query={query} what="The proposals">
          {data =>
            data.proposals.length === 0 ? (
              <p className="py-6 text-muted">
                {show === 'open'
                  ? 'Nothing waits for a decision. Actions are asked for on a case, under Response.'
                  : 'Nothing has been decided yet.'}
              </p>
            ) : (
              data.proposals.map(proposal => (
                <ProposalCard key={proposal.id} proposal={proposal} selected={proposal === marked} showCase />
              ))
            )
          }
        </QueryState>
        {show === 'open' && <WaitingRules />}
      </div>
      {deciding !== undefined && marked !== undefined && (
        <DecideDialog proposal={marked} decision={deciding} onClose={() => setDeciding(undefined)} />
      )}
    </>
  )
}
