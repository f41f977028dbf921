import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { RuleDraftView } from '../../src/http/contract-rules.ts'
import { failureText } from '../api/request.ts'
import { draftRule } from '../api/rules.ts'
import { Button } from '../components/button.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { TextDiff } from './text-diff.tsx'

/** Asking a model for a draft, and what came of it. Nothing here is the model's word: its draft was run. */
export function RuleDrafting({
  draft,
  writable,
  onTakeBack,
}: {
  draft: RuleDraftView
  writable: boolean
  onTakeBack: (text: string) => void
}) {
  const client = useQueryClient()
  const { drafting } = draft
  const [request, setRequest] = useState(drafting?.request ?? draft.title)
  const ask = useMutation({
    mutationFn: () => draftRule(draft.id, request),
    onSuccess: reply => client.setQueryData(['rule-draft', draft.id], reply),
  })
  const waiting = drafting?.kind === 'waiting'
  return (
    <Section title="Draft by a model">
      {writable && (
        <>
          <TextAreaField
            label="What the rule is to find"
            hint="What it starts from, and saved cases on which it must fire, are shown to the model. Its draft takes the place of the text."
            error={ask.isError ? failureText(ask.error) : undefined}
            rows={3}
            maxLength={4000}
            value={request}
            onChange={event => setRequest(event.target.value)}
          />
          <Button
            className="justify-self-start"
            busy={ask.isPending || waiting}
            disabled={request.trim() === ''}
            onClick={() => ask.mutate()}
          >
            Draft it
          </Button>
        </>
      )}
      {waiting && <p role="status">The model is drafting; each draft is run before it is shown.</p>}
      {drafting?.kind === 'failed' && (
        <p>
          There is no draft: <Untrusted text={drafting.reason} limit={500} />
        </p>
      )}
      {drafting?.kind === 'drafted' && (
        <Outcome drafting={drafting} text={draft.text} {...(writable && { onTakeBack })} />
      )}
    </Section>
  )
}

function Outcome({
  drafting,
  text,
  onTakeBack,
}: {
  drafting: Extract<RuleDraftView['drafting'], { kind: 'drafted' }>
  text: string
  onTakeBack?: (text: string) => void
}) {
  const { model, rounds, complaints, before } = drafting
  return (
    <div className="grid gap-2">
      <p>
        Drafted by {model} in {count(rounds, 'round')}
        {complaints.length === 0 ? ', all tests pass.' : '. What it still does wrong:'}
      </p>
      {complaints.length > 0 && (
        <ul className="list-disc pl-5">
          {complaints.map(complaint => (
            <li key={complaint}>
              <Untrusted text={complaint} limit={400} />
            </li>
          ))}
        </ul>
      )}
      {before !== undefined && (
        <details>
          <summary>What it changed</summary>
          <TextDiff label="What the model changed" before={before} after={text} />
          {onTakeBack !== undefined && (
            <Button look="quiet" onClick={() => onTakeBack(before)}>
              Take the text before back into the editor
            </Button>
          )}
        </details>
      )}
    </div>
  )
}
