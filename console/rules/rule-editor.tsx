import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { RuleDraftBody, RuleDraftView } from '../../src/http/contract-rules.ts'
import { checkRuleDraft, saveRuleDraft } from '../api/rules.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CodeEditor } from '../components/code-editor.tsx'
import { TextField } from '../components/field.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { diagnosticsOf } from './diagnostics.ts'
import { FindingList } from './finding-list.tsx'
import { MeasurementView } from './measurement-view.tsx'
import { RuleCases } from './rule-cases.tsx'
import { RuleDecision } from './rule-decision.tsx'
import { RuleDrafting } from './rule-drafting.tsx'
import { RuleState } from './rule-state.tsx'

const editable: readonly RuleDraftView['state'][] = ['draft', 'rejected', 'not-deployed', 'rolled-back']
const checkDelayMs = 800

/** A rule and its logs, checked while one types; what is saved is measured and can be submitted. */
export function RuleEditor({ draft, modelConfigured }: { draft: RuleDraftView; modelConfigured: boolean }) {
  const client = useQueryClient()
  const writable = useMay('analyst') && editable.includes(draft.state)
  const [content, setContent] = useState<RuleDraftBody>({
    title: draft.title,
    text: draft.text,
    cases: draft.cases,
  })
  const changed = JSON.stringify(content) !== JSON.stringify({ ...content, ...pick(draft) })
  const typed = useSettled(content, checkDelayMs)
  const check = useQuery({
    queryKey: ['rule-check', typed.text, typed.cases],
    queryFn: ({ signal }) =>
      checkRuleDraft({ text: typed.text, cases: typed.cases.filter(({ log }) => log !== '') }, signal),
    enabled: writable,
    retry: false,
    placeholderData: before => before,
  })
  const save = useMutation({
    mutationFn: () =>
      saveRuleDraft(draft.id, { ...content, cases: content.cases.filter(({ log }) => log.trim() !== '') }),
    onSuccess: reply => {
      client.setQueryData(['rule-draft', draft.id], reply)
      toast('Saved and measured.')
    },
    onError: error => toastFailure('The rule could not be measured', error),
  })
  const live = writable ? check.data?.measurement : (draft.proof ?? undefined)
  const diagnostics = useMemo(() => diagnosticsOf(content.text, live), [content.text, live])
  return (
    <>
      <PageHeading title={draft.title}>
        <RuleState state={draft.state} />
        {writable && (
          <Button busy={save.isPending} onClick={() => save.mutate()}>
            Save and measure
          </Button>
        )}
      </PageHeading>
      <div className="grid grid-cols-1 gap-5 px-4 pb-8 lg:grid-cols-2">
        <div className="grid min-w-0 grid-cols-1 content-start gap-5">
          {writable && (
            <TextField
              label="What it detects"
              value={content.title}
              maxLength={200}
              onChange={event => setContent({ ...content, title: event.target.value })}
            />
          )}
          {(draft.drafting !== null || (writable && modelConfigured)) && (
            <RuleDrafting draft={draft} writable={writable && modelConfigured} />
          )}
          <Section title="Rule">
            <CodeEditor
              label="Rule"
              language="xml"
              value={content.text}
              readOnly={!writable}
              diagnostics={diagnostics}
              onChange={text => setContent(before => ({ ...before, text }))}
            />
            {check.isError && (
              <p role="alert" className="text-bad">
                {check.error.message}
              </p>
            )}
            {live !== undefined && <FindingList findings={live.findings} />}
          </Section>
          <RuleCases
            cases={content.cases}
            judged={live?.kind === 'proven' ? live.proof.cases : []}
            writable={writable}
            onChange={cases => setContent({ ...content, cases })}
          />
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-5">
          <Section title="Measured">
            {draft.proof === null ? (
              <p className="text-muted">Save it to run it over the alerts that are stored here.</p>
            ) : (
              <MeasurementView measurement={draft.proof} />
            )}
          </Section>
          <Section title="Deployment">
            <RuleDecision draft={draft} changed={changed} />
          </Section>
        </div>
      </div>
    </>
  )
}

function pick({ title, text, cases }: RuleDraftView): RuleDraftBody {
  return { title, text, cases }
}

/** The value as it was when it last stood still for a while. */
function useSettled<T>(value: T, delayMs: number): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), delayMs)
    return () => clearTimeout(timer)
  }, [value, delayMs])
  return settled
}
