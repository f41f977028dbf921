import { Check, X } from 'lucide-react'
import type { Measurement } from '../../src/http/contract-rule-measurement.ts'
import type { RuleDraftBody, RuleKind } from '../../src/http/contract-rules.ts'
import { Button } from '../components/button.tsx'
import { CheckField } from '../components/check-field.tsx'
import { inputClass } from '../components/field.tsx'
import { Section } from '../components/section.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { ruleKinds } from './rule-kind.ts'

type Cases = RuleDraftBody['cases']
type Judged = Extract<Measurement, { kind: 'proven' }>['proof']['cases']

/** Logs on which the rule must or must not fire, with what it did. */
export function RuleCases({
  kind,
  cases,
  judged,
  writable,
  onChange,
}: {
  kind: RuleKind
  cases: Cases
  judged: Judged
  writable: boolean
  onChange: (cases: Cases) => void
}) {
  const words = ruleKinds[kind]
  const change = (index: number, part: Partial<Cases[number]>) =>
    onChange(cases.map((one, at) => (at === index ? { ...one, ...part } : one)))
  return (
    <Section title={words.cases}>
      {cases.length === 0 && <p className="text-muted">{words.noCases}</p>}
      <ol className="grid grid-cols-1 gap-3">
        {cases.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a case is its place in the list
          <li key={index} className="grid gap-1">
            <textarea
              aria-label={`${words.oneCase} ${index + 1}`}
              className={`${inputClass} font-mono`}
              rows={2}
              value={one.log}
              readOnly={!writable}
              onChange={event => change(index, { log: event.target.value })}
            />
            <div className="flex flex-wrap items-center gap-3">
              <CheckField
                checked={one.fires}
                disabled={!writable}
                onChange={fires => change(index, { fires })}
              >
                {words.wanted}
              </CheckField>
              <Outcome
                kind={kind}
                result={judged.find(({ log, fires }) => log === one.log && fires === one.fires)}
              />
              {writable && (
                <Button look="quiet" onClick={() => onChange(cases.filter((_, at) => at !== index))}>
                  Remove
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      {writable && (
        <Button
          className="justify-self-start"
          onClick={() => onChange([...cases, { log: '', fires: cases.length === 0 }])}
        >
          {words.addCase}
        </Button>
      )}
    </Section>
  )
}

function Outcome({ kind, result }: { kind: RuleKind; result: Judged[number] | undefined }) {
  if (result === undefined) return null
  const { pass, rule, fields } = result
  const { fired, notFired } = ruleKinds[kind]
  return (
    <span className={`flex min-w-0 flex-wrap items-center gap-1 ${pass ? 'text-good' : 'text-bad'}`}>
      {pass ? <Check aria-hidden="true" className="size-4" /> : <X aria-hidden="true" className="size-4" />}
      {pass ? 'as wanted' : 'not as wanted'}: {rule === undefined ? notFired : fired(rule)}
      {fields !== undefined && fields.length > 0 && (
        <code className="min-w-0 break-all text-xs">
          <Untrusted text={fields.map(({ name, value }) => `${name}=${value}`).join('  ')} limit={600} />
        </code>
      )}
    </span>
  )
}
