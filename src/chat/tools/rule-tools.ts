import { z } from 'zod'
import { modelTasks } from '../../domain/data-class.ts'
import { plural, rowEvidence, type Tool, tool } from './tool.ts'
import type { ToolPorts } from './tool-ports.ts'

/** What the rule engine, policy and YARA say. */
export function ruleTools(ports: ToolPorts): Tool[] {
  const { ruleEngine, explainPolicy, scanUpload } = ports
  return [
    tool({
      name: 'explain_rule',
      title: 'Explain a rule',
      description: 'The text of a Wazuh rule, what it says in alerts, and how often it fired on which host.',
      role: 'viewer',
      input: z.object({ rule_id: z.string().regex(/^\d{1,6}$/) }),
      async run({ rule_id: id }) {
        const alerts = (await ports.alerts.current()).filter(alert => alert.rule.id === id)
        const text = ruleEngine?.ruleText(id)
        const [alert] = alerts
        const hosts = [...new Set(alerts.map(each => each.agent.name))]
        const row = {
          rule: id,
          level: alert?.rule.level ?? null,
          description: alert?.rule.description ?? null,
          groups: [...(alert?.rule.groups ?? [])],
          techniques: [...(alert?.rule.mitre.ids ?? [])],
          alerts: alerts.length,
          hosts: hosts.slice(0, 20),
          file: text?.file ?? null,
          xml: text?.text ?? null,
        }
        return {
          summary: `Rule ${id} made ${plural(alerts.length, 'alert')} on ${plural(hosts.length, 'host')}${text === undefined ? '' : `; it stands in ${text.file}`}.`,
          rows: [row],
          total: 1,
          evidence: [
            rowEvidence(
              { ...row, xml: null },
              { source: `rule/${id}`, trust: 'observed', label: `Rule ${id}` },
            ),
            ...(text === undefined
              ? []
              : [
                  {
                    kind: 'rule-text',
                    source: text.file,
                    pointer: '',
                    quote: text.text,
                    trust: 'observed' as const,
                    label: `Text of rule ${id}`,
                  },
                ]),
          ],
        }
      },
    }),
    ...(ruleEngine === undefined
      ? []
      : [
          tool({
            name: 'explain_log',
            title: 'Explain a log line',
            description:
              'Runs log lines through Wazuh’s decoders and rules: which decoder, which fields, which rule.',
            role: 'viewer',
            input: z.object({
              log: z.string().min(1).max(20_000),
              location: z.string().max(200).default('stdin'),
            }),
            async run({ log, location }, { signal }) {
              const lines = await ruleEngine.explainLog(log, location, signal)
              const rows = lines.map(line => ({
                ...line,
                fields: { ...line.fields },
                groups: [...line.groups],
                mitre: [...line.mitre],
              }))
              const fired = rows.filter(row => row.ruleId !== null)
              return {
                summary: `${plural(rows.length, 'line')}: ${fired.length === 0 ? 'no rule fires' : fired.map(row => `rule ${row.ruleId} (level ${row.level}) fires`).join(', ')}.`,
                rows,
                total: rows.length,
                evidence: rows.map(row =>
                  rowEvidence(row, {
                    source: 'rule-engine',
                    trust: 'observed',
                    label: 'What the rules make of it',
                  }),
                ),
              }
            },
          }),
        ]),
    ...(explainPolicy === undefined
      ? []
      : [
          tool({
            name: 'explain_policy',
            title: 'Explain the policy',
            description: 'What policy would let a model of each trust zone see of a text. Sends nothing.',
            role: 'viewer',
            input: z.object({
              text: z.string().min(1).max(20_000),
              task: z.enum(modelTasks).default('chat'),
            }),
            async run({ text, task }) {
              const rows = (await explainPolicy(text, task)).map(each => ({
                ...each,
                classes: { ...each.classes },
                reasons: [...each.reasons],
              }))
              return {
                summary: `${rows.map(row => `${row.zone}: ${row.decision} (rule ${row.rule})`).join('; ')}.`,
                rows,
                total: rows.length,
                evidence: rows.map(row =>
                  rowEvidence(row, {
                    source: 'policy',
                    trust: 'observed',
                    label: `Policy for zone ${row.zone}`,
                  }),
                ),
              }
            },
          }),
        ]),
    ...(scanUpload === undefined
      ? []
      : [
          tool({
            name: 'scan_upload',
            title: 'Scan an attachment with YARA',
            description: 'Scans a file that was attached to this chat with the installed YARA rules.',
            role: 'analyst',
            input: z.object({ file_id: z.string().min(1).max(100) }),
            async run({ file_id: id }, { signal }) {
              const scanned = await scanUpload(id, signal)
              if (scanned === undefined)
                return { summary: `There is no attachment ${id}.`, rows: [], total: 0, evidence: [] }
              const { name, sizeBytes, sha256, matches, rules, problems } = scanned
              const facts = { name, bytes: sizeBytes, sha256, rules, matches: matches.length }
              return {
                summary: `${name}, ${sizeBytes} bytes, SHA-256 ${sha256}: ${plural(matches.length, 'match', 'matches')} of ${plural(rules, 'rule')}${matches.length === 0 ? '' : ` (${matches.map(match => match.rule).join(', ')})`}.`,
                rows: matches.map(match => ({
                  rule: match.rule,
                  tags: [...match.tags],
                  strings: match.strings,
                })),
                total: matches.length,
                evidence: [
                  rowEvidence(
                    { ...facts, problems: [...problems] },
                    { source: `upload/${id}`, trust: 'observed', label: 'YARA scan' },
                  ),
                ],
              }
            },
          }),
        ]),
  ]
}
