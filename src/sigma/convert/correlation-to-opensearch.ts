import { type Problem, problem } from '../../lib/problem.ts'
import type { SigmaCorrelation, SigmaDocument } from '../sigma-rule.ts'
import type { Conversion } from './conversion.ts'
import { agreedField, correlatedRules } from './correlated-rules.ts'
import { wazuhField } from './field-names.ts'
import { openSearchQuery } from './to-opensearch.ts'

type Query = { readonly [name: string]: unknown }

/** More groups than this are not listed; the largest come first. */
const mostGroups = 1000

/**
 * A Sigma correlation as a search with aggregations over `wazuh-alerts-4.x-*`: each bucket of `groups` is a group in which it
 * holds. It looks at one window that ends now, so it is to be run at least as often as once a timespan, such as by a monitor.
 */
export function correlationToOpenSearch(
  correlation: SigmaCorrelation,
  documents: readonly SigmaDocument[],
): Conversion {
  const { timespanSeconds, groupBy } = correlation
  const { rules, problems: trouble } = correlatedRules(correlation, documents)
  const problems: Problem[] = [...trouble]
  const refuse = (message: string): Conversion => {
    problems.push(problem('cannot-express', message))
    return { output: undefined, problems }
  }
  const queries = rules.map(rule => {
    const { query, problems: own } = openSearchQuery(rule)
    problems.push(...own)
    return query
  })
  if (problems.length > 0) return { output: undefined, problems }
  const nameOf = (field: string) => {
    const name = agreedField(field, correlation, rules, (own, rule) => wazuhField(own, rule.logSource))
    return name === undefined ? undefined : `data.${name}`
  }
  const fields: string[] = []
  for (const field of groupBy) {
    const name = nameOf(field)
    if (name === undefined)
      return refuse(`${field}: Wazuh has no field of one name for it in all of the rules' events`)
    fields.push(name)
  }
  const counted = countOf(correlation, queries, nameOf)
  if (typeof counted === 'string') return refuse(counted)
  const condition = boundScripts(correlation)
  const script = [...counted.holds, ...condition].join(' && ')
  const selector = { bucket_selector: { buckets_path: counted.paths, script } }
  const perGroup = { ...counted.aggregations, ...(script === '' ? {} : { holds: selector }) }
  const search = {
    size: 0,
    query: {
      bool: {
        filter: [
          { range: { timestamp: { gte: `now-${timespanSeconds}s` } } },
          { bool: { should: queries, minimum_should_match: 1 } },
        ],
      },
    },
    aggs: { groups: { ...grouping(fields), aggs: perGroup } },
  }
  problems.push(
    problem(
      'narrowed',
      `it looks at the ${timespanSeconds} seconds before it is run: run it at least that often, and more often so that no group falls between two windows`,
    ),
  )
  return { output: `${JSON.stringify(search, null, 2)}\n`, problems }
}

/** Buckets by the fields; one bucket where there are none. */
function grouping(fields: readonly string[]): Query {
  const [only] = fields
  if (only === undefined) return { filters: { filters: { all: { match_all: {} } } } }
  if (fields.length === 1) return { terms: { field: only, size: mostGroups } }
  return { multi_terms: { terms: fields.map(field => ({ field })), size: mostGroups } }
}

interface Counted {
  readonly aggregations: Query
  readonly paths: Readonly<Record<string, string>>
  /** What must hold beside the condition's own bounds. */
  readonly holds: readonly string[]
}

/** What is counted in each group, under the name `value`, or why it cannot be. */
function countOf(
  { type, field, rules }: SigmaCorrelation,
  queries: readonly Query[],
  nameOf: (field: string) => string | undefined,
): Counted | string {
  switch (type) {
    case 'event_count':
      return { aggregations: {}, paths: { value: '_count' }, holds: [] }
    case 'value_count': {
      const name = nameOf(field ?? '')
      if (name === undefined)
        return `${field}: Wazuh has no field of one name for it in all of the rules' events`
      return {
        aggregations: { values: { cardinality: { field: name } } },
        paths: { value: 'values' },
        holds: [],
      }
    }
    case 'temporal': {
      const names = queries.map((_, index) => `rule_${index + 1}`)
      return {
        aggregations: Object.fromEntries(names.map((name, index) => [name, { filter: queries[index] }])),
        paths: Object.fromEntries(names.map(name => [name, `${name}._count`])),
        holds: [],
      }
    }
    case 'temporal_ordered': {
      if (rules.length !== 2)
        return 'aggregations know the first and the last event of each rule: enough for two rules'
      const bound = (index: number, kind: 'min' | 'max') => ({
        filter: queries[index],
        aggs: { at: { [kind]: { field: 'timestamp' } } },
      })
      return {
        aggregations: { first: bound(0, 'min'), second: bound(1, 'max') },
        paths: { a: 'first._count', b: 'second._count', from: 'first>at', to: 'second>at' },
        holds: ['params.a > 0', 'params.b > 0', 'params.from <= params.to'],
      }
    }
    case 'value_sum':
    case 'value_avg':
    case 'value_median':
    case 'value_percentile':
      return `Wazuh indexes ${field ?? 'its fields'} as text, which OpenSearch does not calculate with (${type})`
  }
}

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '==', neq: '!=' } as const

function boundScripts({ type, bounds, rules }: SigmaCorrelation): string[] {
  const value =
    type === 'temporal'
      ? `(${rules.map((_, index) => `(params.rule_${index + 1} > 0 ? 1 : 0)`).join(' + ')})`
      : 'params.value'
  if (type === 'temporal_ordered') return []
  if (type === 'temporal' && bounds.length === 0) return [`${value} == ${rules.length}`]
  return bounds.map(bound => `${value} ${operators[bound.operator]} ${bound.value}`)
}
