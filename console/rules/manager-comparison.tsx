import { useMutation } from '@tanstack/react-query'
import { compareRuleDraft } from '../api/rules.ts'
import { Button } from '../components/button.tsx'
import { Complaint } from '../components/complaint.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Asks the manager's own logtest about the saved logs, and shows where our engine answers otherwise. */
export function ManagerComparison({ draftId, deployed }: { draftId: string; deployed: boolean }) {
  const compare = useMutation({ mutationFn: () => compareRuleDraft(draftId) })
  return (
    <div className="grid grid-cols-1 gap-2">
      <p className="text-muted">
        {deployed
          ? 'Runs the saved logs through the manager, which has this rule, and through our engine.'
          : 'Runs the saved logs through the manager, which does not have this rule yet, and through our engine without it: agreement shows that it was proven against the same rules.'}
      </p>
      <Button className="justify-self-start" busy={compare.isPending} onClick={() => compare.mutate()}>
        Compare with the manager
      </Button>
      <Complaint error={compare.error} />
      {compare.data && (
        <>
          <p role="status">
            {compare.data.differences.length === 0
              ? `The manager and our engine agree on all ${compare.data.logs} logs.`
              : `${compare.data.differences.length} answers differ:`}
          </p>
          <ul className="grid grid-cols-1 gap-1">
            {compare.data.differences.map(({ log, part, ours, manager }) => (
              <li key={`${part} ${log}`} className="min-w-0">
                {part}: the manager says <Untrusted text={manager} limit={100} />, our engine{' '}
                <Untrusted text={ours} limit={100} />
                <span className="block font-mono text-xs break-words text-muted">
                  <Untrusted text={log} limit={300} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
