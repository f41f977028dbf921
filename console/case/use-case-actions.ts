import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { CaseSummary } from '../../src/http/contract-queue.ts'
import { claimCase, releaseCase, reopenCase, setVerdict, setVerdicts } from '../api/cases.ts'
import { RequestFailure } from '../api/request.ts'
import { toast, toastFailure } from '../components/toast.tsx'
import { type Verdict, verdictLooks } from '../components/verdict.tsx'
import { usePatchQueues } from '../queue/use-queue.ts'

/** As many as the server takes in one request. */
const casesPerRequest = 1000

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
  const claimMany = useMutation({
    mutationFn: (ids: readonly string[]) => oneByOne(ids, claimCase),
    onSuccess: outcome => {
      changed(outcome.cases)
      sayOutcome('claimed', outcome)
    },
  })
  const releaseMany = useMutation({
    mutationFn: (ids: readonly string[]) => oneByOne(ids, releaseCase),
    onSuccess: outcome => {
      changed(outcome.cases)
      sayOutcome('given back', outcome)
    },
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
      const replies = []
      for (let from = 0; from < ids.length; from += casesPerRequest)
        replies.push(await setVerdicts({ ids: ids.slice(from, from + casesPerRequest), verdict, reason }))
      return {
        changed: replies.flatMap(reply => reply.changed),
        problems: replies.flatMap(reply => reply.problems),
      }
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
  return { claim, claimMany, release, releaseMany, reopen, decide }
}

interface Outcome {
  readonly cases: readonly CaseSummary[]
  readonly failures: readonly Error[]
}

/** One request after the other, so that a large selection does not run into the rate limit's burst. */
async function oneByOne(
  ids: readonly string[],
  change: (id: string) => Promise<{ readonly case: CaseSummary }>,
): Promise<Outcome> {
  const cases: CaseSummary[] = []
  const failures: Error[] = []
  for (const id of ids) {
    try {
      cases.push((await change(id)).case)
    } catch (error) {
      failures.push(error instanceof Error ? error : new Error(String(error)))
    }
  }
  return { cases, failures }
}

function sayOutcome(done: string, { cases, failures }: Outcome): void {
  if (cases.length > 0) toast(`${cases.length} ${cases.length === 1 ? 'case' : 'cases'} ${done}.`)
  const [first] = failures
  if (first !== undefined) toastFailure(`${failures.length} not ${done}`, first)
}
