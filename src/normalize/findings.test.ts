import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { findingFields } from './entity-fields.ts'
import { normalizeLine } from './normalize-line.ts'

// Findings of Wazuh 5 by a mapping that is not published yet: what they say is found in every form that the indexer
// stores for it, and what is not understood costs neither the alert nor its place in the queue.

const origin = { where: 'wazuh-findings-v5-x/f1', receivedAtMs: 1_700_000_000_000 }
const uuid = '0b1c7d9e-3a52-4f60-9c11-2f7a5d8e9b10'

function read(source: unknown, id: unknown = 'f1') {
  return normalizeLine(Buffer.from(JSON.stringify({ _index: 'i', _id: id, _source: source })), origin)
}

function alertOf(source: unknown): Alert {
  const line = read(source)
  if (line.kind === 'quarantined') throw new Error(line.quarantined.message)
  return line.alert
}

const codesOf = (source: unknown) => {
  const line = read(source)
  return line.kind === 'quarantined'
    ? [`quarantined ${line.quarantined.code}`]
    : line.problems.map(({ code }) => code)
}

const time = { '@timestamp': '2026-11-24T10:00:00.000Z' }
const withRule = (rule: object) => ({ ...time, wazuh: { rule } })

describe('the level of a finding', () => {
  it.each<[unknown, number]>([
    ['informational', 3],
    ['low', 5],
    ['medium', 8],
    ['high', 12],
    ['critical', 15],
    [' High\n', 12],
    ['CRITICAL', 15],
    [['low', 'critical'], 15],
    [[['high']], 12],
    [12, 12],
    ['7', 7],
    [99, 16],
    [-1, 0],
    [12.9, 12],
  ])('%j is %i', (level, expected) => {
    const source = withRule({ id: uuid, title: 't', level })
    expect(alertOf(source).rule.level).toBe(expected)
    expect(codesOf(source)).toEqual([])
  })

  it.each<[unknown]>([
    [undefined],
    [null],
    [''],
    ['severe'],
    ['constructor'],
    ['__proto__'],
    [true],
    [{ high: 1 }],
    [[]],
  ])('%j is medium, and that is said', level => {
    const source = withRule({ id: uuid, title: 't', level })
    expect(alertOf(source).rule.level).toBe(8)
    expect(codesOf(source)).toEqual(['unknown-level'])
  })

  it('may be a list of hundreds of thousands', () => {
    const level = Array.from({ length: 300_000 }, () => 'low')
    expect(alertOf(withRule({ id: uuid, level })).rule.level).toBe(5)
  })
})

it('a level of Wazuh 4 that is the name of something else is no level', () => {
  for (const level of ['constructor', '__proto__', 'valueOf', [], {}, null]) {
    const line = normalizeLine(Buffer.from(JSON.stringify({ rule: { id: '1', level }, id: '1.1' })), origin)
    expect(line).toMatchObject({ kind: 'alert', alert: { rule: { level: 0 } } })
  }
})

describe('the rule of a finding', () => {
  it.each<[string, object, object]>([
    ['with a UUID', { id: uuid, title: 't' }, { id: uuid, description: 't' }],
    ['with a number for an id', { id: 7, title: 't' }, { id: '7', description: 't' }],
    ['with an id alone', { id: uuid }, { id: uuid, description: `Rule ${uuid}` }],
    ['with a title alone', { title: 't' }, { id: '', description: 't' }],
    ['with a description', { id: uuid, description: 'd' }, { description: 'd' }],
    ['with tags', { id: uuid, tags: ['a', ' ', ['b']] }, { groups: ['a', 'b'] }],
    ['with one tag', { id: uuid, tags: 'a' }, { groups: ['a'] }],
    ['with techniques', { id: uuid, mitre: { id: ['T1059'] } }, { mitre: { ids: ['T1059'] } }],
  ])('%s', (_, rule, expected) => {
    expect(alertOf(withRule({ level: 'low', ...rule })).rule).toMatchObject(expected)
  })

  it.each<[string, unknown]>([
    ['without a rule', { ...time, wazuh: { agent: { id: '1' } } }],
    ['whose rule is empty', withRule({})],
    ['whose rule is a list', { ...time, wazuh: { rule: [{ id: uuid }] } }],
    ['whose rule is text', { ...time, wazuh: { rule: uuid } }],
    ['whose wazuh is text', { ...time, wazuh: 'rule' }],
    ['whose wazuh is null', { ...time, wazuh: null }],
    ['that is a list', [withRule({ id: uuid })]],
    ['that is no object', 'finding'],
    ['whose rule only another object has', { ...time, wazuh: { __proto__x: { rule: { id: uuid } } } }],
  ])('a document %s goes to quarantine whole', (_, source) => {
    const line = read(source)
    expect(line).toMatchObject({ kind: 'quarantined', quarantined: { code: 'not-an-alert' } })
    const kept = line.kind === 'quarantined' ? JSON.parse(Buffer.from(line.quarantined.bytes).toString()) : {}
    expect(kept._source).toEqual(source)
  })

  it('with an id that no rule has, or a document with such an id, goes to quarantine', () => {
    expect(codesOf(withRule({ id: 'x'.repeat(300) }))).toEqual(['quarantined name-too-long'])
    expect(read(withRule({ id: uuid }), 'x'.repeat(5000))).toMatchObject({
      quarantined: { code: 'name-too-long' },
    })
  })
})

describe('the forms in which the indexer stores one finding', () => {
  const nested = {
    '@timestamp': '2026-11-24T10:00:00.000Z',
    wazuh: {
      rule: { id: uuid, title: 'Encoded command', level: 'high', mitre: { id: ['T1059'] } },
      agent: { id: '003', name: 'PC-1' },
      integration: { name: 'windows' },
      cluster: { name: 'c1' },
    },
    event: { original: 'raw', category: ['process'] },
    host: { ip: ['192.0.2.3'] },
    source: { ip: '203.0.113.9', user: { name: 'CORP\\Ann' } },
    process: { parent: { executable: '/bin/sh' }, hash: { sha256: 'a'.repeat(64) } },
    threat: { technique: { id: ['T1204'], name: ['User Execution'] }, tactic: { name: ['Execution'] } },
    novel: { field: [1, { a: null }] },
  }
  /** Every way to write one object whose keys may be joined, by a bit for each joint. */
  function joined(value: unknown, bits: () => boolean): unknown {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, member]) => {
        const inner = joined(member, bits)
        const mayJoin = inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        if (!mayJoin || !bits()) return [[key, inner]]
        return Object.entries(inner).map(([name, each]) => [`${key}.${name}`, each])
      }),
    )
  }
  const factsOf = ({ rule, agent, manager, timestampMs, decoder, fullLog, entities }: Alert) => ({
    rule,
    agent,
    manager,
    timestampMs,
    decoder,
    fullLog,
    entities: entities.map(({ pointer: _, ...entity }) => entity),
  })

  it('says what it says', () => {
    expect(factsOf(alertOf(nested))).toMatchObject({
      rule: {
        id: uuid,
        level: 12,
        groups: ['process'],
        mitre: { ids: ['T1059', 'T1204'], tactics: ['Execution'] },
      },
      agent: { id: '003', name: 'PC-1', ip: '192.0.2.3' },
      manager: 'c1',
      decoder: 'windows',
      fullLog: 'raw',
    })
    expect(alertOf(nested).entities.map(({ type, value }) => `${type} ${value}`)).toEqual([
      'host pc-1',
      'address 192.0.2.3',
      'address 203.0.113.9',
      'user ann',
      'process /bin/sh',
      `hash ${'a'.repeat(64)}`,
    ])
  })

  it('are read alike, cited where they stand, and kept as they are', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), bits => {
        const source = joined(nested, () => bits.next().value)
        const alert = alertOf(source)
        expect(factsOf(alert)).toEqual(factsOf(alertOf(nested)))
        expect(alert.document).toEqual(source)
        for (const { pointer } of alert.entities) expect(readPointer(alert.document, pointer)).toBeDefined()
      }),
      { numRuns: 300, seed: 5 },
    )
  })
})

it('lists in lists name what they name', () => {
  const source = {
    ...withRule({ id: uuid, level: 'low' }),
    source: { ip: [['203.0.113.9', ['203.0.113.10']]] },
  }
  expect(alertOf(source).entities.map(({ value }) => value)).toEqual(['203.0.113.9', '203.0.113.10'])
})

describe('any finding at all', () => {
  const paths = [
    ...findingFields.map(({ path }) => path),
    ...['id', 'title', 'level', 'tags', 'mitre', 'description'].map(name => ['wazuh', 'rule', name]),
    ['wazuh', 'agent', 'id'],
    ['wazuh', 'cluster', 'name'],
    ['wazuh', 'integration', 'name'],
    ['event', 'original'],
    ['event', 'id'],
    ['threat', 'technique', 'id'],
    ['@timestamp'],
    ['timestamp'],
    ['cluster'],
    ['location'],
  ]
  const values = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom<unknown>('__proto__', 'constructor', 1e308, -0, '\ud800', '\0', 'x'.repeat(5000), [[[]]]),
  )
  it('is an alert whose facts hold, or in quarantine; never thrown at', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), values, fc.boolean())), changes => {
        const source: Record<string, unknown> = withRule({ id: uuid, title: 't', level: 'high' })
        for (const [path, value, flat] of changes) {
          const [first = '', ...rest] = flat ? [path.join('.')] : path
          source[first] = rest.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
        }
        const line = read(source)
        if (line.kind === 'quarantined') return
        const { alert } = line
        expect(alert.rule.level >= 0 && alert.rule.level <= 16 && Number.isInteger(alert.rule.level)).toBe(
          true,
        )
        expect(Number.isInteger(alert.timestampMs)).toBe(true)
        for (const { pointer } of alert.entities) expect(readPointer(alert.document, pointer)).toBeDefined()
      }),
      { numRuns: 500, seed: 6 },
    )
  })
})
