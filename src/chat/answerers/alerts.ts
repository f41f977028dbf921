import type { Alert } from '../../domain/alert.ts'
import { readPointer } from '../../lib/json-pointer.ts'
import { alertField, computedOver } from '../alert-evidence.ts'
import { type AlertFilter, conditionWords, readAlertFilter } from '../alert-filter.ts'
import type { Answerer, ChatData, Found, Question } from '../answer.ts'
import { countBy, type Dimension, dimensions } from '../counting.ts'
import { list } from './techniques.ts'

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
const time = (alert: Alert) => new Date(alert.timestampMs).toISOString()

/** `Explain alert 1795557211.0`: what the rule says, where, when. */
export const alertById: Answerer = ({ text }, data) => {
  const alert = data.alerts.find(each => each.id.length > 4 && text.includes(each.id))
  if (alert === undefined) return undefined
  return {
    sentences: [
      {
        text: `Alert ${alert.id} is rule ${alert.rule.id} (${alert.rule.description}), level ${alert.rule.level}, on ${alert.agent.name} at ${time(alert)}.`,
        evidence: [alertField(alert, '/rule', 'Rule'), alertField(alert, '/agent', 'Agent')],
      },
      ...(alert.fullLog === undefined
        ? []
        : [
            {
              text: 'The log line it came from is in the evidence.',
              evidence: [alertField(alert, '/full_log', 'Log line')],
            },
          ]),
    ],
    toolCalls: [{ tool: 'read-alert', arguments: { id: alert.id }, rows: 1 }],
  }
}

/** `How many failed logins on web-01?`, `How many distinct users …?` */
export const countAlerts: Answerer = (question, data) => {
  if (!/\bhow many\b|\b(number|count) of\b|^count\b/.test(question.folded) || data.alerts.length === 0)
    return undefined
  const { filter, alerts } = select(question, data)
  const asked =
    /\bhow many\s+((?:distinct|different|unique)\s+)?(.{0,40})/.exec(question.folded)?.[2] ?? question.folded
  const dimension = dimensionIn(
    asked.split(
      /\b(?:on|from|for|with|have|has|had|did|were|was|are|are there|in|triggered|generated|by|against|saw|show|tried|failed)\b/,
    )[0] ?? '',
  )
  const words = conditionWords(filter)
  if (dimension !== undefined && !/\balerts?\b|\bevents?\b|\btimes\b|\blog/.test(asked)) {
    const counted = countBy(alerts, dimension)
    return found('aggregate', filter, counted.length, {
      text: `${counted.length} ${counted.length === 1 ? dimension.one : dimension.many}${words}${counted.length > 0 && counted.length <= 20 ? `: ${list(counted.map(([value]) => value))}` : ''}.`,
      evidence: computedOver(alerts, dimension.many, { [dimension.many]: counted.length }),
    })
  }
  return found('count', filter, alerts.length, {
    text: `${plural(alerts.length, 'alert')}${words}${spanOf(alerts)}.`,
    evidence: computedOver(alerts, 'alerts', { alerts: alerts.length }),
  })
}

/** `Top 5 source addresses`, `Which host has the most alerts?`, `most frequent rule`. */
export const topValues: Answerer = (question, data) => {
  const { folded } = question
  const asks = /\b(top|most|highest number|noisiest|busiest|most frequent|most common|least)\b/.test(folded)
  if (!asks || data.alerts.length === 0 || /\bmost (severe|critical|recent|serious)\b/.test(folded))
    return undefined
  const wanted = Number(/\btop\s+(\d{1,3})\b/.exec(folded)?.[1] ?? (/\btop\b/.test(folded) ? 5 : 1))
  const dimension = dimensionIn(subjectOf(folded)) ?? dimensionIn(folded)
  if (dimension === undefined) return undefined
  const { filter, alerts } = select(question, data)
  const counted = countBy(alerts, dimension)
  const ordered = /\bleast\b/.test(folded) ? counted.toReversed() : counted
  const shown = ordered.slice(0, wanted)
  if (shown.length === 0) return nothing('aggregate', filter)
  const rest = shown.map(([value, count]) => `${value} with ${plural(count, 'alert')}`)
  return found('aggregate', filter, counted.length, {
    text:
      wanted === 1
        ? `The ${dimension.one} with the ${/\bleast\b/.test(folded) ? 'fewest' : 'most'} alerts${conditionWords(filter)} is ${rest[0]}.`
        : `Top ${shown.length} ${dimension.many}${conditionWords(filter)}: ${list(rest)}.`,
    evidence: computedOver(alerts, dimension.many, Object.fromEntries(shown)),
  })
}

/** `When was the first alert on web-01?`, `last failed login`, `most recent …`. */
export const firstOrLast: Answerer = (question, data) => {
  const which = /\b(first|earliest|oldest|begin|start(ed)?)\b/.test(question.folded)
    ? 'first'
    : /\b(last|latest|newest|most recent)\b(?! \d+ | hour| day| week| minute)/.test(question.folded)
      ? 'last'
      : undefined
  if (which === undefined || data.alerts.length === 0) return undefined
  const { filter, alerts } = select(question, data)
  const alert = which === 'first' ? alerts[0] : alerts.at(-1)
  if (alert === undefined) return nothing('search', filter)
  return found('search', filter, alerts.length, {
    text: `The ${which} alert${conditionWords(filter)} was at ${time(alert)}: rule ${alert.rule.id} (${alert.rule.description}) on ${alert.agent.name}.`,
    evidence: [
      alertField(alert, '/timestamp', 'Time'),
      alertField(alert, '/rule/description', 'Rule'),
      alertField(alert, '/agent/name', 'Host'),
    ],
  })
}

/** `What is the most severe alert?` */
export const mostSevere: Answerer = (question, data) => {
  if (
    !/\b(most (severe|critical|serious)|highest (level|severity)|worst)\b/.test(question.folded) ||
    data.alerts.length === 0
  )
    return undefined
  const { filter, alerts } = select(question, data)
  const highest = alerts.reduce((level, alert) => Math.max(level, alert.rule.level), 0)
  const worst = alerts.filter(alert => alert.rule.level === highest)
  const [alert] = worst
  if (alert === undefined) return nothing('search', filter)
  const rules = [
    ...new Set(worst.map(each => `rule ${each.rule.id} (${each.rule.description}) on ${each.agent.name}`)),
  ]
  return found('search', filter, worst.length, {
    text: `The highest level${conditionWords(filter)} is ${highest}: ${list(rules.slice(0, 5))}.`,
    evidence: worst
      .slice(0, 5)
      .flatMap(each => [
        alertField(each, '/rule/level', 'Level'),
        alertField(each, '/rule/description', 'Rule'),
      ]),
  })
}

/** `What does rule 5710 mean?`, from the alerts that it made. */
export const explainRule: Answerer = (question, data) => {
  const id = /\brule\s+(?:id\s+)?#?(\d{1,6})\b/.exec(question.folded)?.[1]
  if (id === undefined) return undefined
  const alerts = data.alerts.filter(alert => alert.rule.id === id)
  const [alert] = alerts
  if (alert === undefined)
    return {
      sentences: [{ text: `No alert here was made by rule ${id}.`, evidence: [] }],
      toolCalls: [{ tool: 'search', arguments: { rule: id }, rows: 0 }],
    }
  const { rule } = alert
  const mitre = rule.mitre.ids.length === 0 ? '' : ` It is mapped to ${list(rule.mitre.ids)}.`
  return {
    sentences: [
      {
        text: `Rule ${id} is "${rule.description}", level ${rule.level}, of the groups ${list(rule.groups)}.${mitre}`,
        evidence: [alertField(alert, '/rule', 'Rule')],
      },
      {
        text: `It made ${plural(alerts.length, 'alert')} here${spanOf(alerts)}, on ${list([...new Set(alerts.map(each => each.agent.name))].slice(0, 10))}.`,
        evidence: computedOver(alerts, 'alerts of the rule', { alerts: alerts.length }),
      },
    ],
    techniques: [],
    toolCalls: [{ tool: 'search', arguments: { rule: id }, rows: alerts.length }],
  }
}

/** `What is the IP of web-01?`, `sha256 of /tmp/x`, `which agent id has …`. */
export const fieldValue: Answerer = (question, data) => {
  const field = fields.find(each => each.words.test(question.folded))
  if (field === undefined || data.alerts.length === 0) return undefined
  const { filter, alerts } = select(question, data)
  if (Object.keys(filter.conditions).length === 0) return undefined
  for (const pointer of field.pointers) {
    const holding = alerts.filter(alert => readPointer(alert.document, pointer) !== undefined)
    const [alert] = holding
    if (alert === undefined) continue
    const values = [...new Set(holding.map(each => String(readPointer(each.document, pointer))))]
    return found('read-field', filter, holding.length, {
      text: `The ${field.name}${conditionWords(filter)} is ${list(values.slice(0, 10))}.`,
      evidence: holding.slice(0, 5).map(each => alertField(each, pointer, field.name)),
    })
  }
  return undefined
}

const fields: readonly { words: RegExp; name: string; pointers: readonly string[] }[] = [
  { words: /\b(ip|ip address|address) (of|for)\b|\bwhat ip\b/, name: 'address', pointers: ['/agent/ip'] },
  { words: /\bagent id\b/, name: 'agent id', pointers: ['/agent/id'] },
  {
    words: /\bsha-?256\b/,
    name: 'SHA-256',
    pointers: ['/syscheck/sha256_after', '/data/tocsin/sha256', '/syscheck/sha256_before'],
  },
  { words: /\bmd5\b/, name: 'MD5', pointers: ['/syscheck/md5_after', '/syscheck/md5_before'] },
  { words: /\bsha-?1\b/, name: 'SHA-1', pointers: ['/syscheck/sha1_after', '/data/virustotal/sha1'] },
  {
    words: /\bcommand ?line\b/,
    name: 'command line',
    pointers: ['/data/win/eventdata/commandLine', '/data/audit/command', '/data/command'],
  },
  {
    words: /\bparent (process|image)\b/,
    name: 'parent process',
    pointers: ['/data/win/eventdata/parentImage'],
  },
  { words: /\bfull log\b|\braw log\b|\blog line\b/, name: 'log line', pointers: ['/full_log'] },
  {
    words: /\b(operating system|os) (of|on|for)\b/,
    name: 'operating system',
    pointers: ['/agent/os/name', '/data/os/name'],
  },
]

/** `Which hosts …?`, `List the users that …`, `What techniques were seen on web-01?` */
export const listValues: Answerer = (question, data) => {
  const subject = /\b(?:which|what|list|show|name|give me|who)\b\s*(.{0,60})/.exec(question.folded)
  if (subject === null || data.alerts.length === 0) return undefined
  const dimension = /^who\b/.test(question.folded)
    ? dimensions.find(each => each.one === 'user')
    : dimensionIn(subjectOf(question.folded))
  if (dimension === undefined) return undefined
  const { filter, alerts } = select(question, data)
  const counted = countBy(alerts, dimension)
  if (counted.length === 0) return nothing('aggregate', filter)
  const shown = counted.slice(0, 20).map(([value, count]) => `${value} (${count})`)
  const more = counted.length > shown.length ? `, and ${counted.length - shown.length} more` : ''
  return found('aggregate', filter, counted.length, {
    text: `${counted.length} ${counted.length === 1 ? dimension.one : dimension.many}${conditionWords(filter)}, with the number of alerts: ${list(shown)}${more}.`,
    evidence: computedOver(alerts, dimension.many, Object.fromEntries(counted.slice(0, 20))),
  })
}

const timelineLimit = 15

/** `What happened on web-01?`, `What changed on host X?`, `Tell me about 203.0.113.9`, `any malware?` */
export const whatHappened: Answerer = (question, data) => {
  const { filter, alerts } = select(question, data)
  if (Object.keys(filter.conditions).length === 0) return undefined
  const [first] = alerts
  if (first === undefined) return nothing('timeline', filter)
  const byRule = [...Map.groupBy(alerts, alert => alert.rule.id).values()]
  const lines = byRule
    .toSorted((a, b) => (b[0]?.rule.level ?? 0) - (a[0]?.rule.level ?? 0))
    .slice(0, timelineLimit)
    .flatMap(group => {
      const [alert] = group
      return alert === undefined
        ? []
        : [
            {
              text: `Level ${alert.rule.level}, rule ${alert.rule.id}: ${alert.rule.description}, ${plural(group.length, 'time')}${group.length === 1 ? ` at ${time(alert)}` : spanOf(group)}.`,
              evidence: [alertField(alert, '/rule/description', `Alert ${alert.id}`)],
            },
          ]
    })
  const rest = byRule.length - lines.length
  return {
    sentences: [
      {
        text: `${plural(alerts.length, 'alert')} of ${plural(byRule.length, 'rule')}${conditionWords(filter)}${spanOf(alerts)}.`,
        evidence: computedOver([], 'alerts', { alerts: alerts.length, rules: byRule.length }),
      },
      ...lines,
      ...(rest > 0
        ? [{ text: `${plural(rest, 'further rule')} of lower level not listed.`, evidence: [] }]
        : []),
    ],
    toolCalls: [{ tool: 'timeline', arguments: filter.conditions, rows: alerts.length }],
  }
}

function select(question: Question, data: ChatData): { filter: AlertFilter; alerts: Alert[] } {
  const filter = readAlertFilter(question, data)
  return { filter, alerts: data.alerts.filter(filter.matches) }
}

/** What follows the question word, up to the verb or preposition: that is what is asked for. */
function subjectOf(folded: string): string {
  const after =
    /\b(?:which|what|list|show(?: me)?|name|give me|top(?: \d+)?|most (?:frequent|common|active|targeted|noisy)|most)\b\s+(?:(?:is|are|were|was)\s+)?(?:the\s+)?(?:all\s+)?(.*)/.exec(
      folded,
    )?.[1] ?? folded
  return (
    after.split(
      /\b(?:on|from|for|with|have|has|had|did|were|was|that|in|triggered|generated|caused|by|against|who|where|when|is|are|seen|got|made|produced|logged|connected|failed|used)\b/,
    )[0] ?? ''
  )
}

function dimensionIn(text: string): Dimension | undefined {
  return dimensions.find(dimension => dimension.words.test(text))
}

function spanOf(alerts: readonly Alert[]): string {
  const [first, last] = [alerts[0], alerts.at(-1)]
  if (first === undefined || last === undefined || first === last) return ''
  return `, from ${time(first)} to ${time(last)}`
}

function found(tool: string, filter: AlertFilter, rows: number, sentence: Found['sentences'][number]): Found {
  return { sentences: [sentence], toolCalls: [{ tool, arguments: filter.conditions, rows }] }
}

function nothing(tool: string, filter: AlertFilter): Found {
  return found(tool, filter, 0, { text: `I found no alert${conditionWords(filter)}.`, evidence: [] })
}
