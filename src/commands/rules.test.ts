import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { runCommand } from '../../test/support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-rules-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  return path
}

const templates =
  '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule></group>'
write('set/rules/0.xml', templates)
write(
  'set/rules/1.xml',
  '<group name="app,"><rule id="100100" level="5"><decoded_as>app</decoded_as><match>bad</match><description>bad $(srcuser)</description></rule></group>',
)
write(
  'set/decoders/0.xml',
  '<decoder name="app"><program_name>^app$</program_name></decoder><decoder name="app-user"><parent>app</parent><regex>user (\\S+)</regex><order>srcuser</order></decoder>',
)
const set = join(folder, 'set')

const run = (...args: string[]) => runCommand(['rules', ...args])

describe('tocsin rules test', () => {
  it('writes one record a log, blank and broken ones included', async () => {
    const logs = write(
      'logs.txt',
      'Feb 10 23:21:05 host app[1]: bad user änn\r\n\nFeb 10 23:21:05 host app[1]: fine\0hidden bad\n',
    )
    const { code, records } = await run('test', '--ruleset', set, '--logs', logs, '--json')
    expect(code).toBe(0)
    expect(records).toHaveLength(3)
    expect(records[0]).toMatchObject({
      line: 1,
      log: 'Feb 10 23:21:05 host app[1]: bad user änn',
      predecoder: { hostname: 'host', program_name: 'app' },
      decoder: { name: 'app' },
      data: { srcuser: 'änn' },
      rule_id: '100100',
      level: 5,
      description: 'bad änn',
      groups: ['app'],
      mitre: [],
      frequency: null,
      firedtimes: 1,
      alert: true,
      problems: [],
    })
    expect(records[1]).toMatchObject({ line: 2, log: '', rule_id: null, decoder: {} })
    expect(records[2]).toMatchObject({ rule_id: null, problems: [{ code: 'nul-byte' }] })
  })

  it('runs test files, and exits 1 where a case fails', async () => {
    const head = 'decoder = app\nrule = 100100\nalert = 5\n'
    const ini = write(
      't.ini',
      `[good]\nlog 1 pass = Feb 10 23:21:05 host app: bad\nlog 2 fail = Feb 10 23:21:05 host app: fine\n${head}`,
    )
    const good = await run('test', '--ruleset', set, '--ini', ini, '--json')
    expect(good.code).toBe(0)
    expect(good.records).toEqual([
      {
        file: ini,
        section: 'good',
        name: 'log 1 pass',
        expected: { rule: '100100', level: '5', decoder: 'app' },
        actual: { rule: '100100', level: '5', decoder: 'app' },
        pass: true,
        problems: [],
      },
      expect.objectContaining({ name: 'log 2 fail', pass: true }),
    ])
    const wrong = write('w.ini', `[wrong]\nlog 1 pass = Feb 10 23:21:05 host app: fine\n${head}`)
    const failed = await run('test', '--ruleset', set, '--ini', wrong, '--json')
    expect(failed.code).toBe(1)
    expect(failed.records).toMatchObject([{ pass: false, problems: [] }])
    const unknown = write('u.ini', '[geoip]\nlog 1 pass = x\nrule = 999402\nalert = 3\ndecoder = app\n')
    const { records: missing, stderr } = await run('test', '--ruleset', set, '--ini', unknown, '--json')
    expect(missing).toMatchObject([{ pass: false, problems: [{ code: 'rule-not-loaded' }] }])
    expect(stderr).toContain('1 of the 1 others expect rules that the ruleset does not have')
  })

  it.each([
    [['test']],
    [['test', '--ruleset', '/nowhere', '--logs', 'x']],
    [['test', '--ruleset', set]],
    [['test', '--ruleset', set, '--logs', '/nowhere/x']],
    [['test', '--ruleset', set, '--logs', 'x', '--agent', 'only-one']],
    [['nonsense']],
    [[]],
  ])('exits 2 on %j', async args => {
    expect((await run(...args)).code).toBe(2)
  })
})

describe('tocsin rules check', () => {
  it('tells the kinds of files apart and exits 1 on an error', async () => {
    const files = [
      write(
        'c/good.xml',
        '<group name="app,"><rule id="100200" level="3"><if_sid>100100</if_sid><match>very</match><description>d</description></rule></group>',
      ),
      write(
        'c/bad.xml',
        '<group name="app,"><rule id="100201" level="3"><if_sid>4711</if_sid><description>d</description></rule></group>',
      ),
      write('c/list', 'key:value\nno colon\nkey:other\n'),
      write(
        'c/rule.yml',
        'title: t\nlogsource:\n  product: linux\ndetection:\n  a:\n    b: c\n  condition: a\n',
      ),
    ]
    const { code, records } = await run('check', ...files, '--ruleset', set, '--json')
    expect(code).toBe(1)
    expect(records.map(({ type, ok }) => [type, ok])).toEqual([
      ['wazuh', true],
      ['wazuh', false],
      ['cdb-list', false],
      ['sigma', true],
    ])
    expect(records[1]?.problems).toContainEqual(
      expect.objectContaining({ code: 'no-parent', where: 'line 1, column 20' }),
    )
    expect(records[2]?.problems).toMatchObject([{ where: 'line 2, column 1' }, { code: 'list-key' }])
  })

  it('knows the techniques of what was imported into the data directory, in checks and in the coverage', async () => {
    const data = join(folder, 'knowledge')
    const bundle = write('ics-attack.json', JSON.stringify(icsBundle))
    expect((await runCommand(['knowledge', 'import', bundle, '--data', data])).code).toBe(0)
    const mitre = '<mitre><id>T0831</id></mitre>'
    const rule = `<group name="app,"><rule id="100200" level="3"><if_sid>100100</if_sid><description>d</description>${mitre}</rule></group>`
    write('mitre/rules/0.xml', templates)
    const own = write('mitre/rules/1.xml', rule.replace('<if_sid>100100</if_sid>', '<match>bad</match>'))
    const check = async (where: string) => {
      const { records } = await run('check', own, '--data', where, '--json')
      return JSON.stringify(records[0]?.problems)
    }
    expect(await check(data)).not.toContain('T0831')
    expect(await check(join(folder, 'nothing'))).toContain('T0831')
    const coverage = (where: string) =>
      run('coverage', '--ruleset', join(folder, 'mitre'), '--data', where, '--json')
    expect((await coverage(data)).records[0]).toMatchObject({ id: 'T0831', name: 'Manipulation of Control' })
    expect((await coverage(join(folder, 'nothing'))).records[0]).toMatchObject({ unknown: ['T0831'] })
  })

  it('holds Sigma rules to the schema, and says what hurts in YARA rules', async () => {
    const sigma = (detection: string) =>
      `title: t\nlevel: severe\nlogsource: { product: linux }\ndetection:\n  a:\n    ${detection}\n  condition: a\n`
    const files = [
      write('s/schema.yml', sigma('b: c')),
      write('s/regex.yml', sigma("b|re: '(?=a)b'")),
      write('s/expand.yml', sigma("b|expand: '%admins%'")),
      write('s/weak.yar', 'rule weak { strings: $a = "abc" condition: $a }'),
    ]
    const { code, records } = await run('check', ...files, '--json')
    expect(code).toBe(1)
    expect(records.map(({ ok }) => ok)).toEqual([true, false, true, true])
    expect(records[0]?.problems).toContainEqual(
      expect.objectContaining({ code: 'schema', severity: 'warning', where: 'line 2, column 1' }),
    )
    expect(JSON.stringify(records[3]?.problems)).toMatch(/weak-string.*missing-meta/)
  })

  it('gives each file of --logs a session of its own, and names it where there are several', async () => {
    const [one, two] = ['a', 'b'].map(name => write(`several/${name}`, 'Feb 10 23:21:05 host app[1]: bad\n'))
    const { records } = await run(
      'test',
      '--ruleset',
      set,
      '--logs',
      one ?? '',
      '--logs',
      two ?? '',
      '--json',
    )
    expect(records).toMatchObject([
      { file: one, line: 1, firedtimes: 1 },
      { file: two, line: 1, firedtimes: 1 },
    ])
  })
})

describe('tocsin rules backtest', () => {
  const draft = write(
    'draft.xml',
    '<group name="local,"><rule id="100900" level="8"><if_sid>100100</if_sid><match>user root</match><description>bad root</description></rule></group>',
  )
  const log = (day: number, text: string) => `Feb ${day} 23:21:05 host${day} app[1]: ${text}`

  it('counts hits by host, day and verdict, and says which rule fired before', async () => {
    const alert = (id: string, day: number, text: string) =>
      JSON.stringify({
        _id: id,
        _source: {
          timestamp: `2026-02-${day}T10:00:00.000+0000`,
          agent: { id: '007', name: `web${day}`, ip: '10.0.0.7' },
          decoder: { name: 'app' },
          full_log: log(day, text),
          location: '/var/log/app.log',
        },
      })
    const alerts = write(
      'alerts.ndjson',
      [
        alert('a', 10, 'bad user root'),
        alert('b', 11, 'bad user root'),
        alert('c', 11, 'bad user bob'),
        '{"broken',
        '{"decoder":{"name":"syscheck_new_entry"}}',
      ].join('\n'),
    )
    const verdicts = write(
      'verdicts.ndjson',
      '{"id":"a","verdict":"false_positive"}\n{"alerts":[{"id":"b","verdict":"true_positive"}]}\n',
    )
    const { code, records } = await run(
      'backtest',
      draft,
      '--ruleset',
      set,
      '--alerts',
      alerts,
      '--verdicts',
      verdicts,
      '--json',
    )
    expect(code).toBe(0)
    expect(records[0]).toMatchObject({
      rule_id: '100900',
      hits: 2,
      by_host: { web10: 1, web11: 1 },
      by_day: { '2026-02-10': 1, '2026-02-11': 1 },
      against: { false_positive: 1, true_positive: 1 },
      instead_of: { '100100': 2 },
    })
    expect(records[1]).toMatchObject({ summary: true, lines: 5, impossible: 2 })
  })

  it('replays alerts without a log from their fields', async () => {
    const windows = write(
      'windows.xml',
      '<group name="ossec,"><rule id="7" level="0" noalert="1"><category>ossec</category><description>d</description></rule><rule id="100901" level="6"><category>ossec</category><decoded_as>windows_eventchannel</decoded_as><field name="win.system.eventID">^4625$</field><description>logon failed</description></rule></group>',
    )
    const alerts = write(
      'win.ndjson',
      JSON.stringify({
        id: '1',
        decoder: { name: 'windows_eventchannel' },
        data: { win: { system: { eventID: '4625' } } },
      }),
    )
    const { records } = await run('backtest', windows, '--ruleset', set, '--alerts', alerts, '--json')
    expect(records.find(({ rule_id }) => rule_id === '100901')).toMatchObject({ hits: 1 })
  })

  it('goes on where it stopped, and starts anew on another input', async () => {
    const logs = write('long.txt', `${log(10, 'bad user root')}\n${log(11, 'bad user root')}\n`)
    const state = join(folder, 'state.json')
    const options = ['--ruleset', set, '--state', state, '--json'] as const
    const first = await run('backtest', draft, '--logs', logs, ...options)
    const again = await run('backtest', draft, '--logs', logs, ...options)
    expect(again.stderr).toContain('going on after line 2')
    expect(again.records[0]).toEqual(first.records[0])
    const other = write('other.txt', `${log(12, 'bad user root')}\n`)
    const fresh = await run('backtest', draft, '--logs', other, ...options)
    expect(fresh.records[0]).toMatchObject({ hits: 1 })
  })

  it('refuses a draft that does not load', async () => {
    const broken = write(
      'broken.xml',
      '<group name="a,"><rule id="100902" level="3"><if_sid>1</if_sid><regex>\\n</regex><description>d</description></rule></group>',
    )
    const { code, stderr } = await run('backtest', broken, '--ruleset', set, '--logs', '/nowhere')
    expect(code).toBe(1)
    expect(stderr).toContain('line 1')
  })
})

describe('improving a ruleset', () => {
  it('tune, dead and coverage say what they measured', async () => {
    const job = (id: string, name: string) =>
      JSON.stringify({ id, decoder: { name: 'app' }, full_log: `Feb 10 23:21:05 h app[1]: bad user ${name}` })
    const alerts = write(
      'noise.ndjson',
      [job('1', 'cron'), job('2', 'cron'), job('3', 'cron'), job('4', 'eve')].join('\n'),
    )
    const verdicts = write(
      'noise-verdicts.ndjson',
      ['1', '2', '3'].map(id => JSON.stringify({ id, verdict: 'false_positive' })).join('\n'),
    )
    const tuned = await run(
      'tune',
      '--ruleset',
      set,
      '--rule',
      '100100',
      '--alerts',
      alerts,
      '--verdicts',
      verdicts,
      '--json',
    )
    expect(tuned).toMatchObject({
      code: 0,
      records: [
        { exception: { conditions: [{ field: 'srcuser', value: 'cron' }], quieted: 3, left: 0, hidden: 0 } },
      ],
    })
    expect(await run('dead', '--ruleset', set, '--json')).toMatchObject({ code: 0, records: [] })
    const coverage = await run('coverage', '--ruleset', set, '--seen', 'T1110', '--json')
    expect(coverage.records[0]).toMatchObject({ id: 'T1110', state: 'gap', seen: 1 })
  })
})

describe('an input that is not there', () => {
  const missing = join(folder, 'missing')
  const unreadable = { problems: [{ code: 'unreadable-input' }] }

  it.each([
    ['check', []],
    ['convert', ['--to', 'lucene']],
  ])('has its record in rules %s, and the others theirs', async (action, flags) => {
    const rule = write(
      'there.yml',
      'title: t\nlogsource: {category: process_creation}\ndetection: {s: {Image: x}, condition: s}',
    )
    const { code, records } = await run(action, missing, rule, ...flags, '--json')
    expect(code).toBe(2)
    expect(records).toHaveLength(2)
    expect(records).toContainEqual(expect.objectContaining({ file: rule }))
    expect(records.find(({ file }) => file === missing)).toMatchObject(unreadable)
  })

  it('has its record in rules test --ini', async () => {
    const { code, records } = await run('test', '--ruleset', set, '--ini', missing, '--json')
    expect(code).toBe(2)
    expect(records).toMatchObject([{ file: missing, pass: false, ...unreadable }])
  })
})
