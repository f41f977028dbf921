import { expect, it } from 'vitest'
import type { Json } from '../../lib/canonical-json.ts'
import { checkQuery, parseQuery } from './indexer-query.ts'

const check = (body: { readonly [name: string]: Json }, index = 'wazuh-alerts-*') =>
  checkQuery({ index, body })

it('takes what an analyst writes, and bounds it', () => {
  const body = {
    query: {
      bool: {
        filter: [{ term: { 'agent.name': 'web-01' } }, { range: { timestamp: { gte: 'now-1d' } } }],
        must_not: { exists: { field: 'data.srcip' } },
      },
    },
    aggs: {
      by_rule: {
        terms: { field: 'rule.id', size: 10 },
        aggs: { over: { cardinality: { field: 'agent.id' } } },
      },
    },
    size: 5000,
    sort: [{ timestamp: 'desc' }],
  }
  expect(check(body).body).toMatchObject({ size: 100, from: 0, query: body.query })
  expect(check({}).body).toMatchObject({ size: 20, query: { match_all: {} } })
})

it.each<[string, { readonly [name: string]: Json }]>([
  ['a script query', { query: { script: { script: 'true' } } }],
  ['a scripted score', { query: { function_score: { query: { match_all: {} } } } }],
  ['a regular expression', { query: { regexp: { full_log: '.*' } } }],
  ['a pattern that begins with a star', { query: { wildcard: { full_log: { value: '*x' } } } }],
  [
    'a lookup in another index',
    { query: { terms: { user: { index: '.opendistro_security', id: '1', path: 'x' } } } },
  ],
  ['a scripted field', { script_fields: { x: { script: '1' } } }],
  ['runtime fields', { runtime_mappings: {} }],
  ['a scripted aggregation', { aggs: { a: { scripted_metric: { map_script: '1' } } } }],
  ['a script inside an aggregation', { aggs: { a: { terms: { script: '1' } } } }],
  ['a scripted sort', { sort: [{ _script: { script: '1' } }] }],
  ['too many buckets', { aggs: { a: { terms: { field: 'x', size: 100000 } } } }],
  ['query_string, which knows regular expressions', { query: { query_string: { query: '/.*/' } } }],
  ['something nested without end', { query: nested(20) }],
])('refuses %s', (_name, body) => {
  expect(() => check(body)).toThrow(/cannot be run/)
})

it.each([
  '.opendistro_security',
  '*',
  'tocsin-*',
  'wazuh-alerts-*,.kibana',
  '_all',
  'wazuh-alerts-4.x/../_cat',
])('refuses the index %s', index => {
  expect(() => check({}, index)).toThrow(/index/)
})

it('says where text is no query', () => {
  expect(() => parseQuery('{"index":')).toThrow(/not JSON/)
  expect(() => parseQuery('[]')).toThrow(/must be/)
})

function nested(depth: number): Json {
  return depth === 0 ? { match_all: {} } : { bool: { must: [nested(depth - 1)] } }
}
