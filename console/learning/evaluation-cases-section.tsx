import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { EvaluationCaseView } from '../../src/http/contract-learning.ts'
import { listEvaluationCases, withdrawEvaluationCase } from '../api/learning.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { ReasonDialog } from '../components/reason-dialog.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** What people decided, as questions with known answers. */
export function EvaluationCasesSection() {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ['evaluation-cases'],
    queryFn: ({ signal }) => listEvaluationCases(signal),
  })
  const [changing, setChanging] = useState<EvaluationCaseView>()
  const change = useMutation({
    mutationFn: ({ id, withdrawn, reason }: { id: string; withdrawn: boolean; reason: string }) =>
      withdrawEvaluationCase(id, withdrawn, reason),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['evaluation-cases'] })
      setChanging(undefined)
    },
    onError: error => toastFailure('Not changed', error),
  })
  return (
    <Section title="Evaluation cases">
      <p className="text-muted">
        Every verdict of a person is a question with a known answer:{' '}
        <code>tocsin eval run feedback --model NAME</code> asks them. Take out what nobody would stand by.
      </p>
      <QueryState query={query} what="The evaluation cases">
        {({ cases }) => (
          <DataTable
            label="Questions with known answers"
            rows={cases}
            rowKey={({ id }) => id}
            empty="Nobody has decided a case or a mail yet."
            columns={[
              { title: 'Question', cell: each => <Untrusted text={each.title} /> },
              { title: 'Kind', cell: each => each.kind },
              {
                title: 'Right answer',
                cell: each => (
                  <Untrusted
                    text={
                      typeof each.expected === 'string'
                        ? each.expected.replaceAll('_', ' ')
                        : each.expected.join(', ')
                    }
                  />
                ),
              },
              { title: 'Corrected', cell: each => (each.corrected ? 'yes' : '') },
              { title: 'When', cell: each => <Moment atMs={each.atMs} /> },
              {
                title: 'State',
                cell: each =>
                  each.withdrawn ? (
                    <>
                      out: <Untrusted text={each.reason} />
                    </>
                  ) : (
                    'in'
                  ),
              },
              {
                title: 'Change',
                hidden: true,
                cell: each => (
                  <Button look="quiet" onClick={() => setChanging(each)}>
                    {each.withdrawn ? 'Put back' : 'Take out'}
                  </Button>
                ),
              },
            ]}
          />
        )}
      </QueryState>
      {changing !== undefined && (
        <ReasonDialog
          title={changing.withdrawn ? 'Put it back into evaluation' : 'Take it out of evaluation'}
          action={changing.withdrawn ? 'Put back' : 'Take out'}
          busy={change.isPending}
          onSubmit={reason => change.mutate({ id: changing.id, withdrawn: !changing.withdrawn, reason })}
          onClose={() => setChanging(undefined)}
        />
      )}
    </Section>
  )
}
