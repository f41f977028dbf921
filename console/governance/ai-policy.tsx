import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { acknowledgePolicy, readAiPolicy } from '../api/governance.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { RecordDialog } from './register-section.tsx'
import { registers } from './registers.ts'

/** To start from; an organisation writes its own. */
const draft = `1. A model proposes. A named person decides, and answers for the decision.
2. What a model says is checked against the evidence that it cites before anybody acts on it.
3. Secrets and personal data are not typed into any model outside Tocsin.
4. A model's output is not evidence in a report; the log lines that it points at are.
5. A wrong or harmful answer is reported as an AI incident on this page, the same day.
6. Nobody approves an action that they have not read.`

/** The policy on the use of AI, its acknowledgement, and who still owes it. */
export function AiPolicySection() {
  const client = useQueryClient()
  const mayWrite = useMay('approver')
  const [editing, setEditing] = useState(false)
  const query = useQuery({
    queryKey: ['governance', 'ai-policy'],
    queryFn: ({ signal }) => readAiPolicy(signal),
  })
  const accept = useMutation({
    mutationFn: acknowledgePolicy,
    onSuccess: () => client.invalidateQueries({ queryKey: ['governance', 'ai-policy'] }),
    onError: error => toastFailure('Not acknowledged', error),
  })
  return (
    <Section title="Policy on the use of AI">
      <QueryState query={query} what="The policy">
        {({ policy, acknowledgedMs, people }) => (
          <>
            {policy === null ? (
              <p className="text-muted">
                There is no policy yet. {mayWrite && 'A draft to start from is ready.'}
              </p>
            ) : (
              <article className="grid gap-2 rounded border border-line bg-surface p-3">
                <h3 className="font-semibold">
                  <Untrusted text={policy.title} />{' '}
                  <span className="font-normal text-muted">
                    version {policy.version}, <Moment atMs={policy.changedMs} />
                  </span>
                </h3>
                <p>
                  <Untrusted text={policy.text} limit={50_000} layout />
                </p>
                {acknowledgedMs === null ? (
                  <Button
                    look="primary"
                    className="justify-self-start"
                    busy={accept.isPending}
                    onClick={() => accept.mutate(policy.version)}
                  >
                    I have read it and will keep to it
                  </Button>
                ) : (
                  <p className="text-good">
                    You acknowledged it <Moment atMs={acknowledgedMs} />.
                  </p>
                )}
              </article>
            )}
            {mayWrite && (
              <Button className="justify-self-start" onClick={() => setEditing(true)}>
                {policy === null ? 'Write the policy' : 'Write the next version'}
              </Button>
            )}
            {people !== null && (
              <DataTable
                label="Acknowledgements"
                rows={people}
                rowKey={({ person }) => person.id}
                empty=""
                columns={[
                  {
                    title: 'Person',
                    cell: ({ person }) => <Untrusted text={person.displayName} />,
                  },
                  {
                    title: 'Acknowledged',
                    cell: ({ atMs }) =>
                      atMs === null ? <span className="text-bad">not yet</span> : <Moment atMs={atMs} />,
                  },
                ]}
              />
            )}
            {editing && (
              <RecordDialog
                register={registers.policy}
                record={{
                  id: 'policy',
                  version: policy?.version ?? 0,
                  content: {
                    title: policy?.title ?? 'Working with AI in this SOC',
                    text: policy?.text ?? draft,
                  },
                }}
                onClose={() => setEditing(false)}
              />
            )}
          </>
        )}
      </QueryState>
    </Section>
  )
}
