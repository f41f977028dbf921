import type { ReportDetail } from '../../src/http/contract-intel.ts'
import { CopyButton } from '../components/copy-button.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { DraftRuleButton } from './draft-rule-button.tsx'

/** Detection rules that a report quotes: as text, and a Sigma rule as a draft of ours. */
export function QuotedRules({ report, rules }: Pick<ReportDetail, 'report' | 'rules'>) {
  return rules.map(rule => (
    <details key={rule.offset}>
      <summary>
        {rule.kind}: <Untrusted text={rule.name} />
      </summary>
      <div className="mt-1 grid gap-2">
        <pre className="overflow-x-auto rounded bg-sunken p-2 text-xs">
          <Untrusted text={rule.text} layout />
        </pre>
        <div className="flex gap-2">
          <CopyButton text={rule.text} label="Copy the rule" />
          {rule.kind === 'sigma' && (
            <DraftRuleButton
              reportId={report.id}
              wanted={{ for: 'quoted-rule', offset: String(rule.offset) }}
              label="Open as a Wazuh rule"
            />
          )}
        </div>
      </div>
    </details>
  ))
}
