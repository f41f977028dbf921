import { z } from 'zod'
import { entityTypes } from '../../domain/alert.ts'
import { caseStatuses } from '../../domain/case.ts'
import { standingOf } from '../../domain/queue-place.ts'
import { severities } from '../../domain/verdict.ts'
import { listEntries } from '../../ledger/database-ledger.ts'
import { isSealed } from '../../ledger/sealed-content.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Database } from '../../lib/database.ts'
import { listAccountEvents } from '../../store/account-events.ts'
import { listBriefs } from '../../store/briefs.ts'
import { countCases, listCases } from '../../store/case-list.ts'
import { caseEntities, caseTimeline, findCase } from '../../store/case-read.ts'
import type { CaseRow } from '../../store/case-row.ts'
import { casesNaming, entityTotals, relatedEntities } from '../../store/entity-pivot.ts'
import { indicatorMentions } from '../../store/intel-reports.ts'
import { listMail } from '../../store/mail-messages.ts'
import { countEvidence, page, pageOf, plural, rowEvidence, type Tool, type ToolRow, tool } from './tool.ts'

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
const countCap = 10_000

/** What Tocsin itself keeps: cases, entities and indicators, mails, the audit trail. */
export function caseTools(database: Database): Tool[] {
  return [
    tool({
      name: 'search_cases',
      title: 'Search cases',
      description: 'Cases by status, severity, host, user, technique and words; most urgent first.',
      role: 'viewer',
      input: z.object({
        status: z.array(z.enum(caseStatuses)).max(5).optional(),
        severity: z.array(z.enum(severities)).max(4).optional(),
        host: z.string().max(200).optional(),
        user: z.string().max(200).optional(),
        technique: z.string().max(12).optional(),
        text: z.string().max(200).optional(),
        limit: page.limit,
      }),
      async run({ limit, ...filter }, { asker }) {
        const [found, count] = await Promise.all([
          listCases(database, asker.tenant, filter, { sort: 'priority', after: undefined, limit }),
          countCases(database, asker.tenant, filter, countCap),
        ])
        const total = Math.max(count.count, found.rows.length)
        const words = Object.entries(filter).flatMap(([name, value]) =>
          value === undefined ? [] : [`${name} ${String(value)}`],
        )
        const label = `Cases${words.length === 0 ? '' : ` (${words.join(', ')})`}`
        return {
          summary: `${count.capped ? 'At least ' : ''}${plural(total, 'case')}${label.slice(5)}.`,
          rows: found.rows.map(caseRow),
          total,
          evidence: [
            countEvidence('cases', label, { cases: total }),
            ...found.rows.map(row =>
              rowEvidence(caseRow(row), {
                source: row.id,
                trust: 'attacker-controlled',
                label: `Case ${row.id}`,
              }),
            ),
          ],
        }
      },
    }),
    tool({
      name: 'read_case',
      title: 'Read a case',
      description: 'Headline, evidence, entities and timeline of one case.',
      role: 'viewer',
      input: z.object({ case_id: z.string().min(1).max(200) }),
      async run({ case_id: id }, { asker }) {
        const row = await findCase(database, asker.tenant, id)
        if (row === undefined) throw new AppError('not-found', `there is no case ${id}`)
        const [briefs, { entries: timeline, gap }, entities] = await Promise.all([
          listBriefs(database, asker.tenant, id),
          caseTimeline(database, asker.tenant, id, 50),
          caseEntities(database, asker.tenant, id, 30),
        ])
        const computed = briefs.find(stored => stored.brief.origin.kind === 'computed')
        return {
          summary: `Case ${id}: ${plural(row.alertCount, 'alert')}, severity ${severities[row.severity] ?? 'low'}, ${row.status}, from ${iso(row.firstSeenMs)} to ${iso(row.lastSeenMs)}.${gap === null ? '' : ` The timeline leaves out ${plural(gap.alerts, 'alert')} between its beginning and its end.`}`,
          rows: [
            {
              ...caseRow(row),
              claims: (computed?.brief.claims ?? []).map(claim => claim.text),
              unknowns: [...(computed?.brief.unknowns ?? [])],
              entities: entities.map(entity => `${entity.type} ${entity.value} (${entity.alertCount})`),
            },
            ...timeline.map(entry => ({
              time: iso(entry.atMs),
              until: iso(entry.untilMs),
              rule: entry.ruleId,
              level: entry.level,
              description: entry.description,
              host: entry.agentName,
              alerts: entry.count,
            })),
          ],
          total: 1,
          evidence: [
            rowEvidence(caseRow(row), { source: id, trust: 'observed', label: `Case ${id}` }),
            ...(computed?.evidence ?? []).map(({ id: _number, ...draft }) => draft),
            ...timeline.map(entry =>
              rowEvidence(
                {
                  time: iso(entry.atMs),
                  rule: entry.ruleId,
                  level: entry.level,
                  description: entry.description,
                  host: entry.agentName,
                  alerts: entry.count,
                },
                { source: entry.firstAlertKey, trust: 'observed', label: 'Timeline' },
              ),
            ),
          ],
        }
      },
    }),
    tool({
      name: 'search_indicators',
      title: 'Look an indicator up',
      description:
        'Where an address, domain, hash, user, file… was seen in cases, what stood beside it, and which threat reports name it.',
      role: 'viewer',
      input: z.object({
        value: z.string().min(1).max(2000),
        type: z.enum(entityTypes).optional(),
        limit: page.limit,
      }),
      async run(input, { asker }) {
        const value = input.value.trim().toLowerCase()
        const types = input.type === undefined ? entityTypes : [input.type]
        const seen = await Promise.all(
          types.map(async type => ({ type, ...(await entityTotals(database, asker.tenant, type, value)) })),
        )
        const found = seen.filter(each => each.caseCount > 0)
        const cases = (
          await Promise.all(
            found.map(({ type }) => casesNaming(database, asker.tenant, type, value, input.limit)),
          )
        ).flat()
        const beside = (
          await Promise.all(found.map(({ type }) => relatedEntities(database, asker.tenant, type, value, 10)))
        ).flat()
        const reports = await indicatorMentions(database, asker.tenant, value, input.limit)
        const [alerts, caseCount] = [sum(found, 'alertCount'), sum(found, 'caseCount')]
        return {
          summary: `${input.value} is in ${plural(caseCount, 'case')} with ${plural(alerts, 'alert')}, and in ${plural(reports.length, 'threat report')}.`,
          rows: [
            ...cases.map(row => ({ what: 'case', ...caseRow(row) })),
            ...beside.map(each => ({ what: 'beside it', ...each })),
            ...reports.map(report => ({
              what: 'threat report',
              ...report,
              reportedMs: iso(report.reportedMs),
            })),
          ],
          total: caseCount + reports.length,
          evidence: [
            countEvidence('cases', `Where ${input.value} was seen`, {
              cases: caseCount,
              alerts,
              'threat reports': reports.length,
            }),
            ...cases.map(row =>
              rowEvidence(caseRow(row), {
                source: row.id,
                trust: 'attacker-controlled',
                label: `Case ${row.id}`,
              }),
            ),
            ...reports.map(report =>
              rowEvidence(
                { title: report.title, role: report.role, confidence: report.confidence },
                { source: report.reportId, trust: 'attacker-controlled', label: 'Threat report' },
              ),
            ),
          ],
        }
      },
    }),
    tool({
      name: 'search_mails',
      title: 'Search mails',
      description:
        'Mails that were looked at, by words in subject or sender, with their verdicts; newest first.',
      role: 'viewer',
      input: z.object({ text: z.string().max(200).optional(), limit: page.limit }),
      async run({ text, limit }, { asker }) {
        const mails = await listMail(database, asker.tenant, {
          verdicts: undefined,
          campaign: undefined,
          text,
          after: undefined,
          limit,
        })
        const rows = mails.map(mail => ({
          id: mail.id,
          received: iso(mail.receivedMs),
          subject: mail.subject,
          sender: mail.sender,
          verdict: mail.decidedVerdict ?? mail.verdict,
          probability: Math.round(mail.probability * 100) / 100,
          campaign_mails: mail.campaignSize,
        }))
        return {
          summary: `${mails.length === limit ? `The newest ${limit}` : mails.length} ${mails.length === 1 ? 'mail' : 'mails'}${text === undefined ? '' : ` with '${text}'`}.`,
          rows,
          total: rows.length,
          evidence: rows.map(row =>
            rowEvidence(row, { source: String(row.id), trust: 'attacker-controlled', label: 'Mail' }),
          ),
        }
      },
    }),
    tool({
      name: 'search_audit',
      title: 'Search the ledger',
      description:
        'What models were asked, what was approved and done, newest first; by subject (case, mail, proposal…).',
      role: 'analyst',
      input: z.object({
        subject: z.string().max(200).optional(),
        kind: z.string().max(60).optional(),
        before: z.number().int().positive().optional(),
        limit: page.limit,
      }),
      async run({ subject, kind, before, limit }, { asker }) {
        const entries = await listEntries(database, { tenant: asker.tenant, limit: 500, before, subject })
        const { shown, total } = pageOf(
          entries.filter(entry => kind === undefined || entry.kind === kind),
          { offset: 0, limit },
        )
        const rows = shown.map(({ seq, at, kind: what, actor, subject: about, body }) => ({
          seq,
          at,
          kind: what,
          actor,
          subject: about,
          ...Object.fromEntries(Object.entries(body).filter(([, value]) => !isSealed(value))),
        }))
        return {
          summary: `${plural(total, 'entry', 'entries')} of the ledger${subject === undefined ? '' : ` about ${subject}`}, of the newest ${entries.length}.`,
          rows,
          total,
          evidence: rows.map(row =>
            rowEvidence(row, {
              source: `ledger/${row.seq}`,
              trust: 'observed',
              label: `Ledger entry ${row.seq}`,
            }),
          ),
        }
      },
    }),
    tool({
      name: 'search_account_log',
      title: 'Search the account log',
      description: 'Sign-ins, role changes and tokens, newest first.',
      role: 'admin',
      input: z.object({ text: z.string().max(200).optional(), limit: page.limit }),
      async run({ text, limit }, { asker }) {
        const events = await listAccountEvents(database, asker.tenant, undefined, 1000)
        const rows = events
          .map(event => ({
            at: iso(event.atMs),
            kind: event.kind,
            by: event.username,
            subject: event.subject,
            detail: event.detail,
          }))
          .filter(row => text === undefined || JSON.stringify(row).toLowerCase().includes(text.toLowerCase()))
        return {
          summary: `${plural(rows.length, 'entry', 'entries')} of the newest ${events.length} in the account log.`,
          rows: rows.slice(0, limit),
          total: rows.length,
          evidence: rows
            .slice(0, limit)
            .map(row => rowEvidence(row, { source: 'account-log', trust: 'observed', label: 'Account log' })),
        }
      },
    }),
  ]
}

function caseRow(row: CaseRow): ToolRow {
  return {
    id: row.id,
    title: row.title,
    headline: row.headline,
    severity: severities[row.severity] ?? 'low',
    status: row.status,
    verdict: row.verdict,
    proposed_verdict: row.proposedVerdict,
    why_it_stands_there: standingOf(row),
    alerts: row.alertCount,
    first_seen: iso(row.firstSeenMs),
    last_seen: iso(row.lastSeenMs),
    hosts: row.hosts.slice(0, 10),
    users: row.users.slice(0, 10),
    techniques: [...row.techniques],
    assignee: row.assigneeUsername,
  }
}

function sum<Key extends string>(rows: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return rows.reduce((total, row) => total + row[key], 0)
}
