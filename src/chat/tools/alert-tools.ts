import { z } from 'zod'
import { type Alert, entityTypes } from '../../domain/alert.ts'
import { readPointer } from '../../lib/json-pointer.ts'
import { alertField } from '../alert-evidence.ts'
import { countBy, dimensions } from '../counting.ts'
import { countEvidence, page, pageOf, plural, type Tool, type ToolRow, tool } from './tool.ts'
import type { ToolPorts } from './tool-ports.ts'

const moment = z.iso.datetime({ offset: true })

/** Which alerts; every condition that is given must hold. */
const alertConditions = {
  case_id: z.string().max(200).optional().describe('only the alerts of this case'),
  host: z.string().max(200).optional().describe('agent name or id'),
  rule_id: z.string().max(60).optional(),
  rule_group: z.string().max(100).optional(),
  level_at_least: z.number().int().min(0).max(16).optional(),
  technique: z
    .string()
    .regex(/^T\d{4}(\.\d{3})?$/i)
    .optional()
    .describe('ATT&CK id; sub-techniques count too'),
  entity: z.string().max(500).optional().describe('address, user, file, hash, domain… that the alert names'),
  text: z.string().max(200).optional().describe('words in the rule description or the log line'),
  from: moment.optional(),
  until: moment.optional(),
}
const conditions = z.object(alertConditions)
type Conditions = z.output<typeof conditions>

/** Alerts: the newest 20,000, or all of one case. */
export function alertTools(ports: ToolPorts): Tool[] {
  const select = async (wanted: Conditions): Promise<Alert[]> => {
    const alerts =
      wanted.case_id === undefined ? await ports.alerts.current() : await ports.alerts.ofCase(wanted.case_id)
    return alerts.filter(meeting(wanted))
  }
  return [
    tool({
      name: 'search_alerts',
      title: 'Search alerts',
      description: 'Wazuh alerts by host, rule, level, technique, entity, words and time; newest first.',
      role: 'viewer',
      input: z.object({ ...alertConditions, ...page }),
      async run(input) {
        const found = (await select(input)).toReversed()
        const { shown, total, nextOffset } = pageOf(found, input)
        return {
          summary: `${plural(total, 'alert')}${wordsOf(input)}.`,
          rows: shown.map(alertRow),
          total,
          ...(nextOffset === undefined ? {} : { nextOffset }),
          evidence: [
            countEvidence('alerts', `Alerts${wordsOf(input)}`, { alerts: total }),
            ...shown.flatMap(alertEvidence),
          ],
        }
      },
    }),
    tool({
      name: 'count_alerts',
      title: 'Count alerts by a field',
      description: 'How many alerts each value of a field has, most first; by hour or day over time.',
      role: 'viewer',
      input: z.object({
        ...alertConditions,
        by: z.enum(dimensions.map(each => each.one)).describe('what to count by'),
        ...page,
      }),
      async run(input) {
        const dimension = dimensions.find(each => each.one === input.by)
        const alerts = await select(input)
        const counted = dimension === undefined ? [] : countBy(alerts, dimension)
        const { shown, total, nextOffset } = pageOf(counted, input)
        return {
          summary: `${plural(total, dimension?.one ?? input.by, dimension?.many)} in ${plural(alerts.length, 'alert')}${wordsOf(input)}.`,
          rows: shown.map(([value, count]) => ({ [input.by]: value, alerts: count })),
          total,
          ...(nextOffset === undefined ? {} : { nextOffset }),
          evidence: [
            countEvidence('alerts', `Alerts by ${input.by}${wordsOf(input)}`, {
              ...Object.fromEntries(shown),
              [dimension?.many ?? input.by]: total,
              alerts: alerts.length,
            }),
          ],
        }
      },
    }),
    tool({
      name: 'entity_timeline',
      title: 'Timeline of an entity',
      description: 'What alerts say happened with a host, user, address, file or process, oldest first.',
      role: 'viewer',
      input: z.object({
        value: z.string().min(1).max(500),
        type: z.enum(entityTypes).optional(),
        from: moment.optional(),
        until: moment.optional(),
        ...page,
      }),
      async run(input) {
        const wanted = input.value.toLowerCase()
        const found = (await select({ from: input.from, until: input.until })).filter(
          alert =>
            alert.agent.name.toLowerCase() === wanted ||
            alert.entities.some(
              entity => entity.value === wanted && (input.type === undefined || entity.type === input.type),
            ),
        )
        const { shown, total, nextOffset } = pageOf(found, input)
        const [first, last] = [found[0], found.at(-1)]
        const span =
          first === undefined || last === undefined ? '' : `, from ${timeOf(first)} to ${timeOf(last)}`
        return {
          summary: `${plural(total, 'alert')} with ${input.value}${span}.`,
          rows: shown.map(alertRow),
          total,
          ...(nextOffset === undefined ? {} : { nextOffset }),
          evidence: [
            countEvidence('alerts', `Alerts with ${input.value}`, { alerts: total }),
            ...shown.flatMap(alertEvidence),
          ],
        }
      },
    }),
    tool({
      name: 'process_history',
      title: 'Processes that alerts saw',
      description: 'Command lines on a host with parent, user and time, from Sysmon and audit alerts.',
      role: 'viewer',
      input: z.object({
        host: z.string().min(1).max(200),
        text: z.string().max(200).optional(),
        from: moment.optional(),
        until: moment.optional(),
        ...page,
      }),
      async run(input) {
        const alerts = await select({ host: input.host, from: input.from, until: input.until })
        const rows = alerts.flatMap(alert => {
          const row = processRow(alert)
          const matches =
            input.text === undefined ||
            JSON.stringify(row ?? '')
              .toLowerCase()
              .includes(input.text.toLowerCase())
          return row === undefined || !matches ? [] : [{ alert, row }]
        })
        const { shown, total, nextOffset } = pageOf(rows, input)
        return {
          summary: `${plural(total, 'process start')} on ${input.host}.`,
          rows: shown.map(each => each.row),
          total,
          ...(nextOffset === undefined ? {} : { nextOffset }),
          evidence: [
            countEvidence('alerts', `Process starts on ${input.host}`, { 'process starts': total }),
            ...shown.map(({ alert }) =>
              alertField(alert, commandPointer(alert) ?? '/full_log', 'Command line'),
            ),
          ],
        }
      },
    }),
  ]
}

function meeting(wanted: Conditions): (alert: Alert) => boolean {
  const lower = (text: string | undefined) => text?.toLowerCase()
  const [host, entity, text] = [lower(wanted.host), lower(wanted.entity), lower(wanted.text)]
  const technique = wanted.technique?.toUpperCase()
  const [fromMs, untilMs] = [Date.parse(wanted.from ?? ''), Date.parse(wanted.until ?? '')]
  return alert =>
    (host === undefined || alert.agent.name.toLowerCase() === host || alert.agent.id === host) &&
    (wanted.rule_id === undefined || alert.rule.id === wanted.rule_id) &&
    (wanted.rule_group === undefined || alert.rule.groups.includes(wanted.rule_group)) &&
    (wanted.level_at_least === undefined || alert.rule.level >= wanted.level_at_least) &&
    (technique === undefined ||
      alert.rule.mitre.ids.some(id => id === technique || id.startsWith(`${technique}.`))) &&
    (entity === undefined || alert.entities.some(each => each.value === entity)) &&
    (text === undefined ||
      `${alert.rule.description}\n${alert.fullLog ?? ''}`.toLowerCase().includes(text)) &&
    (Number.isNaN(fromMs) || alert.timestampMs >= fromMs) &&
    (Number.isNaN(untilMs) || alert.timestampMs < untilMs)
}

/** The conditions in words: ` (host web-01, level_at_least 7)`. */
function wordsOf(wanted: Conditions): string {
  const words = Object.keys(alertConditions).flatMap(name => {
    const value = wanted[name as keyof Conditions] // The keys of the very object that made the type.
    return value === undefined ? [] : [`${name.replaceAll('_', ' ')} ${value}`]
  })
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}

const timeOf = (alert: Alert) => new Date(alert.timestampMs).toISOString()

function alertRow(alert: Alert): ToolRow {
  return {
    id: alert.id,
    key: alert.key,
    time: timeOf(alert),
    host: alert.agent.name,
    rule: alert.rule.id,
    level: alert.rule.level,
    description: alert.rule.description,
    techniques: [...alert.rule.mitre.ids],
    entities: alert.entities.slice(0, 8).map(entity => `${entity.type} ${entity.value}`),
  }
}

function alertEvidence(alert: Alert) {
  const what = `${timeOf(alert)}, ${alert.agent.name}, level ${alert.rule.level}, rule ${alert.rule.id}`
  return [
    {
      ...alertField(alert, '/rule/description', what),
      facts: { host: alert.agent.name, time: timeOf(alert) },
    },
    ...(alert.fullLog === undefined ? [] : [alertField(alert, '/full_log', `Log line of alert ${alert.id}`)]),
  ]
}

const commandPointers = [
  '/data/win/eventdata/commandLine',
  '/data/audit/command',
  '/data/audit/exe',
  '/data/command',
]

function commandPointer(alert: Alert): string | undefined {
  return commandPointers.find(pointer => pointedText(alert, pointer) !== undefined)
}

function processRow(alert: Alert): ToolRow | undefined {
  const pointer = commandPointer(alert)
  if (pointer === undefined) return undefined
  return {
    time: timeOf(alert),
    command: pointedText(alert, pointer) ?? null,
    image: pointedText(alert, '/data/win/eventdata/image') ?? pointedText(alert, '/data/audit/exe') ?? null,
    parent: pointedText(alert, '/data/win/eventdata/parentImage') ?? null,
    user: pointedText(alert, '/data/win/eventdata/user') ?? pointedText(alert, '/data/srcuser') ?? null,
    alert: alert.id,
  }
}

function pointedText(alert: Alert, pointer: string): string | undefined {
  const value = readPointer(alert.document, pointer)
  return typeof value === 'string' ? value : undefined
}
