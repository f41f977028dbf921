import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { CaseDetail } from '../../src/http/contract-cases.ts'
import type { PlaybookView } from '../../src/http/contract-playbooks.ts'
import { readLearning } from '../api/assistant.ts'
import { startRun } from '../api/playbooks.ts'
import { Field, inputClass, TextAreaField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
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
  const start = async () => {
    const run = await startRun(playbook.id, {
      caseId: detail.case.id,
      values,
      ...(learns ? { hypothesis } : {}),
    })
    await client.invalidateQueries({ queryKey: ['playbook-runs', detail.case.id] })
    onStarted(run.id)
  }
  return (
    <FormDialog title={`Run ${playbook.name}`} action="Start" send={start} onClose={onClose}>
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
        <TextAreaField
          label="Your own hypothesis"
          hint="Asked for first in learning mode."
          rows={2}
          required
          maxLength={4000}
          value={hypothesis}
          onChange={event => setHypothesis(event.target.value)}
        />
      )}
    </FormDialog>
  )
}
