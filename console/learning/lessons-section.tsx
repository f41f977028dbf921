import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FeedbackView, LessonView } from '../../src/http/contract-learning.ts'
import { readCase } from '../api/cases.ts'
import { decideLesson, listFeedback, listLessons } from '../api/learning.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { CaseLink } from '../components/link.tsx'
import { Moment, useNow } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { ReasonDialog } from '../components/reason-dialog.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { VerdictLabel } from '../components/verdict.tsx'
import { useSearchValues } from '../router.tsx'
import { KeepQuestionDialog } from './keep-question-dialog.tsx'
import { emptyLesson, LessonDialog } from './lesson-dialog.tsx'

/** Lessons, and what could be taught. `?case=` opens a new one from that case, `?question=` keeps a question. */
export function LessonsSection() {
  const [search, setSearch] = useSearchValues()
  const [writing, setWriting] = useState(false)
  const fromCase = useQuery({
    queryKey: ['case', search.case ?? ''],
    queryFn: ({ signal }) => readCase(search.case ?? '', signal),
    enabled: search.case !== undefined,
  })
  const close = () => {
    setWriting(false)
    setSearch({ case: undefined, question: undefined })
  }
  const detail = search.case === undefined ? undefined : fromCase.data
  return (
    <>
      <Lessons onWrite={() => setWriting(true)} />
      <Teachable onWrite={id => setSearch({ case: id })} />
      {writing && <LessonDialog start={emptyLesson} onClose={close} />}
      {detail !== undefined && (
        <LessonDialog
          start={{
            ...emptyLesson,
            source: detail.decision?.verdict === detail.case.proposedVerdict ? 'verdict' : 'correction',
            caseId: detail.case.id,
            scope: 'like',
            scopeValue: detail.case.title,
            text: detail.decision?.reason ?? '',
            verdict: detail.decision?.verdict ?? null,
          }}
          onClose={close}
        />
      )}
      {search.question !== undefined && <KeepQuestionDialog question={search.question} onClose={close} />}
    </>
  )
}

const stateWords: Readonly<Record<LessonView['state'], string>> = {
  waiting: 'waits for a second person',
  active: 'told',
  refused: 'refused',
  revoked: 'taken back',
}

const scopeWords = (scope: LessonView['scope'], value: string) =>
  scope === 'everywhere' ? 'every case' : scope === 'like' ? value : `${scope} ${value}`

function Lessons({ onWrite }: { onWrite: () => void }) {
  const query = useQuery({ queryKey: ['lessons'], queryFn: ({ signal }) => listLessons(signal) })
  const client = useQueryClient()
  const [deciding, setDeciding] = useState<{ lesson: LessonView; to: 'active' | 'refused' | 'revoked' }>()
  const now = useNow()
  const decide = useMutation({
    mutationFn: ({ id, to, reason }: { id: string; to: 'active' | 'refused' | 'revoked'; reason: string }) =>
      decideLesson(id, to, reason),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['lessons'] })
      toast('Done, and written to the ledger.')
      setDeciding(undefined)
    },
    onError: error => toastFailure('Not done', error),
  })
  return (
    <Section title="Lessons">
      <p className="text-muted">
        A lesson stands beside the evidence of later cases in its scope, for people and models to read. It
        instructs nobody and changes no verdict; it ends by itself.
      </p>
      <Button className="justify-self-start" onClick={onWrite}>
        Write a lesson
      </Button>
      <QueryState query={query} what="The lessons">
        {({ lessons }) => (
          <DataTable
            label="Lessons taught"
            rows={lessons}
            rowKey={({ id }) => id}
            empty="Nothing has been taught yet. Verdicts with a reason are what lessons are made of."
            columns={[
              {
                title: 'Lesson',
                cell: each => (
                  <div className="grid min-w-56 gap-1">
                    <Untrusted text={each.text} />
                    {each.verdict !== null && <VerdictLabel verdict={each.verdict} short />}
                    {each.state === 'waiting' &&
                      each.findings.map(({ text }) => (
                        <span key={text} className="text-xs text-medium">
                          <Untrusted text={text} />
                        </span>
                      ))}
                  </div>
                ),
              },
              {
                title: 'About',
                cell: each => <Untrusted text={scopeWords(each.scope, each.scopeValue)} />,
              },
              {
                title: 'State',
                cell: each =>
                  each.state === 'active' && each.expiresMs <= now ? 'over' : stateWords[each.state],
              },
              {
                title: 'By',
                cell: each => (
                  <>
                    {each.createdBy?.displayName ?? '—'}, <Moment atMs={each.createdMs} />
                  </>
                ),
              },
              { title: 'Until', cell: each => <Moment atMs={each.expiresMs} /> },
              {
                title: 'Decide',
                hidden: true,
                cell: each => (
                  <span className="flex flex-wrap gap-1">
                    {each.mayApprove && (
                      <Button onClick={() => setDeciding({ lesson: each, to: 'active' })}>
                        Let it be told
                      </Button>
                    )}
                    {each.mayRevoke && (
                      <Button
                        look="quiet"
                        onClick={() =>
                          setDeciding({ lesson: each, to: each.state === 'waiting' ? 'refused' : 'revoked' })
                        }
                      >
                        {each.state === 'waiting' ? 'Refuse' : 'Take back'}
                      </Button>
                    )}
                  </span>
                ),
              },
            ]}
          />
        )}
      </QueryState>
      {deciding !== undefined && (
        <ReasonDialog
          title={deciding.to === 'active' ? 'Let this lesson be told' : 'Take this lesson back'}
          action={deciding.to === 'active' ? 'Let it be told' : 'Take it back'}
          busy={decide.isPending}
          onSubmit={reason => decide.mutate({ id: deciding.lesson.id, to: deciding.to, reason })}
          onClose={() => setDeciding(undefined)}
        />
      )}
    </Section>
  )
}

const feedbackWords: Readonly<Record<FeedbackView['kind'], string>> = {
  verdict: 'verdict',
  correction: 'correction',
  rating: 'review of a brief',
}

function Teachable({ onWrite }: { onWrite: (caseId: string) => void }) {
  const query = useQuery({ queryKey: ['feedback'], queryFn: ({ signal }) => listFeedback(signal) })
  return (
    <Section title="What could be taught">
      <QueryState query={query} what="What people said">
        {({ feedback }) => (
          <DataTable
            label="What people said"
            rows={feedback}
            rowKey={each => `${each.kind} ${each.caseId} ${each.atMs}`}
            empty="No verdict has a reason yet, and nobody has decided otherwise than was proposed. Sample cases do not count."
            columns={[
              {
                title: 'Case',
                cell: each => <CaseLink id={each.caseId} title={each.title} />,
              },
              { title: 'What', cell: each => feedbackWords[each.kind] },
              {
                title: 'Decided',
                cell: each => (each.verdict === null ? '—' : <VerdictLabel verdict={each.verdict} short />),
              },
              {
                title: 'Proposed',
                cell: each =>
                  each.proposed === null ? '—' : <VerdictLabel verdict={each.proposed} short proposed />,
              },
              { title: 'Reason', cell: each => <Untrusted text={each.reason} /> },
              {
                title: 'By',
                cell: each => (
                  <>
                    {each.by?.displayName ?? '—'}, <Moment atMs={each.atMs} />
                  </>
                ),
              },
              {
                title: 'Teach',
                hidden: true,
                cell: each => (
                  <Button look="quiet" onClick={() => onWrite(each.caseId)}>
                    {each.lessons === 0 ? 'Write a lesson' : `${each.lessons} taught; write another`}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </QueryState>
    </Section>
  )
}
