import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import type { PlaybookView } from '../../src/http/contract-playbooks.ts'
import { readLearning } from '../api/assistant.ts'
import { startRun } from '../api/playbooks.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Asks for the parameters, with what the case names offered, and starts a run. */
export function StartRun({
  playbook,
  detail,
  onStarted,
  onClose,
}: {
  playbook: PlaybookView
  detail: CaseDetail
  onStarted: (runId: string) => void
  onClose: () => void
}) {
  const client = useQueryClient()
  const learning = useQuery({ queryKey: ['learning'], queryFn: ({ signal }) => readLearning(signal) })
  const learns = learning.data?.wanted === true || learning.data?.required === true
  const [hypothesis, setHypothesis] = useState('')
  // Where something came from is asked about more often than where it went: the host's own address is in every alert.
  const offered = (type: string | null) =>
    detail.entities
      .filter(entity => entity.type === type)
      .toSorted((a, b) => Number(b.roles.includes('source')) - Number(a.roles.includes('source')))
      .map(entity => entity.value)
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(
      playbook.parameters.map(({ name, entityType }) => [name, offered(entityType)[0] ?? '']),
    ),
  )
  const start = useMutation({
    mutationFn: () =>
      startRun(playbook.id, { caseId: detail.case.id, values, ...(learns ? { hypothesis } : {}) }),
    onSuccess: async run => {
      await client.invalidateQueries({ queryKey: ['playbook-runs', detail.case.id] })
      onStarted(run.id)
    },
  })
  return (
    <Dialog title={`Run ${playbook.name}`} onClose={onClose}>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          start.mutate()
        }}
      >
        {playbook.description !== '' && (
          <p className="text-muted">
            <Untrusted text={playbook.description} layout />
          </p>
        )}
        {playbook.parameters.map(({ name, label, entityType }) => (
          <Field key={name} label={label}>
            {control => (
              <>
                <input
                  {...control}
                  required
                  maxLength={500}
                  list={`${control.id}-offered`}
                  className={inputClass}
                  value={values[name] ?? ''}
                  onChange={event => setValues(now => ({ ...now, [name]: event.target.value }))}
                />
                <datalist id={`${control.id}-offered`}>
                  {offered(entityType)
                    .slice(0, 50)
                    .map(value => (
                      <option key={value} value={value} />
                    ))}
                </datalist>
              </>
            )}
          </Field>
        ))}
        {learns && (
          <Field label="Your own hypothesis" hint="Asked for first in learning mode.">
            {control => (
              <textarea
                {...control}
                rows={2}
                required
                maxLength={4000}
                className={inputClass}
                value={hypothesis}
                onChange={event => setHypothesis(event.target.value)}
              />
            )}
          </Field>
        )}
        {start.isError && (
          <p role="alert" className="font-medium text-bad">
            Not started: {failureText(start.error)}
          </p>
        )}
        <Button type="submit" look="primary" className="justify-self-end" busy={start.isPending}>
          Start
        </Button>
      </form>
    </Dialog>
  )
}
