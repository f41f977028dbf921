import type { Json } from '../../lib/canonical-json.ts'
import { readAlertFilter } from '../alert-filter.ts'
import type { ChatData, Question } from '../answer.ts'
import { dimensions } from '../counting.ts'
import type { IndexerQuery } from './indexer-query.ts'

/** The index fields that a dimension is counted by. */
const fieldOf: Readonly<Record<string, string>> = {
  'source address': 'data.srcip',
  'destination address': 'data.dstip',
  address: 'data.srcip',
  host: 'agent.name',
  user: 'data.dstuser',
  technique: 'rule.mitre.id',
  tactic: 'rule.mitre.tactic',
  'rule group': 'rule.groups',
  rule: 'rule.id',
  CVE: 'data.vulnerability.cve',
  hash: 'syscheck.sha256_after',
  process: 'data.win.eventdata.image',
  file: 'syscheck.path',
  URL: 'data.url',
  decoder: 'decoder.name',
  'log source': 'location',
  level: 'rule.level',
}

/** A question as a query over Wazuh's alerts, and in words what was understood of it. */
export interface UnderstoodQuery {
  readonly query: IndexerQuery
  readonly understood: Readonly<Record<string, string>>
}

/** Reads a question the way the answers by code do. It always gives a query: a person sees it before it counts. */
export function questionToQuery(question: Question, data: ChatData): UnderstoodQuery {
  const { folded } = question
  const { clauses, conditions } = readAlertFilter(question, data)
  const counts = /\b(how many|count|number of|top|most|least|per|by|which|list|over time)\b/.test(folded)
  const overTime = /\b(over time|per hour|per day|by hour|by day|hourly|daily|trend)\b/.test(folded)
  const dimension = counts
    ? dimensions.find(
        each => fieldOf[each.one] !== undefined && each.words.test(withoutConditions(folded, conditions)),
      )
    : undefined
  const field = dimension === undefined ? undefined : fieldOf[dimension.one]
  const wanted = Math.min(Number(/\btop\s+(\d{1,3})\b/.exec(folded)?.[1] ?? 10), 100)
  const aggs: Record<string, Json> = {
    ...(field === undefined
      ? {}
      : { [`by_${field.replaceAll('.', '_')}`]: { terms: { field, size: wanted } } }),
    ...(overTime
      ? {
          over_time: {
            date_histogram: {
              field: 'timestamp',
              fixed_interval: /\b(day|daily)\b/.test(folded) ? '1d' : '1h',
              min_doc_count: 1,
            },
          },
        }
      : {}),
  }
  const aggregates = Object.keys(aggs).length > 0
  return {
    understood: {
      ...conditions,
      ...(dimension === undefined ? {} : { 'counted by': dimension.one }),
      ...(overTime ? { 'over time': 'yes' } : {}),
    },
    query: {
      index: 'wazuh-alerts-*',
      body: {
        query: clauses.length === 0 ? { match_all: {} } : { bool: { filter: [...clauses] } },
        ...(aggregates ? { aggs } : {}),
        size: aggregates ? 0 : 20,
        sort: [{ timestamp: { order: 'desc' } }],
      },
    },
  }
}

/** What a condition named is not also what is counted: `top users on host web-01` counts users. */
function withoutConditions(folded: string, conditions: Readonly<Record<string, string>>): string {
  return Object.values(conditions)
    .reduce((text, value) => text.replaceAll(value.toLowerCase(), ' '), folded)
    .replace(/\bon (?:host|agent|server|machine)\b|\brule\s+\d+/g, ' ')
}
