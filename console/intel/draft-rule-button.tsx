import { useMutation } from '@tanstack/react-query'
import { type DraftWanted, readRuleProposal } from '../api/intel.ts'
import { createRuleDraft } from '../api/rules.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { toastFailure } from '../components/toast.tsx'
import { useGo } from '../router.tsx'

/** Opens the rule editor with a first draft for a gap. Nothing is deployed: a person finishes, measures and submits it. */
export function DraftRuleButton({
  reportId,
  wanted,
  label,
}: {
  reportId: string
  wanted: DraftWanted
  label: string
}) {
  const may = useMay('analyst')
  const go = useGo()
  const draft = useMutation({
    mutationFn: async () => createRuleDraft(await readRuleProposal(reportId, wanted)),
    onSuccess: ({ draft }) => go(`/rules/${draft.id}`),
    onError: error => toastFailure('No rule could be drafted', error),
  })
  if (!may) return null
  return (
    <Button className="justify-self-start" busy={draft.isPending} onClick={() => draft.mutate()}>
      {label}
    </Button>
  )
}
