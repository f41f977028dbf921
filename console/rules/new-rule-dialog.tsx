import { useState } from 'react'
import type { NewRuleBody, RuleKind } from '../../src/http/contract-rules.ts'
import { createRuleDraft } from '../api/rules.ts'
import { TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { useGo } from '../router.tsx'
import { ruleKinds } from './rule-kind.ts'

/** What a new rule is about, where it starts from something. `title` is what people read of it. */
export interface RuleStart {
  readonly from: NonNullable<NewRuleBody['from']>
  readonly title: string
}

const starts: Readonly<Record<RuleStart['from']['kind'], string>> = {
  case: 'Starts from the case',
  report: 'Starts from the report',
  'noisy-rule': 'Draws an exception from the noise of',
  conversion: 'Turns into a Wazuh rule',
}

const onlyWazuh = new Set<RuleStart['from']['kind']>(['noisy-rule', 'conversion'])

/** Asks for a name and a kind, and starts a draft. `title`: what to offer as the name, where not what it starts from. */
export function NewRuleDialog({
  start,
  title: offered,
  onClose,
}: {
  start?: RuleStart
  title?: string
  onClose: () => void
}) {
  const go = useGo()
  const [title, setTitle] = useState((offered ?? start?.title ?? '').slice(0, 200))
  const [kind, setKind] = useState<RuleKind>('wazuh')
  const create = async () => {
    const { draft } = await createRuleDraft({
      kind,
      title,
      ...(start === undefined ? {} : { from: start.from }),
    })
    go(`/rules/${draft.id}`)
  }
  const kinds = Object.entries(ruleKinds) as [RuleKind, (typeof ruleKinds)[RuleKind]][] // Exactly its members.
  return (
    <FormDialog title="New rule" action="Create" send={create} onClose={onClose}>
      {start !== undefined && (
        <p className="text-muted">
          {starts[start.from.kind]} <Untrusted text={start.title} limit={200} />.
        </p>
      )}
      <TextField
        label="What it detects"
        value={title}
        required
        maxLength={200}
        onChange={event => setTitle(event.target.value)}
      />
      {!(start && onlyWazuh.has(start.from.kind)) && (
        <fieldset className="grid gap-1.5">
          <legend className="text-sm font-medium">Kind</legend>
          {kinds.map(([value, { name, about }]) => (
            <label key={value} className="flex items-start gap-2">
              <input
                type="radio"
                name="kind"
                className="mt-1"
                checked={kind === value}
                onChange={() => setKind(value)}
              />
              <span>
                {name} <span className="block text-xs text-muted">{about}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </FormDialog>
  )
}
