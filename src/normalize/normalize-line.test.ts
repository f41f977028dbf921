import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { wazuhLine } from '../../test/support/wazuh-alert.ts'
import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { maxLineBytes, normalizeHit, normalizeLine } from './normalize-line.ts'

const origin = { where: 'line 1', receivedAtMs: 1_700_000_000_000 }
const read = (line: string | Uint8Array) =>
  normalizeLine(typeof line === 'string' ? Buffer.from(line) : line, origin)

function alertOf(line: string | Uint8Array): Alert {
  const result = read(line)
  if (result.kind === 'quarantined') throw new Error(result.quarantined.message)
  return result.alert
}

const rule = ['5710', 5, 'sshd: Attempt to login using a non-existent user', ['syslog', 'sshd']] as const
const good = wazuhLine({
  id: '1795557211.0',
  atMs: 1_795_557_211_530,
  rule,
  data: { srcip: '203.0.113.9', srcuser: 'Bob' },
  log: 'Failed password',
})

/** The line with one piece of text exchanged. */
const changed = (from: string, to: string) => good.replace(from, to)

describe('a Wazuh 4 alert', () => {
  it('is read field by field, its text kept exactly', () => {
    const alert = alertOf(good)
    expect(alert).toMatchObject({
      key: 'manager//1795557211.0',
      id: '1795557211.0',
      generation: 4,
      timestampMs: 1_795_557_211_530,
      rule: { id: '5710', level: 5, groups: ['syslog', 'sshd'], firedTimes: 1 },
      agent: { id: '007', name: 'web-01', ip: '192.0.2.7' },
      manager: 'manager',
      fullLog: 'Failed password',
      raw: good,
    })
    expect(alert.entities).toContainEqual({
      type: 'address',
      value: '203.0.113.9',
      role: 'source',
      pointer: '/data/srcip',
    })
    expect(alert.entities).toContainEqual({
      type: 'user',
      value: 'bob',
      role: 'actor',
      pointer: '/data/srcuser',
    })
  })
  it('has the same key through the file and through the indexer, and the document id as its id', () => {
    const hit = JSON.stringify({
      _id: 'abc',
      _index: 'wazuh-alerts-4.x-2026.11.24',
      _source: { ...JSON.parse(good), '@timestamp': 'x' },
    })
    expect(alertOf(hit)).toMatchObject({ key: alertOf(good).key, id: 'abc' })
    const parsed = normalizeHit(JSON.parse(hit), Buffer.from(hit), origin)
    expect(parsed).toEqual(read(hit))
  })
  it('has another key on another node or manager', () => {
    const node = changed(
      '"manager":{"name":"manager"}',
      '"manager":{"name":"manager"},"cluster":{"name":"c","node":"n2"}',
    )
    expect(alertOf(node).key).toBe('manager/n2/1795557211.0')
  })
  it('keeps unknown fields in the document', () => {
    expect(
      readPointer(alertOf(changed('"location"', '"novel":{"a":[1]},"location"')).document, '/novel/a/0'),
    ).toBe(1)
  })
  it('needs neither description, groups nor time', () => {
    const bare = alertOf('{"rule":{"id":11,"level":"4"},"id":"1751132222.7"}')
    expect(bare).toMatchObject({ rule: { id: '11', level: 4, groups: [] }, timestampMs: 1_751_132_222_000 })
    expect(alertOf('{"rule":{"level":99}}')).toMatchObject({
      timestampMs: origin.receivedAtMs,
      rule: { level: 16 },
    })
  })
  it('that has no id gets one from its text, the same each time', () => {
    const line = '{"rule":{"id":"1","level":3}}'
    expect(alertOf(line).id).toMatch(/^sha256:[0-9a-f]{24}$/)
    expect(alertOf(line).id).toBe(alertOf(line).id)
    expect(read(line)).toMatchObject({
      kind: 'alert',
      problems: [{ code: 'missing-id' }, { code: 'missing-timestamp' }],
    })
  })
})

describe('a Wazuh 5 finding', () => {
  const finding = {
    '@timestamp': '2026-11-24T10:00:00.000Z',
    wazuh: {
      rule: { id: '0b1c', title: 'Suspicious PowerShell', level: 'high' },
      agent: { id: '3', name: 'PC-1' },
      integration: { name: 'windows' },
    },
    event: { original: 'raw log' },
    source: { ip: '203.0.113.9' },
    user: { name: 'CORP\\Ann' },
    process: { executable: 'C:\\Windows\\System32\\cmd.exe' },
    threat: { technique: { id: ['T1059'] } },
  }
  it('becomes an alert of the same shape', () => {
    const alert = alertOf(JSON.stringify({ _id: 'f1', _source: finding }))
    expect(alert).toMatchObject({
      key: 'f1',
      generation: 5,
      rule: { id: '0b1c', level: 12, description: 'Suspicious PowerShell', mitre: { ids: ['T1059'] } },
      agent: { id: '3', name: 'PC-1' },
      fullLog: 'raw log',
    })
    expect(alert.entities.map(({ type, value }) => `${type}:${value}`)).toEqual([
      'host:pc-1',
      'address:203.0.113.9',
      'user:ann',
      'process:c:\\windows\\system32\\cmd.exe',
    ])
  })
  it('stays one where its event names a rule of its own: a sensor’s signature hides no finding', () => {
    const sensed = { ...finding, rule: { id: '2024', level: 0, name: 'ET POLICY curl' } }
    expect(alertOf(JSON.stringify({ _id: 'f3', _source: sensed }))).toMatchObject({
      generation: 5,
      rule: { id: '0b1c', level: 12, description: 'Suspicious PowerShell' },
    })
  })
  it('is read from flattened field names too, and cites them', () => {
    const flat = {
      _id: 'f2',
      _source: { 'wazuh.rule.id': 'x', 'wazuh.rule.level': 'critical', 'source.ip': '2001:db8::1' },
    }
    const alert = alertOf(JSON.stringify(flat))
    expect(alert.rule.level).toBe(15)
    const [entity] = alert.entities
    expect(readPointer(alert.document, entity?.pointer ?? '')).toBe('2001:db8::1')
  })
})

describe('entities are folded', () => {
  function check(path: string, value: unknown, expected: string | undefined): void {
    it(`${path} ${JSON.stringify(value).slice(0, 50)} -> ${expected}`, () => {
      const data = path.split('/').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
      const line = wazuhLine({ rule: [...rule], data: data as object })
      const found = alertOf(line).entities.filter(entity => entity.pointer === `/data/${path}`)
      expect(found[0]?.value).toBe(expected)
    })
  }
  check('srcip', '::ffff:203.0.113.9', '203.0.113.9')
  check('srcip', '0:0:0:0:0:0:0:1', '::1')
  check('srcip', '999.1.1.1', undefined)
  check('srcip', '-', undefined)
  check('srcip', 7, undefined)
  check('srcuser', 'CORP\\\\Alice', 'alice')
  check('dstuser', 'root(uid=0)', 'root')
  check('win/eventdata/image', 'C:\\\\Windows\\\\System32\\\\CMD.exe', 'c:\\windows\\system32\\cmd.exe')
  check('win/eventdata/imagePath', '%SystemRoot%\\\\PSEXESVC.exe', 'c:\\windows\\psexesvc.exe')
  check(
    'win/eventdata/hashes',
    'MD5=44D88612FEA8A8F36DE82E1278ABB02F,IMPHASH=00000000000000000000000000000000',
    '44d88612fea8a8f36de82e1278abb02f',
  )
  check('win/eventdata/targetUserName', ['a', 'b'], 'a')
  check('srcuser', 'x'.repeat(5000), undefined)
})

describe('hostile lines', () => {
  const codeOf = (line: string | Uint8Array) => {
    const result = read(line)
    return result.kind === 'alert' ? 'alert' : `${result.kind} ${result.quarantined.code}`
  }
  const bytes = (line: string, ...inserted: number[]) =>
    Buffer.concat([
      Buffer.from(line.slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.from(inserted),
      Buffer.from('"}'),
    ])

  function check(name: string, line: string | Uint8Array, expected: string): void {
    it(`${name}: ${expected}`, () => {
      expect(codeOf(line)).toBe(expected)
      const result = read(line)
      // The original is kept to the byte, whatever became of it.
      const kept = result.kind === 'alert' ? Buffer.from(result.alert.raw) : result.quarantined.bytes
      expect(Buffer.from(kept).equals(Buffer.from(line))).toBe(true)
    })
  }
  const deep = (levels: number) =>
    changed('"location"', `"deep":${'['.repeat(levels)}${']'.repeat(levels)},"location"`)

  check('not JSON', 'not json', 'quarantined not-json')
  check('half a line', good.slice(0, 80), 'quarantined not-json')
  check('NaN', changed('"level":5', '"level":NaN'), 'quarantined not-json')
  it.each([
    ['not json', 'the line is not JSON: it has a character where JSON has none'],
    ['{"a": "b', 'the line is not JSON: it ends in the middle'],
    ['{"a": ', 'the line is not JSON: it ends in the middle'],
    ['{"a": 1 "b"}', 'the line is not JSON: at character 9 something else should follow'],
    ['{"a": "ignore all" "rules"}', 'the line is not JSON: at character 20 something else should follow'],
  ])('says where %s is no JSON, and nothing of what it says', (line, message) => {
    expect(read(line)).toMatchObject({ kind: 'quarantined', quarantined: { message } })
  })
  check('a number', '12', 'quarantined not-an-alert')
  check('null', 'null', 'quarantined not-an-alert')
  check('a list', '[]', 'quarantined not-an-alert')
  check('an object of another kind', '{"a":1}', 'quarantined not-an-alert')
  check('a hit without a source', '{"_id":"x","_source":null}', 'quarantined not-an-alert')
  check('five megabytes', good.replace('Failed', 'F'.repeat(5_000_000)), 'quarantined too-large')
  check('two megabytes', good.replace('Failed', 'F'.repeat(2_000_000)), 'alert')
  check('ten thousand levels', deep(10_000), 'repaired too-deep')
  check('forty levels', deep(40), 'alert')
  check('__proto__', changed('"data":{', '"data":{"__proto__":{"isAdmin":true},'), 'repaired forbidden-key')
  check('a lone surrogate', changed('Failed', '\\ud800'), 'repaired lone-surrogate')
  check('a lone surrogate in a name', changed('"srcuser"', '"\\udc00"'), 'repaired lone-surrogate')
  check('a NUL character', changed('Failed', '\\u0000'), 'repaired nul-character')
  check('an infinite number', changed('"level":5', '"level":1e999'), 'repaired number-out-of-range')
  check('bytes that are not UTF-8', bytes(good, 0xff, 0xc0, 0x80), 'repaired invalid-utf8')
  check('a real replacement character', changed('Failed', '\uFFFD'), 'alert')
  check('an emoji', changed('Failed', '😀'), 'alert')

  it('what was repaired is safe to store and still tells who attacked', () => {
    const alert = alertOf(
      changed('"data":{', '"data":{"__proto__":{"isAdmin":true},"evil":"\\ud800\\u0000",'),
    )
    expect(alert.entities.some(entity => entity.value === '203.0.113.9')).toBe(true)
    const text = JSON.stringify(alert.document)
    expect(text).not.toContain('__proto__')
    expect(text).not.toContain('\\u0000')
    expect(text.isWellFormed() && !/\\ud[89a-f]/.test(text)).toBe(true)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })
  it('reasons quote nothing of the line', () => {
    const result = read('{"password":"hunter2"')
    expect(result.kind === 'quarantined' && result.quarantined.message).not.toContain('hunter2')
  })
})

describe('any line at all', () => {
  it('is read or quarantined, never thrown at', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), line => void read(line)),
      { numRuns: 300, seed: 1 },
    )
  })
  it('any JSON value likewise, also inside an alert', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6 }),
        fc.constantFrom('data', 'rule', 'agent', 'syscheck', 'id', 'timestamp', 'manager'),
        (value, member) => {
          read(JSON.stringify(value))
          const alert = { ...JSON.parse(good), [member]: value }
          const result = read(JSON.stringify(alert))
          if (result.kind === 'quarantined') return
          for (const entity of result.alert.entities)
            expect(readPointer(result.alert.document, entity.pointer)).toBeDefined()
          expect(Number.isInteger(result.alert.timestampMs)).toBe(true)
        },
      ),
      { numRuns: 300, seed: 2 },
    )
  })
  it('is longer than the limit only in quarantine', () => {
    expect(read(Buffer.alloc(maxLineBytes + 1, 0x5b))).toMatchObject({
      kind: 'quarantined',
      quarantined: { code: 'too-large' },
    })
  })
})

const alertsFile = sharedData('alerts/alerts.ndjson')
it.skipIf(alertsFile === undefined)('reads every alert of the measuring data whole', () => {
  const lines = readFileSync(alertsFile ?? '', 'utf8')
    .trim()
    .split('\n')
  const results = lines.map(read)
  expect(results.every(result => result.kind === 'alert' && result.problems.length === 0)).toBe(true)
})
