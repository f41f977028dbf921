import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Check, X } from 'lucide-react'
import { useState } from 'react'
import type { Measurement } from '../../src/http/contract-rule-measurement.ts'
import type { RuleCandidate, RuleDraftReply, RuleSample } from '../../src/http/contract-rules.ts'
import { addRuleSample, drawCandidates, removeRuleSample } from '../api/rules.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { Complaint } from '../components/complaint.tsx'
import { FileField } from '../components/field.tsx'
import { Section } from '../components/section.tsx'
import { toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

type Judged = NonNullable<Extract<Measurement, { kind: 'proven' }>['proof']['samples']>

/** Files that a YARA rule must or must not match, and the strings that can be drawn from them. */
export function RuleSamples({
  draftId,
  samples,
  judged,
  writable,
  onInsert,
}: {
  draftId: string
  samples: readonly RuleSample[]
  judged: Judged
  writable: boolean
  onInsert: (candidate: RuleCandidate) => void
}) {
  const client = useQueryClient()
  const [mustMatch, setMustMatch] = useState(true)
  const settle = (reply: RuleDraftReply) => client.setQueryData(['rule-draft', draftId], reply)
  const add = useMutation({
    mutationFn: (file: File) => addRuleSample(draftId, file, mustMatch),
    onSuccess: settle,
    onError: error => toastFailure('The sample could not be added', error),
  })
  const remove = useMutation({
    mutationFn: (id: string) => removeRuleSample(draftId, id),
    onSuccess: settle,
    onError: error => toastFailure('The sample could not be removed', error),
  })
  return (
    <Section title="Samples">
      {samples.length === 0 && (
        <p className="text-muted">
          No samples yet. Files stay in the database, are scanned in a process of their own, and never run.
        </p>
      )}
      <ul className="grid grid-cols-1 gap-1">
        {samples.map(sample => (
          <li key={sample.id} className="flex flex-wrap items-center gap-x-3">
            <span className="min-w-0 break-all">
              <Untrusted text={sample.name} limit={80} />
            </span>
            <span className="text-xs text-muted">
              {sample.mustMatch ? 'must match' : 'must not match'}, {sample.sizeBytes.toLocaleString('en')}{' '}
              bytes,{' '}
              <span className="font-mono" title={sample.sha256}>
                {sample.sha256.slice(0, 12)}…
              </span>
            </span>
            <Outcome result={judged.find(one => one.sha256 === sample.sha256)} />
            {writable && (
              <Button look="quiet" onClick={() => remove.mutate(sample.id)}>
                Remove<span className="sr-only"> {sample.name}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {writable && (
        <div className="flex flex-wrap items-end gap-3 rounded border border-dashed border-line-strong p-3">
          <FileField
            label="Add a sample"
            hint="Up to 8 MB. Save your text first: adding one reloads the draft."
            disabled={add.isPending}
            onFile={file => add.mutate(file)}
          />
          <CheckField checked={mustMatch} onChange={setMustMatch}>
            must match
          </CheckField>
        </div>
      )}
      {writable && samples.some(sample => sample.mustMatch) && (
        <Candidates draftId={draftId} onInsert={onInsert} />
      )}
    </Section>
  )
}

function Outcome({ result }: { result: Judged[number] | undefined }) {
  if (result === undefined) return null
  const { pass, rules, trouble } = result
  const Icon = pass ? Check : X
  return (
    <span className={`flex items-center gap-1 ${pass ? 'text-good' : 'text-bad'}`}>
      <Icon aria-hidden="true" className="size-4" />
      {trouble ?? (rules.length === 0 ? 'no match' : `matched by ${rules.join(', ')}`)}
    </span>
  )
}

function Candidates({
  draftId,
  onInsert,
}: {
  draftId: string
  onInsert: (candidate: RuleCandidate) => void
}) {
  const draw = useMutation({ mutationFn: () => drawCandidates(draftId) })
  return (
    <div className="grid grid-cols-1 gap-2">
      <Button className="justify-self-start" busy={draw.isPending} onClick={() => draw.mutate()}>
        Draw strings from the samples
      </Button>
      {draw.isPending && <p role="status">Searching clean files for them; this takes up to half a minute.</p>}
      <Complaint error={draw.error} />
      {draw.data && (
        <>
          <p className="text-muted">
            {draw.data.inCleanFiles.toLocaleString('en')} strings were left out: they stand in{' '}
            {draw.data.corpus.files.toLocaleString('en')} clean files too
            {draw.data.corpus.cutShort && ' (as many as there was time for)'}.
          </p>
          <ol aria-label="String candidates" className="grid max-h-96 grid-cols-1 gap-1 overflow-y-auto">
            {draw.data.candidates.map(candidate => (
              <li
                key={`${candidate.encoding} ${candidate.text}`}
                className="flex items-start gap-2 border-b border-line py-1"
              >
                <Button look="quiet" onClick={() => onInsert(candidate)}>
                  Insert<span className="sr-only"> {candidate.text}</span>
                </Button>
                <span className="grid min-w-0">
                  <span className="font-mono text-xs break-all">
                    <Untrusted text={candidate.text} limit={128} />
                  </span>
                  <span className="text-xs text-muted">
                    score {candidate.score}, {candidate.encoding}
                    {candidate.reasons.length > 0 && `: ${candidate.reasons.join(', ')}`}
                  </span>
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  )
}
