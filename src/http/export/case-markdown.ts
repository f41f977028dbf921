import { struckStatuses } from '../../domain/claim.ts'
import { codeSpans } from '../../lib/code-spans.ts'
import { count } from '../../lib/count.ts'
import type { BriefRecord } from '../contract-briefs.ts'
import type { CaseDetail } from '../contract-cases.ts'

/** A case as Markdown, for a ticket or a report. Text from alerts cannot format, link or run anything in it. */
export function caseMarkdown(detail: CaseDetail): string {
  const { case: summary } = detail
  return [
    `# ${plain(summary.title)}`,
    '',
    `Case \`${summary.id}\`, severity ${summary.severity}, status ${summary.status}, ${count(summary.alertCount, 'alert')} from ${time(summary.firstSeenMs)} to ${time(summary.lastSeenMs)}.`,
    ...(summary.sample ? ['', '**Sample data that Tocsin ships: not from your Wazuh.**'] : []),
    '',
    ...decision(detail),
    ...detail.briefs.flatMap(briefSection),
    '## Timeline',
    '',
    '| from | to | count | host | level | rule | what |',
    '|---|---|---|---|---|---|---|',
    ...detail.timeline.flatMap((entry, index) => [
      ...(detail.timelineGap?.after === index
        ? [`| … | … | ${detail.timelineGap.alerts} | | | | left out here |`]
        : []),
      `| ${time(entry.atMs)} | ${time(entry.untilMs)} | ${entry.count} | ${plain(entry.agentName)} | ${entry.level} | ${plain(entry.ruleId)} | ${plain(entry.description)} |`,
    ]),
    '',
    '## Entities',
    '',
    ...detail.entities.map(
      entity =>
        `- ${entity.type} ${plain(entity.value)} (${entity.roles.join(', ')}; ${count(entity.alertCount, 'alert')})`,
    ),
    ...(detail.moreEntities
      ? [`- … and more than these ${detail.entities.length}, which are left out here`]
      : []),
    '',
    ...(detail.notes.length > 0 ? ['## Notes', ''] : []),
    ...detail.notes.map(note => `- ${time(note.atMs)} ${plain(note.by.displayName)}: ${plain(note.text)}`),
    ...(detail.notes.length > 0 ? [''] : []),
    '## History',
    '',
    ...detail.history.map(
      entry =>
        `- ${time(entry.atMs)} ${plain(entry.by?.displayName ?? 'Tocsin')}: ${entry.kind}${entry.detail === '' ? '' : `, ${plain(entry.detail)}`}`,
    ),
    '',
  ].join('\n')
}

function decision({ decision: made }: CaseDetail): string[] {
  if (made === null) return ['No verdict yet.', '']
  const reason = made.reason === '' ? '' : `: ${plain(made.reason)}`
  return [
    `**Verdict: ${words(made.verdict)}**${reason} (${plain(made.by.displayName)}, ${time(made.atMs)})`,
    '',
  ]
}

function briefSection(record: BriefRecord): string[] {
  const { brief } = record
  const origin =
    brief.origin.kind === 'computed'
      ? 'Brief'
      : `Brief by the model ${plain(brief.origin.model)} (${reviewOf(record)})`
  return [
    `## ${origin}`,
    '',
    ...(brief.origin.kind === 'model' ? [plain(madeWith(brief.origin)), ''] : []),
    `**${plain(brief.headline)}**`,
    '',
    ...brief.claims.map(claim => {
      const cited = claim.evidence.map(citation => citation.id).join(', ')
      const text = `${plain(claim.text)}${cited === '' ? '' : ` [${cited}]`}`
      return struckStatuses.includes(claim.status) ? `- ~~${text}~~ (${words(claim.status)})` : `- ${text}`
    }),
    '',
    `Proposed: ${words(brief.verdict)}, confidence ${Math.round(brief.confidence * 100)} %.`,
    '',
    ...list(
      'Why',
      brief.reasons.map(reason => reason.text),
    ),
    ...list('Next steps', brief.nextSteps, brief.origin.kind === 'computed' ? withCode : plain),
    ...list('Unknown', brief.unknowns),
    ...list(
      'Evidence',
      record.evidence.map(item => `${item.id} ${item.label} (${item.trust}): ${item.quote}`),
    ),
  ]
}

/** What a model's output was made with; the entry of the ledger has the versions of policy and knowledge too. */
export function madeWith(origin: Extract<BriefRecord['brief']['origin'], { kind: 'model' }>): string {
  return `Model ${origin.model} (${origin.zone}), prompt ${origin.promptVersion}, ledger entry ${origin.ledgerSeq}.`
}

function reviewOf(record: BriefRecord): string {
  if (record.review === 'pending') return 'not yet reviewed by a person'
  const by = record.reviewedBy === null ? '' : ` by ${plain(record.reviewedBy.displayName)}`
  return `${record.review}${by}`
}

function list(title: string, items: readonly string[], written: (text: string) => string = plain): string[] {
  return items.length === 0 ? [] : [`### ${title}`, '', ...items.map(item => `- ${written(item)}`), '']
}

export function time(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
}

export function words(name: string): string {
  return name.replace(/[_-]/g, ' ')
}

/** Text of unknown origin on one line, with every character that Markdown or HTML could take for markup escaped. */
function plain(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>()#+!|~&$:@.-]/g, character =>
    /[:@.-]/.test(character) ? character : `\\${character}`,
  )
}

/** Text in which backticks are Tocsin's own: what is between them stays code, in which nothing else is markup. */
function withCode(text: string): string {
  return codeSpans(text)
    .map(span => (span.code ? `\`${oneLine(span.text)}\`` : plain(span.text)))
    .join('')
}

/** Control characters, line breaks and direction marks would make a terminal or a page show something else. */
function oneLine(text: string): string {
  return text
    .replace(/[\r\n\t\u2028\u2029]+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, character => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0')
      return `\\u${code}`
    })
}
