import type { ComplianceReport } from './compliance-report.ts'
import type { JudgedControl } from './judge-control.ts'
import { statementLines } from './own-statement.ts'
import { factsOf, recordLines, statusWords } from './report-facts.ts'

const style = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ccc}
ul{margin:0;padding-left:1.1rem}.status{font-weight:600}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}`

/** The report as one page that needs nothing else; for browsers. */
export function reportHtml(report: ComplianceReport): string {
  const { framework } = report
  const title = `${framework.name} ${framework.version}`
  const facts = factsOf(report)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}: evidence</title><style>${style}</style></head>
<body><h1>${escapeHtml(title)}: evidence</h1>
<table><tbody>${facts.map(([name, value]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('\n')}</tbody></table>
<p>${escapeHtml(report.notice)}</p>
<table><thead><tr><th scope="col">Control</th><th scope="col">Subject</th><th scope="col">Status</th><th scope="col">Records</th><th scope="col">Gaps</th><th scope="col">Stated by the organisation, not checked</th><th scope="col">Owner</th></tr></thead>
<tbody>
${report.controls.map(controlRow).join('\n')}
</tbody></table></body></html>
`
}

function controlRow(control: JudgedControl): string {
  const earlier = control.earlier_ids.length === 0 ? '' : ` (before: ${control.earlier_ids.join(', ')})`
  const records = recordLines(control)
  return `<tr><td>${escapeHtml(control.id + earlier)}</td><td>${escapeHtml(control.topic)}</td><td class="status">${escapeHtml(statusWords(control))}</td><td>${list(records)}</td><td>${list(control.gaps)}</td><td>${list(statementLines(control.own))}</td><td>${escapeHtml(control.owner)}</td></tr>`
}

const list = (items: readonly string[]) =>
  items.length === 0 ? '' : `<ul>${items.map(item => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}
