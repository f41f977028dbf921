import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { filesBelow } from '../commands/files-below.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { SigmaEngine } from './sigma-engine.ts'
import { parseSigma } from './sigma-rule.ts'

const rule = (detection: string, logsource = 'category: test') =>
  `title: t\nid: r1\nlogsource:\n  ${logsource}\ndetection:\n${detection
    .trim()
    .split('\n')
    .map(line => `  ${line}`)
    .join('\n')}`

/** Whether the detection (YAML lines below `detection:`) matches the event. */
function check(detection: string, event: unknown): boolean | string {
  const [result] = new SigmaEngine(parseSigma(rule(detection))).evaluate(event)
  return result === undefined
    ? 'unreadable'
    : result.problems.length > 0
      ? (result.problems[0]?.message ?? '')
      : result.match
}

const selection = (field: string) => `selection:\n  ${field}\ncondition: selection`

describe('values', () => {
  const cases: [field: string, value: unknown, match: boolean][] = [
    ["a: 'Abc'", 'aBC', true],
    ["a: 'abc'", 'xabc', false],
    ["a: 'a*c'", 'axxc', true],
    ["a: 'a?c'", 'ac', false],
    ["a: 'a\\*c'", 'a*c', true],
    ["a: 'a\\*c'", 'axc', false],
    ["a: 'C:\\Temp\\x'", 'c:\\temp\\X', true],
    ["a: '\\\\\\\\server'", '\\\\server', true],
    ['a: 5', '5', true],
    ['a: true', 'True', true],
    ['a: null', null, true],
    ["a: ''", '', true],
    ["a: ''", 'x', false],
    ['a: [x, y]', 'Y', true],
    ["a|contains: 'mid'", 'a MID b', true],
    ["a|startswith: 'ab'", 'ABc', true],
    ["a|endswith: 'bc'", 'aBC', true],
    ['a|contains|all: [x, y]', 'y x', true],
    ['a|contains|all: [x, z]', 'y x', false],
    ["a|cased: 'Ab'", 'ab', false],
    ["a|re: '^x[0-9]+$'", 'x12', true],
    ["a|re: 'X'", 'x', false],
    ["a|re|i: 'X'", 'x', true],
    ["a|cidr: '10.0.0.0/8'", '10.9.1.2', true],
    ["a|cidr: '10.0.0.0/8'", '11.9.1.2', false],
    ["a|cidr: '2001:db8::/32'", '2001:db8::1', true],
    ['a|gte: 5', '7', true],
    ['a|lt: 5', 7, false],
    ["a|windash|contains: ' -enc'", 'x /enc y', true],
    ["a|windash|contains: ' -enc'", 'x –enc y', true],
    ["a|windash|contains: ' -enc'", 'x enc y', false],
    ["a|base64offset|contains: 'hello'", Buffer.from('xhello world').toString('base64'), true],
    ["a|base64offset|contains: 'hello'", Buffer.from('xxhello world').toString('base64'), true],
    ["a|wide|base64offset|contains: 'cmd'", Buffer.from('run cmd', 'utf16le').toString('base64'), true],
    ["a|base64: 'hello'", 'aGVsbG8=', true],
    ['a|exists: true', 'x', true],
    ['a|exists: false', 'x', false],
    ['a|neq: x', 'y', true],
    ['a|neq: x', 'x', false],
    ['a|hour: 13', '2026-11-24T13:05:00Z', true],
  ]
  it.each(cases)('%s on %j is %s', (field, value, match) => {
    expect(check(selection(field), { a: value })).toBe(match)
  })

  it('compares two fields', () => {
    expect(check(selection('a|fieldref: b'), { a: 'X', b: 'x' })).toBe(true)
    expect(check(selection('a|fieldref|startswith: b'), { a: 'abc', b: 'b' })).toBe(false)
  })

  it('says what it cannot evaluate, and matches nothing then', () => {
    expect(check(selection("a|re: '(?<=x)y'"), { a: 'xy' })).toContain('look-around')
    expect(check(selection("a|nonsense: 'x'"), { a: 'x' })).toContain('not a Sigma modifier')
    expect(check('a:\n  b: c\ncondition: a | count() > 5', {})).toContain('correlation rule')
    expect(check('a:\n  b: c\ncondition: missing', {})).toContain('missing')
  })
})

describe('conditions', () => {
  const searches = 's1: {a: 1}\ns2: {b: 1}\n_x: {c: 1}\n'
  const cases: [condition: string, event: object, match: boolean][] = [
    ['s1 and not s2', { a: 1 }, true],
    ['s1 and not s2', { a: 1, b: 1 }, false],
    ['not s1 or s2 and s1', { a: 1, b: 1 }, true],
    ['not (s1 or s2)', {}, true],
    ['1 of s*', { b: 1 }, true],
    ['all of s*', { b: 1 }, false],
    ['2 of s*', { a: 1, b: 1 }, true],
    ['all of them', { a: 1, b: 1 }, true],
    ['any of them', { c: 1 }, false],
    ['_x', { c: 1 }, true],
  ]
  it.each(cases)('%s on %j is %s', (condition, event, match) => {
    expect(check(`${searches}condition: ${condition}`, event)).toBe(match)
  })

  it('takes keywords anywhere in the event', () => {
    expect(
      check('keywords:\n- mimikatz\n- other\ncondition: keywords', { deep: [{ text: 'run MIMIKATZ now' }] }),
    ).toBe(true)
    expect(check("keywords:\n  '|all':\n  - one\n  - two\ncondition: keywords", { a: 'one', b: 'two' })).toBe(
      true,
    )
  })

  it('never throws, whatever the condition', () => {
    const words = fc.array(
      fc.constantFrom('s1', 's2', 'and', 'or', 'not', '(', ')', '1 of s*', 'of', 'them', 'all of them', '*'),
    )
    fc.assert(
      fc.property(words, parts => void check(`${searches}condition: "${parts.join(' ')}"`, { a: 1 })),
      { seed: 1, numRuns: 300 },
    )
  })
})

describe('events', () => {
  const detection = 'selection:\n  Image|endswith: \\cmd.exe\n  EventID: 1\ncondition: selection'
  const shapes: [name: string, event: unknown][] = [
    ['flat', { EventID: 1, Image: 'C:\\x\\cmd.exe' }],
    [
      'evtx tools',
      { Event: { System: { EventID: { '#text': 1 } }, EventData: { Image: 'C:\\x\\cmd.exe' } } },
    ],
    [
      'evtx data list',
      {
        Event: {
          System: { EventID: 1 },
          EventData: { Data: [{ '#attributes': { Name: 'Image' }, '#text': 'C:\\x\\cmd.exe' }] },
        },
      },
    ],
    ['Wazuh', { data: { win: { system: { eventID: '1' }, eventdata: { image: 'C:\\x\\cmd.exe' } } } }],
    [
      'indexer hit',
      { _source: { data: { win: { system: { eventID: '1' }, eventdata: { image: 'C:\\x\\cmd.exe' } } } } },
    ],
    ['Winlogbeat', { winlog: { event_id: '1', event_data: { Image: 'C:\\x\\cmd.exe' } }, EventID: 1 }],
  ]
  it.each(shapes)('%s', (_, event) => {
    expect(check(detection, event)).toBe(true)
  })

  it('keeps a rule to its log source', () => {
    const event = { Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 11, Image: 'a.exe' }
    const match = (logsource: string) =>
      new SigmaEngine(parseSigma(rule(selection('Image: a.exe'), logsource))).evaluate(event)[0]?.match
    expect(match('product: windows\n  category: file_event')).toBe(true)
    expect(match('product: windows\n  category: process_creation')).toBe(false)
    expect(match('product: linux')).toBe(false)
  })
})

describe('correlation', () => {
  const base =
    'title: b\nid: base\nname: failed\nlogsource: {category: test}\ndetection:\n  s: {outcome: failure}\n  condition: s\n---\ntitle: b2\nid: base2\nname: success\nlogsource: {category: test}\ndetection:\n  s: {outcome: success}\n  condition: s\n---\n'
  const correlate = (body: string, events: readonly object[]) => {
    const engine = new SigmaEngine(
      parseSigma(
        `${base}title: c\nid: corr\ncorrelation:\n${body
          .trim()
          .split('\n')
          .map(line => `  ${line}`)
          .join('\n')}`,
      ),
    )
    return events.map(event => engine.evaluate(event).find(result => result.ruleId === 'corr')?.match)
  }
  const failure = (second: number, user = 'u', host = 'h') => ({
    timestamp: new Date(second * 1000).toISOString(),
    outcome: 'failure',
    user,
    host,
  })

  it('counts events of a group inside the window', () => {
    const body = 'type: event_count\nrules: [failed]\ngroup-by: [user]\ntimespan: 10s\ncondition: {gte: 3}'
    expect(correlate(body, [failure(0), failure(1), failure(1, 'other'), failure(2)])).toEqual([
      false,
      false,
      false,
      true,
    ])
    expect(correlate(body, [failure(0), failure(20), failure(40)])).toEqual([false, false, false])
  })

  it('counts values', () => {
    const body =
      'type: value_count\nrules: [base]\ngroup-by: [user]\ntimespan: 1h\ncondition: {field: host, gte: 2}'
    expect(correlate(body, [failure(0), failure(1), failure(2, 'u', 'h2')])).toEqual([false, false, true])
  })

  it('wants rules in order where they are ordered', () => {
    const success = { ...failure(5), outcome: 'success' }
    const body = (type: string) => `type: ${type}\nrules: [failed, success]\ngroup-by: [user]\ntimespan: 1m`
    expect(correlate(body('temporal_ordered'), [failure(1), success])).toEqual([false, true])
    expect(correlate(body('temporal_ordered'), [success, failure(6)])).toEqual([false, false])
    expect(correlate(body('temporal'), [success, failure(6)])).toEqual([false, true])
  })

  it('names a rule that it counts and that is not there', () => {
    const body = 'type: event_count\nrules: [nobody]\ntimespan: 10s\ncondition: {gte: 3}'
    const engine = new SigmaEngine(
      parseSigma(
        `title: c\nid: corr\ncorrelation:\n${body
          .split('\n')
          .map(line => `  ${line}`)
          .join('\n')}`,
      ),
    )
    expect(engine.evaluate({})[0]?.problems[0]?.message).toContain('nobody')
  })
})

describe('reading files', () => {
  it.each([
    ['title: x\nlogsource: {product: a}', 'missing', 'line 1, column 1'],
    ['title: [', 'yaml', 'line 1, column 9'],
    ['- a', 'not-a-rule', 'line 1'],
    ['', 'empty', undefined],
  ])('%j', (text, code, where) => {
    const [first] = parseSigma(text).flatMap(document => document.problems)
    expect([first?.code, first?.where]).toEqual([code, where])
  })

  it('stops an alias bomb', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'
        .split('')
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(',')}]`),
    ].join('\n')
    expect(parseSigma(bomb).flatMap(document => document.problems.map(entry => entry.code))).toEqual(['yaml'])
  })

  const data = sharedData('sigma')
  it.skipIf(data === undefined)('every published rule matches the event recorded for it', () => {
    const rules = filesBelow(`${data}/rules-with-regression`).flatMap(file =>
      parseSigma(readFileSync(file, 'utf8')),
    )
    const engine = new SigmaEngine(rules)
    const ids = new Set(rules.map(document => document.content?.id))
    const events = filesBelow(`${data}/regression`, name => name.endsWith('.json'))
    const missed = events.filter(file => {
      const id = file.split('/').at(-1)?.slice(0, -5)
      if (!ids.has(id)) return false
      const { value } = parseJsonDocuments(readFileSync(file, 'utf8'))
      return !value.some(event => engine.evaluate(event).some(result => result.ruleId === id && result.match))
    })
    expect([events.length > 50, missed]).toEqual([true, []])
  })
})
