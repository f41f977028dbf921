import type { MailDetail } from '../../src/http/contract-mail.ts'
import { DataTable } from '../components/data-table.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** Why: each reason with its weight, for and against, and the bytes of the message that show it. */
export function MailSignals({ mail }: { mail: MailDetail }) {
  return (
    <DataTable<MailDetail['signals'][number]>
      label="Signals"
      rows={mail.signals}
      rowKey={signal => signal.id}
      empty="Nothing speaks for or against this mail."
      columns={[
        {
          title: 'Weight',
          cell: ({ weight }) => (
            <span className={`tabular font-medium ${weight > 0 ? 'text-bad' : 'text-good'}`}>
              {weight > 0 ? '+' : '−'}
              {Math.abs(weight).toFixed(2)}
            </span>
          ),
        },
        {
          title: 'Reason',
          cell: ({ id, text, where, excerpt }) => (
            <>
              <Untrusted text={text} limit={400} />
              <span className="block font-mono text-xs text-muted">{id}</span>
              <details className="text-xs text-muted">
                <summary className="tabular cursor-pointer">
                  {where.part === 'header' ? 'header' : `part ${where.part}`}, bytes {where.start}–{where.end}
                </summary>
                <div className="mt-1 rounded border border-line bg-sunken p-2 font-mono text-ink">
                  <Untrusted text={excerpt} limit={600} layout />
                </div>
              </details>
            </>
          ),
        },
      ]}
    />
  )
}
