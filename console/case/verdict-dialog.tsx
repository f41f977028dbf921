import { useState } from 'react'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { TextAreaField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { type Verdict, verdictLooks, verdictOrder } from '../components/verdict.tsx'

/** Reasons that feed reports: one click, then edit. */
const commonReasons: Readonly<Record<Verdict, readonly string[]>> = {
  true_positive: [
    'Confirmed intrusion',
    'Malware confirmed',
    'Policy breach confirmed',
    'Account compromised',
  ],
  benign_true_positive: [
    'Authorised test',
    'Planned administration',
    'Known scanner of ours',
    'Accepted risk',
  ],
  false_positive: ['Rule too broad', 'Known software behaviour', 'Data error in the log', 'Duplicate'],
  undetermined: ['Logs are missing', 'Waiting for the owner', 'Host cannot be reached'],
}

/**
 * Asks for a verdict and its reason. A reason is asked for always and required for more than one case: somebody reads it
 * in the report. Ctrl-Enter sends.
 */
export function VerdictDialog({
  count,
  initial,
  busy,
  onSubmit,
  onClose,
}: {
  count: number
  initial: Verdict
  busy: boolean
  onSubmit: (verdict: Verdict, reason: string) => void
  onClose: () => void
}) {
  const [verdict, setVerdict] = useState(initial)
  const [reason, setReason] = useState('')
  const [missing, setMissing] = useState(false)
  const submit = () => {
    if (count > 1 && reason.trim() === '') setMissing(true)
    else onSubmit(verdict, reason.trim())
  }
  return (
    <Dialog title={count === 1 ? 'Give a verdict' : `One verdict for ${count} cases`} onClose={onClose}>
      <Form
        className="grid gap-3"
        onSubmit={submit}
        onKeyDown={event => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
      >
        <VerdictChoice verdict={verdict} onChange={setVerdict} />
        <TextAreaField
          label="Reason"
          hint="For the report and for the next analyst who meets this."
          error={missing ? 'Several cases at once need a reason.' : undefined}
          rows={3}
          maxLength={4000}
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
        <div className="flex flex-wrap gap-1.5">
          {commonReasons[verdict].map(each => (
            <Button key={each} onClick={() => setReason(each)}>
              {each}
            </Button>
          ))}
        </div>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={busy} keys="Ctrl-Enter">
            {count === 1 ? 'Close the case' : `Close ${count} cases`}
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

function VerdictChoice({ verdict, onChange }: { verdict: Verdict; onChange: (verdict: Verdict) => void }) {
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 font-medium">Verdict</legend>
      {verdictOrder.map(each => {
        const { word, meaning, Icon, color } = verdictLooks[each]
        return (
          <label
            key={each}
            className="flex items-start gap-2 rounded border border-line px-2 py-1.5 has-checked:border-accent has-checked:bg-selected"
          >
            <input
              type="radio"
              name="verdict"
              className="mt-1"
              checked={each === verdict}
              onChange={() => onChange(each)}
            />
            <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${color}`} />
            <span>
              <span className="block font-medium">{word}</span>
              <span className="block text-xs text-muted">{meaning}</span>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
