import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { runCli } from '../cli.ts'

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

async function run(
  ...args: string[]
): Promise<{ code: number; records: Record<string, unknown>[]; stderr: string }> {
  let stdout = ''
  let stderr = ''
  const code = await runCli(['rules', ...args], {
    stdin: Readable.from([]),
    stdout: text => {
      stdout += text
    },
    stderr: text => {
      stderr += text
    },
    signal: new AbortController().signal,
  })
  const records = args.includes('--json')
    ? stdout
        .split('\n')
        .filter(row => row !== '')
        .map(row => JSON.parse(row))
    : []
  return { code, records, stderr }
}

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
      },
      expect.objectContaining({ name: 'log 2 fail', pass: true }),
    ])
    const wrong = write('w.ini', `[wrong]\nlog 1 pass = Feb 10 23:21:05 host app: fine\n${head}`)
    expect((await run('test', '--ruleset', set, '--ini', wrong, '--json')).code).toBe(1)
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
})
