import { CircleAlert, TriangleAlert } from 'lucide-react'
import type { RuleFinding } from '../../src/http/contract-rule-measurement.ts'
import { Untrusted } from '../components/untrusted.tsx'

/** What is wrong with a rule, or worth a look. */
export function FindingList({ findings }: { findings: readonly RuleFinding[] }) {
  if (findings.length === 0) return null
  return (
    <ul aria-label="Findings" className="grid gap-1">
      {findings.map(({ code, message, where, severity }) => (
        <li key={`${code} ${where} ${message}`} className="flex items-start gap-2">
          {severity === 'error' ? (
            <CircleAlert aria-label="Error" className="mt-0.5 size-4 shrink-0 text-bad" />
          ) : (
            <TriangleAlert aria-label="Warning" className="mt-0.5 size-4 shrink-0 text-muted" />
          )}
          <span>
            <Untrusted text={message} limit={500} />
            {where !== undefined && <span className="text-xs text-muted"> {where}</span>}
          </span>
        </li>
      ))}
    </ul>
  )
}
