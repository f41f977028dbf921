import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../test/support/run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-yara-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

interface YaraRecord {
  readonly file: string
  readonly ok: boolean
  readonly text: string
  readonly matches: readonly { readonly rule: string }[]
}

const check = (args: readonly string[], stdin = '') =>
  runCommand<YaraRecord>(['yara', ...args, '--json'], stdin)

const word = write('word.yar', 'rule word { strings: $a = "needle" condition: $a }')
const number = write('number.yar', 'rule number { condition: depth == 5 }')
const broken = write('broken.yar', 'rule broken { condition: nothing_known }')
const hay = write('hay.txt', 'a needle in hay')
const missing = join(folder, 'missing')

describe('tocsin yara', () => {
  it.each([
    ['depth=5', 'number { condition: depth == 5 }'],
    ['depth=-5', 'number { condition: depth == -5 }'],
    ['on=true', 'number { condition: on }'],
    ['name=five', 'number { condition: name == "five" }'],
  ])('--define %s has the type that its value looks like', async (define, rule) => {
    const rules = write('defined.yar', `rule ${rule}`)
    const { code, records } = await check(['scan', hay, '--rules', rules, '--define', define])
    expect([code, records[0]?.matches.length]).toEqual([0, 1])
  })

  it('draws strings from samples that stand in no clean file', async () => {
    const sample = write('shell.php', 'an ordinary greeting\0eval(base64_decode($_POST["k"]));')
    const clean = mkdtempSync(join(tmpdir(), 'tocsin-clean-'))
    writeFileSync(join(clean, 'page'), 'an ordinary greeting')
    const { code, records } = await check(['candidates', sample, '--corpus', clean])
    rmSync(clean, { recursive: true })
    expect(code).toBe(0)
    expect(records.map(({ text }) => text)).toEqual(['eval(base64_decode($_POST["k"]));'])
    expect((await check(['candidates'])).code).toBe(2)
  })

  it('takes several rule files behind one --rules, or --rules again', async () => {
    for (const rules of [
      ['--rules', word, number],
      ['--rules', word, '--rules', number],
    ]) {
      const { records } = await check(['scan', hay, ...rules, '--define', 'depth=5'])
      const found = records.map(record => record.matches.map(match => match.rule))
      expect(found).toEqual([['word', 'number']])
    }
    const { records } = await check(['scan', '--rules', word, hay])
    expect(records.map(record => record.file)).toEqual([hay])
  })

  it('reads rules to check and a file to scan from standard input', async () => {
    expect((await check(['check', '-'], 'rule a { condition: true }')).records[0]?.ok).toBe(true)
    const { records } = await check(['scan', '-', '--rules', word], 'needle')
    expect(records[0]).toMatchObject({ file: '-', size: 6, matches: [{ rule: 'word' }], problems: [] })
  })

  it('gives a record to a file that is not there, and goes on', async () => {
    for (const args of [
      ['check', missing, word],
      ['scan', missing, hay, '--rules', word],
    ]) {
      const { code, records } = await check(args)
      expect(code).toBe(2)
      expect(records).toHaveLength(2)
      expect(records[0]).toMatchObject({
        file: missing,
        sha256: null,
        problems: [{ code: 'unreadable-input' }],
      })
    }
  })

  it('says in each record that rules were left out', async () => {
    const { code, records } = await check(['scan', hay, '--rules', word, broken])
    expect(code).toBe(0)
    expect(records[0]).toMatchObject({ matches: [{ rule: 'word' }], problems: [{ code: 'rules-left-out' }] })
    expect((await check(['check', broken])).code).toBe(1)
  })
})
