import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { EvaluationReport, EvaluationRunView } from '../../src/http/contract-evaluations.ts'
import { readEvaluation } from '../api/usage.ts'
import { buttonClass } from '../components/button.tsx'
import { DataTable } from '../components/data-table.tsx'
import { Dialog } from '../components/dialog.tsx'
import { QueryState } from '../components/query-state.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { count } from '../text/count.ts'

const shownItems = 200

/** One recorded run: what it was made with, where it went wrong, and the document that was signed. */
export function RunReport({ run, onClose }: { run: EvaluationRunView; onClose: () => void }) {
  const query = useQuery({
    queryKey: ['evaluations', 'report', run.id],
    queryFn: ({ signal }) => readEvaluation(run.id, signal),
  })
  return (
    <Dialog
      title={`Report: ${run.suite}, answered by ${run.model === 'none' ? 'code' : run.model}`}
      onClose={onClose}
      wide
    >
      <div className="grid gap-4">
        <dl className="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-0.5">
          <dt className="text-muted">Recorded by</dt>
          <dd>{run.by?.displayName ?? 'the command line'}</dd>
          {Object.entries(run.versions).map(([name, version]) => (
            <div key={name} className="col-span-2 grid grid-cols-subgrid">
              <dt className="text-muted">{name}</dt>
              <dd>
                <Untrusted text={version} />
              </dd>
            </div>
          ))}
        </dl>
        <QueryState query={query} what="The report">
          {report => (
            <>
              <Items report={report} />
              <Signed run={run} report={report} />
            </>
          )}
        </QueryState>
      </div>
    </Dialog>
  )
}

function Items({ report: { items } }: { report: EvaluationReport }) {
  const wrong = items.filter(({ score }) => score < 1)
  return (
    <>
      <p>
        {count(items.length, 'item')}, {wrong.length === 0 ? 'all right' : `${wrong.length} not wholly right`}
        .
      </p>
      {wrong.length > 0 && (
        <DataTable
          label="Items that are not wholly right"
          rows={wrong.slice(0, shownItems)}
          rowKey={({ task, id }) => `${task} ${id}`}
          empty=""
          columns={[
            { title: 'Item', cell: item => <Untrusted text={item.id} /> },
            { title: 'Task', cell: item => item.task },
            { title: 'Score', cell: item => <span className="tabular-nums">{item.score.toFixed(3)}</span> },
          ]}
        />
      )}
    </>
  )
}

function Signed({ run, report }: { run: EvaluationRunView; report: EvaluationReport }) {
  const document = useFile(report.document, 'application/json')
  const signature = useFile(`${report.signature}\n`, 'text/plain')
  const key = useFile(report.key, 'application/x-pem-file')
  return (
    <div className="grid gap-2">
      <p className={run.signed ? '' : 'font-medium text-bad'}>
        {run.signed
          ? 'The signature (Ed25519) fits the document.'
          : 'The signature does not fit the document: it was changed after it was recorded. Do not rely on it.'}
      </p>
      <p className="flex flex-wrap gap-2">
        <a className={buttonClass('plain')} href={document} download={`${run.id}.json`}>
          Document
        </a>
        <a className={buttonClass('plain')} href={signature} download={`${run.id}.json.sig`}>
          Signature
        </a>
        <a className={buttonClass('plain')} href={key} download={`${run.id}.pem`}>
          Public key
        </a>
      </p>
    </div>
  )
}

/** An address of this page for text that can be saved; given back when nobody shows it any more. */
function useFile(text: string, type: string): string | undefined {
  const [address, setAddress] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([text], { type }))
    setAddress(made)
    return () => URL.revokeObjectURL(made)
  }, [text, type])
  return address
}
