import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { RemediationStep } from '../../src/http/contract-respond.ts'
import { draftProposal } from '../api/assistant.ts'
import { readCaseResponse } from '../api/respond.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Link } from '../components/link.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** The response steps of a case that can be prepared as drafts. Preparing is a click of a person, and only that. */
export function DraftSteps({ caseId }: { caseId: string }) {
  const query = useQuery({
    queryKey: ['proposals', 'case', caseId, 'assistant'],
    queryFn: ({ signal }) => readCaseResponse(caseId, signal),
  })
  return (
    <QueryState query={query} what="The response">
      {data => {
        const steps = data.steps.filter(step => step.action !== null)
        return steps.length === 0 ? (
          <p className="text-muted">No step of this case can be carried out by Tocsin.</p>
        ) : (
          <ol className="grid gap-2" aria-label="Steps that can be prepared">
            {steps.map(step => (
              <DraftStep key={`${step.text}${step.why}`} caseId={caseId} step={step} />
            ))}
          </ol>
        )
      }}
    </QueryState>
  )
}

function DraftStep({ caseId, step }: { caseId: string; step: RemediationStep }) {
  const client = useQueryClient()
  const mayPrepare = useMay('analyst')
  const prepare = useMutation({
    mutationFn: async () => {
      if (step.action === null) throw new Error('this step is for hands')
      return draftProposal({
        caseId,
        action: step.action.action,
        agentId: step.action.target.agentId,
        arguments: step.action.arguments,
        reason: step.why,
      })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['proposals'] }),
    onError: error => toastFailure('Not prepared', error),
  })
  return (
    <li className="grid gap-1 border-l-2 border-line-strong pl-2">
      <span>
        <Untrusted text={step.text} />
      </span>
      <span className="text-sm text-muted">
        <Untrusted text={step.why} />
      </span>
      {prepare.isSuccess ? (
        <Link href="/approvals" className="justify-self-start text-accent underline">
          Prepared as your draft: see Approvals
        </Link>
      ) : (
        mayPrepare && (
          <Button className="justify-self-start" busy={prepare.isPending} onClick={() => prepare.mutate()}>
            Prepare a draft
          </Button>
        )
      )}
    </li>
  )
}
