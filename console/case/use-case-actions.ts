import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CaseSummary } from '../../src/http/contract-cases.ts'
import { claimCase, releaseCase, reopenCase, setVerdict, setVerdicts } from '../api/cases.ts'
import { RequestFailure } from '../api/request.ts'
import { toast, toastFailure } from '../components/toast.tsx'
import { type Verdict, verdictLooks } from '../components/verdict.tsx'
import { usePatchQueues } from '../queue/use-queue.ts'

/** What a person does to cases, from the queue and from the case page alike; both are brought up to date after each. */
export function useCaseActions() {
  const client = useQueryClient()
  const patchQueues = usePatchQueues()
  const changed = (cases: readonly CaseSummary[]) => {
    patchQueues(cases)
    for (const each of cases) void client.invalidateQueries({ queryKey: ['case', each.id] })
  }

  const claim = useMutation({
    mutationFn: ({ id, takeOver = false }: { id: string; takeOver?: boolean; quiet?: boolean }) =>
      claimCase(id, takeOver),
    onSuccess: ({ case: claimed }) => changed([claimed]),
    onError: (error, { quiet }) => {
      // Opening a case that a colleague has just taken is no failure: the page shows whose it is.
      if (!(quiet && error instanceof RequestFailure && error.status === 409))
        toastFailure('Not claimed', error)
    },
  })
  const release = useMutation({
    mutationFn: (id: string) => releaseCase(id),
    onSuccess: ({ case: released }) => changed([released]),
    onError: error => toastFailure('Not released', error),
  })
  const reopen = useMutation({
    mutationFn: ({ id, reason }: { id: string; reason: string }) => reopenCase(id, reason),
    onSuccess: ({ case: reopened }) => {
      changed([reopened])
      toast('Reopened: the case is back in the queue.')
    },
    onError: error => toastFailure('Not reopened', error),
  })
  const decide = useMutation({
    mutationFn: async ({
      ids,
      verdict,
      reason,
    }: {
      ids: readonly string[]
      verdict: Verdict
      reason: string
    }) => {
      const [only] = ids
      if (ids.length === 1 && only !== undefined) {
        await setVerdict(only, { verdict, reason })
        return { changed: [only], problems: [] }
      }
      return setVerdicts({ ids: [...ids], verdict, reason })
    },
    onSuccess: ({ changed: done, problems }, { verdict }) => {
      void client.invalidateQueries({ queryKey: ['cases'] })
      for (const id of done) void client.invalidateQueries({ queryKey: ['case', id] })
      const word = verdictLooks[verdict].word.toLowerCase()
      toast(done.length === 1 ? `Closed as ${word}.` : `${done.length} cases closed as ${word}.`)
      const [first] = problems
      if (first !== undefined)
        toastFailure(`${problems.length} of them could not be closed`, new Error(first.message))
    },
    onError: error => toastFailure('No verdict was set', error),
  })
  return { claim, release, reopen, decide }
}
