import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type { RuleDraftBody, RuleDraftReply, RuleDraftView } from '../../src/http/contract-rules.ts'
import { checkRuleDraft, saveRuleDraft } from '../api/rules.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { CodeEditor } from '../components/code-editor.tsx'
import { TextField } from '../components/field.tsx'
import { caseHref, Link } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { PageHeading } from '../components/page-heading.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'
import { diagnosticsOf, findingsOf } from './diagnostics.ts'
import { FindingList } from './finding-list.tsx'
import { insertString } from './insert-string.ts'
import { ManagerComparison } from './manager-comparison.tsx'
import { MeasurementView } from './measurement-view.tsx'
import { RuleCases } from './rule-cases.tsx'
import { RuleDecision } from './rule-decision.tsx'
import { RuleDrafting } from './rule-drafting.tsx'
import { ruleKinds } from './rule-kind.ts'
import { RuleSamples } from './rule-samples.tsx'
import { RuleState } from './rule-state.tsx'
import { StartRuleButton } from './start-rule-button.tsx'

const editable: readonly RuleDraftView['state'][] = ['draft', 'rejected', 'not-deployed', 'rolled-back']
const checkDelayMs = 800

/** A rule and its logs, checked while one types; what is saved is measured and can be submitted. */
export function RuleEditor({ reply }: { reply: RuleDraftReply }) {
  const { draft, samples, modelConfigured, deployable, comparable, watch } = reply
  const kind = ruleKinds[draft.kind]
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
    queryKey: ['rule-check', draft.kind, typed.text, typed.cases],
    queryFn: ({ signal }) =>
      checkRuleDraft(
        { kind: draft.kind, text: typed.text, cases: typed.cases.filter(({ log }) => log !== '') },
        signal,
      ),
    enabled: writable,
    retry: false,
    placeholderData: before => before,
  })
  const save = useMutation({
    mutationFn: () =>
      saveRuleDraft(draft.id, { ...content, cases: content.cases.filter(({ log }) => log.trim() !== '') }),
    onSuccess: saved => {
      client.setQueryData(['rule-draft', draft.id], saved)
      toast('Saved and measured.')
    },
    onError: error => toastFailure('The rule could not be measured', error),
  })
  const live = writable ? check.data?.measurement : (draft.proof ?? undefined)
  const diagnostics = useMemo(() => diagnosticsOf(content.text, live), [content.text, live])
  return (
    <>
      <PageHeading title={draft.title} ofOne>
        <span className="text-muted">{kind.name}</span>
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
          {draft.origin !== null && <Origin origin={draft.origin} />}
          {draft.kind !== 'lists' && (draft.drafting !== null || (writable && modelConfigured)) && (
            <RuleDrafting
              draft={draft}
              writable={writable && modelConfigured}
              onTakeBack={text => setContent(before => ({ ...before, text }))}
            />
          )}
          <Section title="Rule">
            <CodeEditor
              label="Rule"
              language={kind.language}
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
            {live !== undefined && <FindingList findings={findingsOf(content.text, live)} />}
          </Section>
          <RuleCases
            kind={draft.kind}
            cases={content.cases}
            judged={live?.kind === 'proven' ? live.proof.cases : []}
            writable={writable}
            onChange={cases => setContent({ ...content, cases })}
          />
          {draft.kind === 'yara' && (
            <RuleSamples
              draftId={draft.id}
              samples={samples}
              judged={draft.proof?.kind === 'proven' ? (draft.proof.proof.samples ?? []) : []}
              writable={writable}
              onInsert={candidate =>
                setContent(before => ({ ...before, text: insertString(before.text, candidate) }))
              }
            />
          )}
        </div>
        <div className="grid min-w-0 grid-cols-1 content-start gap-5">
          <Section title="Measured">
            {draft.proof === null ? (
              <p className="text-muted">
                {draft.kind === 'yara'
                  ? 'Save it to run it over its samples and over clean files.'
                  : 'Save it to run it over the alerts that are stored here.'}
              </p>
            ) : (
              <MeasurementView kind={draft.kind} measurement={draft.proof} />
            )}
          </Section>
          <Section title="Deployment">
            {!deployable && <p className="text-muted">{notDeployable[draft.kind]}</p>}
            <RuleDecision draft={draft} changed={changed} />
          </Section>
          {watch !== null && (
            <Section title="Since it was deployed">
              <Watch watch={watch} />
            </Section>
          )}
          {comparable && draft.cases.length > 0 && (
            <Section title="The manager's answer">
              <ManagerComparison draftId={draft.id} deployed={draft.state === 'deployed'} />
            </Section>
          )}
          {draft.kind === 'sigma' && writable && (
            <Section title="As a Wazuh rule">
              <p className="text-muted">
                For a Wazuh 4 manager: a draft of its own, with what could not be said there.
              </p>
              <span>
                <StartRuleButton
                  label="Turn into a Wazuh rule"
                  start={{ from: { kind: 'conversion', id: draft.id }, title: draft.title }}
                />
              </span>
            </Section>
          )}
        </div>
      </div>
    </>
  )
}

const noServer = 'No Wazuh server is connected (TOCSIN_WAZUH_API_URL): it can be measured, not deployed.'
const notDeployable: Readonly<Record<RuleDraftView['kind'], string>> = {
  wazuh: noServer,
  decoders: noServer,
  lists: noServer,
  sigma:
    'No indexer of Wazuh 5 is connected (TOCSIN_INDEXER_URL): turn it into a Wazuh rule for a Wazuh 4 manager.',
  yara: 'There is no folder for the rules of endpoints (TOCSIN_YARA_ENDPOINT_RULES): it can be measured, not deployed.',
}

const originWords: Readonly<Record<NonNullable<RuleDraftView['origin']>['kind'], string>> = {
  case: 'Started from the case',
  report: 'Started from the report',
  'noisy-rule': 'Exception to a noisy rule.',
  conversion: 'Turned from the Sigma rule',
}

function Origin({ origin }: { origin: NonNullable<RuleDraftView['origin']> }) {
  const { kind, id, title } = origin
  const href = {
    case: caseHref(id),
    report: `/intel/${encodeURIComponent(id)}`,
    conversion: `/rules/${encodeURIComponent(id)}`,
    'noisy-rule': undefined,
  }[kind]
  return (
    <p>
      {originWords[kind]}{' '}
      {href === undefined ? (
        <Untrusted text={title} limit={200} />
      ) : (
        <Link href={href} className="text-accent underline">
          <Untrusted text={title} limit={200} />
        </Link>
      )}
    </p>
  )
}

function Watch({ watch }: { watch: NonNullable<RuleDraftReply['watch']> }) {
  const { sinceMs, alerts, against } = watch
  return (
    <p>
      {alerts === 0 ? 'No alert of its rules' : `${count(alerts, 'alert')} of its rules`} since{' '}
      <Moment atMs={sinceMs} />
      {Object.entries(against).map(([verdict, found]) => (
        <span key={verdict}>
          , {found.toLocaleString('en')} {verdict.replaceAll('_', ' ')}
        </span>
      ))}
      .
    </p>
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
