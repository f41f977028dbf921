import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-sigma-'))
afterAll(() => rmSync(folder, { recursive: true }))

const rule = join(folder, 'rule.yml')
writeFileSync(
  rule,
  'title: t\nid: 0b9ad457-0000-4000-8000-d56a99c42377\nlogsource: {product: app}\ndetection: {s: {word: bad}, condition: s}',
)
const missing = join(folder, 'missing')

const check = (args: readonly string[], stdin = '') => runCommand(['sigma', 'test', ...args, '--json'], stdin)

describe('tocsin sigma test', () => {
  it('reads events from standard input', async () => {
    const { code, records } = await check(
      ['--rules', rule, '--events', '-'],
      '{"word":"bad"}\n{"word":"good"}',
    )
    expect(code).toBe(0)
    expect(records.map(({ event, index, match }) => [event, index, match])).toEqual([
      ['-', 0, true],
      ['-', 1, false],
    ])
  })

  it('gives a record to rules or events that are not there', async () => {
    for (const [rules, events, event] of [
      [missing, '-', null],
      [rule, missing, missing],
    ] as const) {
      const { code, records } = await check(['--rules', rules, '--events', events])
      expect(code).toBe(2)
      expect(records).toMatchObject([
        { rule_id: null, event, match: false, problems: [{ code: 'unreadable-input' }] },
      ])
    }
  })
})
