import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { readRulesetFolder } from '../commands/ruleset-folder.ts'
import { toByteText } from './byte-text.ts'
import { fastPrefilter } from './fast-prefilter.ts'
import { iniTestPasses, parseIniTests, windowsRulesFromJson } from './ini-tests.ts'
import { plainPrefilter } from './prefilter.ts'
import { loadRuleset, type Ruleset } from './ruleset.ts'
import { Session } from './session.ts'
import { verdictRecord } from './verdict-record.ts'

const folder = sharedData('wazuh-ruleset')
const logFolder = sharedData('logs')
const noon = Date.parse('2026-01-07T12:00:00Z') / 1000
const sources = ['Apache', 'Linux', 'OpenSSH', 'Proxifier', 'Windows']

function logsOf(source: string): string[] {
  const path = join(logFolder ?? '', source.toLowerCase(), `${source}_2k.log`)
  return readFileSync(path, 'latin1')
    .split('\n')
    .map(log => (log.endsWith('\r') ? log.slice(0, -1) : log))
}

function session(ruleset: Ruleset, source: string, prefilter = fastPrefilter()): Session {
  return new Session(ruleset, {
    location: `/var/log/${source}.log`,
    agent: undefined,
    managerName: 'm',
    prefilter,
  })
}

describe.skipIf(folder === undefined || logFolder === undefined)('the stock ruleset', () => {
  const files = folder === undefined ? undefined : readRulesetFolder(folder)
  const load = (options = {}) => loadRuleset(files ?? { decoders: [], rules: [], lists: [] }, options)
  const { ruleset, problems } = load()

  it('loads without a problem', () => {
    expect(problems).toEqual([])
    expect(ruleset.rules.rules.length).toBeGreaterThan(4000)
  })

  it.each(sources)('judges %s line by line as Wazuh did', source => {
    const logs = logsOf(source)
    const expected = readFileSync(
      join(logFolder ?? '', source.toLowerCase(), `${source.toLowerCase()}.wazuh.ndjson`),
      'utf8',
    )
      .trim()
      .split('\n')
      .map(row => JSON.parse(row))
    const run = session(ruleset, source)
    const different = expected.flatMap(({ line, ...row }) => {
      const { mitre: _, ...record } = verdictRecord(run.process(logs[line - 1] ?? '', noon))
      return isDeepStrictEqual(JSON.parse(JSON.stringify(record)), row) ? [] : [line]
    })
    expect(different).toEqual([])
  })

  it('passes its own tests, but those whose rules it does not have', () => {
    const adapted = load({ adaptRule: windowsRulesFromJson }).ruleset
    const prefilter = fastPrefilter()
    const failed: string[] = []
    for (const file of readdirSync(join(folder ?? '', 'tests'))) {
      for (const test of parseIniTests(readFileSync(join(folder ?? '', 'tests', file), 'utf8'))) {
        if (Number(test.expected.rule) >= 999000 || test.expected.rule === '') continue
        const run = new Session(adapted, { location: 'stdin', agent: undefined, managerName: 'm', prefilter })
        let actual = { rule: '', level: '', decoder: '' }
        for (const log of test.logs) {
          const record = verdictRecord(run.process(toByteText(log), noon))
          actual = {
            rule: record.rule_id ?? '',
            level: String(record.level ?? ''),
            decoder: record.decoder.name ?? '',
          }
        }
        if (!iniTestPasses(test, actual)) failed.push(`${file} ${test.section}`)
      }
    }
    expect(failed).toEqual([])
  })

  it('comes to the same with and without the prefilter, on changed logs too', () => {
    const logs = sources.flatMap(source => logsOf(source).filter((_, index) => index % 40 === 0))
    const word = fc.constantFrom(
      'failed',
      'password',
      '%',
      '[',
      'error',
      '10.0.0.1',
      'sshd',
      ': ',
      'root',
      '{"a":1}',
    )
    const change = fc.record({
      log: fc.constantFrom(...logs),
      at: fc.nat(120),
      cut: fc.nat(8),
      insert: fc.oneof(word, fc.string({ maxLength: 4 })),
    })
    const fast = session(ruleset, 'x')
    const plain = session(ruleset, 'x', plainPrefilter)
    fc.assert(
      fc.property(change, ({ log, at, cut, insert }) => {
        const changed = toByteText(log.slice(0, at) + insert + log.slice(at + cut))
        expect(verdictRecord(fast.process(changed, noon))).toEqual(
          verdictRecord(plain.process(changed, noon)),
        )
      }),
      { numRuns: 1500, seed: 7 },
    )
  })
})
