import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { OutputAuditView } from '../../src/http/contract-governance.ts'
import { drawAudits, judgeAudit, listAudits } from '../api/governance.ts'
import { useMay } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { SelectField, TextAreaField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { CaseLink } from '../components/link.tsx'
import { Moment } from '../components/moment.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Section } from '../components/section.tsx'
import { toast, toastFailure } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'

const key = ['governance', 'output-audits']
const results = [
  { value: 'sound', label: 'Sound: every sentence holds' },
  { value: 'minor', label: 'Minor: imprecise, nobody would act wrongly' },
  { value: 'wrong', label: 'Wrong: something that matters is not so' },
  { value: 'harmful', label: 'Harmful: acting on it would do damage' },
] as const

/** Outputs of models, drawn by chance and judged by people who had no part in the case. */
export function AuditSection() {
  const lead = useMay('approver')
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => listAudits(signal) })
  const [judging, setJudging] = useState<OutputAuditView>()
  return (
    <Section title="Output audits">
      <p className="text-muted">
        Briefs of models drawn by the ledger's newest hash, which nobody chooses and anybody can draw again.
        Open the case, hold every sentence against its evidence, and say what you found.
      </p>
      {lead && <Draw />}
      <QueryState query={query} what="The audits">
        {({ audits, sums }) => (
          <>
            <DataTable
              label="Results of a year, by model"
              rows={sums}
              rowKey={({ model }) => model}
              empty="Nothing has been judged yet."
              columns={[
                { title: 'Model', cell: each => <Untrusted text={each.model} /> },
                { title: 'Judged', cell: each => each.judged },
                { title: 'Sound', cell: each => each.sound },
                { title: 'Minor', cell: each => each.minor },
                { title: 'Wrong', cell: each => each.wrong },
                { title: 'Harmful', cell: each => each.harmful },
              ]}
            />
            <DataTable
              label="Drawn outputs"
              rows={audits}
              rowKey={({ id }) => id}
              empty="Nothing has been drawn yet. Five a week is a start."
              columns={[
                {
                  title: 'Case',
                  cell: each => <CaseLink id={each.caseId} title={each.title} />,
                },
                { title: 'Model', cell: each => <Untrusted text={each.model} /> },
                { title: 'Drawn', cell: each => <Moment atMs={each.drawnMs} /> },
                {
                  title: 'Result',
                  cell: each =>
                    each.result === null ? (
                      <span className="text-muted">waits</span>
                    ) : (
                      <span
                        className={['wrong', 'harmful'].includes(each.result) ? 'font-medium text-bad' : ''}
                      >
                        {each.result}
                      </span>
                    ),
                },
                { title: 'Findings', cell: each => <Untrusted text={each.findings ?? ''} /> },
                { title: 'By', cell: each => each.judgedBy?.displayName ?? '' },
                {
                  title: 'Judge',
                  hidden: true,
                  cell: each => each.mayJudge && <Button onClick={() => setJudging(each)}>Judge</Button>,
                },
              ]}
            />
          </>
        )}
      </QueryState>
      {judging !== undefined && <JudgeDialog audit={judging} onClose={() => setJudging(undefined)} />}
    </Section>
  )
}

function Draw() {
  const client = useQueryClient()
  const [count, setCount] = useState(5)
  const [days, setDays] = useState(7)
  const draw = useMutation({
    mutationFn: () => drawAudits(days, count),
    onSuccess: async ({ drawn }) => {
      await client.invalidateQueries({ queryKey: key })
      toast(drawn === 0 ? 'No brief of a model is left to draw.' : `Drawn: ${drawn}. It is in the ledger.`)
    },
    onError: error => toastFailure('Not drawn', error),
  })
  return (
    <Form className="flex flex-wrap items-end gap-2" onSubmit={() => draw.mutate()}>
      <TextField
        label="How many"
        type="number"
        min={1}
        max={50}
        value={count}
        onChange={event => setCount(Number(event.target.value))}
      />
      <TextField
        label="Of the last days"
        type="number"
        min={1}
        max={365}
        value={days}
        onChange={event => setDays(Number(event.target.value))}
      />
      <Button type="submit" busy={draw.isPending}>
        Draw
      </Button>
    </Form>
  )
}

function JudgeDialog({ audit, onClose }: { audit: OutputAuditView; onClose: () => void }) {
  const client = useQueryClient()
  const [result, setResult] = useState<string>('sound')
  const [findings, setFindings] = useState('')
  const judge = async () => {
    await judgeAudit(audit.id, result, findings)
    await client.invalidateQueries({ queryKey: key })
    toast('Kept, and its digest is in the ledger.')
    onClose()
  }
  return (
    <FormDialog title="Judge this output" action="Keep" send={judge} onClose={onClose}>
      <SelectField
        label="Result"
        value={result}
        onChange={event => setResult(event.target.value)}
        options={results}
      />
      <TextAreaField
        label="What you found"
        hint="Which sentence, and what the evidence says instead."
        rows={4}
        required
        minLength={3}
        maxLength={5000}
        value={findings}
        onChange={event => setFindings(event.target.value)}
      />
    </FormDialog>
  )
}
