import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Check, Circle, LoaderCircle, SkipForward } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { PlaybookRunView } from '../../src/http/contract-playbooks.ts'
import { readRun, takeStep } from '../api/playbooks.ts'
import { usePerson } from '../api/session.ts'
import { AnswerView } from '../assistant/answer-view.tsx'
import { ShareNote } from '../assistant/share-note.tsx'
import { Button } from '../components/button.tsx'
import { QueryState } from '../components/query-state.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { stepText } from './step-text.ts'

/** A run: how far it is, what each step found, and the next step to take. */
export function RunView({ id }: { id: string }) {
  const query = useQuery({
    queryKey: ['playbook-run', id],
    queryFn: ({ signal }) => readRun(id, signal),
  })
  return (
    <QueryState query={query} what="The run">
      {run => <Run run={run} />}
    </QueryState>
  )
}

function Run({ run }: { run: PlaybookRunView }) {
  const client = useQueryClient()
  const own = usePerson().id === run.by?.id
  const [all, setAll] = useState(false)
  const stopper = useRef<AbortController>(undefined)
  const take = useMutation({
    mutationFn: ({ step, skip }: { step: number; skip?: boolean }) => {
      stopper.current = new AbortController()
      return takeStep(run.id, { step, skip: skip === true }, stopper.current.signal)
    },
    onSuccess: next => {
      client.setQueryData(['playbook-run', run.id], next)
      void client.invalidateQueries({ queryKey: ['playbook-runs', run.caseId] })
    },
    onError: async error => {
      setAll(false)
      if (stopper.current?.signal.aborted !== true) toastFailure('The step was not taken', error)
      await client.invalidateQueries({ queryKey: ['playbook-run', run.id] })
    },
  })
  const { taken } = run
  const done = taken >= run.steps.length
  const { mutate, isPending } = take
  useEffect(() => {
    if (all && !done && !isPending) mutate({ step: taken })
  }, [all, done, isPending, mutate, taken])
  useEffect(() => () => stopper.current?.abort(), [])
  return (
    <section aria-label={`Run of ${run.name}`} className="grid grid-cols-1 gap-3">
      <div className="grid gap-1">
        <progress
          className="h-1.5 w-full appearance-none overflow-hidden rounded [&::-moz-progress-bar]:bg-accent-solid [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent-solid"
          max={run.steps.length}
          value={taken}
          aria-label="Progress"
        />
        <p className="text-sm text-muted" role="status">
          {taken} of {count(run.steps.length, 'step')}.{done ? ' Done.' : ''}
          {run.by !== null && ` Run by ${run.by.displayName}.`}
        </p>
      </div>
      {run.hypothesis !== null && (
        <p className="border-l-2 border-line-strong pl-2 text-sm text-muted">
          Hypothesis: <Untrusted text={run.hypothesis} layout />
        </p>
      )}
      <ol className="grid grid-cols-1 gap-3">
        {run.steps.map((each, at) => (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
            key={at}
            className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-2 gap-y-1"
          >
            <StepMark state={each.state} running={isPending && at === taken} />
            <p className={each.state === 'waiting' ? 'text-muted' : 'font-medium'}>
              <Untrusted text={stepText(each.step)} limit={500} />
            </p>
            {each.answer !== null && (
              <div className="col-start-2 grid grid-cols-1 gap-1">
                <AnswerView answer={each.answer} trailFirst={run.hypothesis !== null} />
                <div>
                  <ShareNote caseId={run.caseId} question={stepText(each.step)} answer={each.answer} />
                </div>
              </div>
            )}
          </li>
        ))}
      </ol>
      {own && !done && (
        <div className="flex flex-wrap gap-2">
          {isPending ? (
            <Button
              onClick={() => {
                setAll(false)
                stopper.current?.abort()
              }}
            >
              Stop
            </Button>
          ) : (
            <>
              <Button look="primary" onClick={() => mutate({ step: taken })}>
                Take step {taken + 1}
              </Button>
              <Button onClick={() => setAll(true)}>Take all that are left</Button>
              <Button look="quiet" onClick={() => mutate({ step: taken, skip: true })}>
                Skip it
              </Button>
            </>
          )}
        </div>
      )}
    </section>
  )
}

const marks = {
  waiting: { Icon: Circle, word: 'Waiting', look: 'text-muted' },
  done: { Icon: Check, word: 'Done', look: 'text-good' },
  skipped: { Icon: SkipForward, word: 'Skipped', look: 'text-muted' },
} as const

function StepMark({ state, running }: { state: keyof typeof marks; running: boolean }) {
  const { Icon, word, look } = running
    ? { Icon: LoaderCircle, word: 'Running', look: 'text-accent motion-safe:animate-spin' }
    : marks[state]
  return (
    <span className="mt-0.5">
      <Icon aria-hidden="true" className={`size-4 ${look}`} />
      <span className="sr-only">{word}:</span>
    </span>
  )
}
