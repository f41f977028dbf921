import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import type { DraftCase } from '../domain/rule-draft.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { type AddedTechniques, attackKnowledge } from '../knowledge/attack-knowledge.ts'
import { lintYara } from '../yara/lint-rules.ts'
import { candidatesOf, putInCandidates, surroundingsWith } from './draft-surroundings.ts'
import { type Measured, type MeasureQuestion, measureWith } from './measure-draft.ts'
import { ruleTemplate } from './rule-templates.ts'

const signal = new AbortController().signal
const base = { decoders: [], rules: [], lists: [] }
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-clean-'))
  writeFileSync(join(folder, 'clean.php'), '<?php echo "an ordinary page with a common string"; ?>')
  writeFileSync(join(folder, 'clean.bin'), Buffer.from('an ordinary page with a common string', 'utf16le'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function measure(
  kind: 'sigma' | 'yara' | 'wazuh',
  text: string,
  rest: Partial<MeasureQuestion> = {},
  added?: AddedTechniques,
): Promise<Measured> {
  return measureWith({ folders: [folder] }, added)(
    {
      kind,
      text,
      fileName: `tocsin_x.${kind === 'sigma' ? 'yml' : 'yar'}`,
      origin: 'model',
      cases: [],
      base,
      takenIds: [],
      past: [],
      samples: [],
      deep: true,
      budgetMs: 20_000,
      ...rest,
    },
    signal,
  )
}

const sigma = (detection: string, tags = 'attack.t1059.001') => `title: Encoded PowerShell
id: 5f7d1c2e-0000-4000-8000-000000000001
status: experimental
description: An encoded command
tags: [${tags}]
logsource: { product: windows, category: process_creation }
detection:
  selection:
    ${detection}
  condition: selection
level: high
`
const event = (commandLine: string) =>
  JSON.stringify({
    agent: { name: 'web-7' },
    timestamp: '2026-01-07T12:00:00.000+0000',
    rule: { id: '92027' },
    data: {
      win: {
        system: { channel: 'Microsoft-Windows-Sysmon/Operational', eventID: '1' },
        eventdata: { commandLine },
      },
    },
  })

describe('a Sigma draft', () => {
  const cases: DraftCase[] = [
    { log: event('powershell -enc AAAA'), fires: true },
    { log: event('powershell Get-Date'), fires: false },
    { log: 'no JSON', fires: false },
  ]

  it('is run on its events and on past alerts', async () => {
    const measured = await measure('sigma', sigma("CommandLine|contains: ' -enc '"), {
      cases,
      past: [
        { raw: event('x -enc y'), verdict: 'false_positive' },
        { raw: event('ls'), verdict: null },
      ],
    })
    expect(measured).toMatchObject({ kind: 'proven', findings: [] })
    if (measured.kind !== 'proven') return
    // An event that cannot be read proves nothing.
    expect(measured.proof.cases.map(({ pass }) => pass)).toEqual([true, true, false])
    expect(measured.proof.tallies).toMatchObject([
      {
        hits: 1,
        level: 12,
        by_host: { 'web-7': 1 },
        by_day: { '2026-01-07': 1 },
        against: { false_positive: 1 },
        instead_of: { '92027': 1 },
      },
    ])
  })

  it('counts over several events where a correlation does', async () => {
    const text = `${sigma("CommandLine|contains: 'x'").replace('title:', 'name: base\ntitle:')}---
title: Three in a minute
id: 5f7d1c2e-0000-4000-8000-000000000002
correlation:
  type: event_count
  rules: [base]
  timespan: 1m
  condition: { gte: 3 }
level: high
`
    const three = [1, 2, 3].map(() => event('x')).join('\n')
    const measured = await measure('sigma', text, {
      cases: [
        { log: three, fires: true },
        { log: event('x'), fires: false },
      ],
    })
    expect(measured.kind === 'proven' && measured.proof.cases.map(({ pass }) => pass)).toEqual([true, true])
  })

  it.each([
    ['regex beyond RE2', "CommandLine|re: '(?=a)b'"],
    ['placeholder', "CommandLine: '[HOST-3]'"],
    ['unknown modifier', 'CommandLine|shout: x'],
  ])('is refused with a %s', async (_, detection) => {
    expect((await measure('sigma', sigma(detection))).kind).toBe('refused')
  })

  it('is held to the schema and to ATT&CK', async () => {
    const text = sigma('CommandLine: x', 'attack.t9999, Attack').replace('level: high', 'level: severe')
    const measured = await measure('sigma', text.replace('id: 5f', 'id: zz'))
    const messages = measured.findings.map(({ message }) => message).join('\n')
    expect(messages).toMatch(/level.*one of informational/)
    expect(messages).toMatch(/id.*UUID/)
    expect(messages).toMatch(/tags/)
    expect(messages).toMatch(/no technique T9999/)
    expect(messages).not.toMatch(/title/)
  })
})

it('every kind of draft may name a technique that was imported, and is warned of one that nobody knows', async () => {
  const { added } = attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined })
  const syslog =
    '<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule></group>'
  const templates = { ...base, rules: [{ name: '0.xml', text: syslog }] }
  const wazuh =
    '<group name="app,"><rule id="100300" level="5"><match>bad</match><description>d</description><mitre><id>T0831</id><id>T0999</id></mitre></rule></group>'
  const meta = yara('$a = "common string"').replace('author = "a"', 'author = "a" mitre = "T0831, T0999"')
  const drafts = [
    ['sigma', sigma('CommandLine: x', 'attack.t0831, attack.t0999')],
    ['yara', meta],
    ['wazuh', wazuh],
  ] as const
  for (const [kind, text] of drafts) {
    const said = async (known?: AddedTechniques) =>
      JSON.stringify((await measure(kind, text, { deep: false, base: templates }, known)).findings)
    const [without, withImport] = [await said(), await said(added)]
    expect(without, kind).toMatch(/T0831/)
    expect(without, kind).toMatch(/T0999/)
    expect(withImport, kind).not.toMatch(/T0831/)
    expect(withImport, kind).toMatch(/T0999/)
  }
})

const yara = (strings: string, condition = 'filesize < 1MB and all of them') => `rule Shell {
  meta:
    description = "d"
    author = "a"
    date = "2026-01-07"
    reference = "r"
  strings:
    ${strings}
  condition:
    ${condition}
}
`
const sample = (text: string, mustMatch = true, name = 'shell.php') => ({
  name,
  mustMatch,
  bytes: Buffer.from(text),
})

describe('a YARA draft', () => {
  it('is run over its texts, samples and clean files', async () => {
    const measured = await measure('yara', yara('$a = "common string" ascii wide'), {
      cases: [{ log: 'a common string', fires: true }],
      samples: [sample('a common string'), sample('something else', false, 'other')],
    })
    expect(measured).toMatchObject({
      kind: 'proven',
      findings: [],
      proof: {
        cases: [{ pass: true, rule: 'Shell' }],
        samples: [
          { name: 'shell.php', rules: ['Shell'], pass: true },
          { name: 'other', rules: [], pass: true },
        ],
        corpus: { files: 2, cutShort: false, hits: [{ rule: 'Shell', files: 2 }] },
      },
    })
  })

  it.each([
    ['an include', 'include "/etc/passwd"\nrule a { condition: true }'],
    ['a global rule', `global ${yara('$a = "abcdefgh"')}`],
    ['a regular expression that takes YARA down', 'rule a { condition: "a" matches /([a-z]{2000}){1000}/ }'],
    ['a placeholder', yara('$a = "[HOST-3]"')],
    ['prose', 'Sure! Here is your rule.'],
    ['a name twice', yara('$a = "abcdefgh"') + yara('$a = "abcdefgh"')],
  ])('is refused with %s', async (_, text) => {
    expect((await measure('yara', text)).kind).toBe('refused')
  })

  it('is told what hurts', () => {
    const codes = (text: string) => lintYara(text).map(({ code }) => code)
    expect(codes(yara('$a = "abc"'))).toEqual(['weak-string'])
    expect(codes(yara('$a = "This program cannot be run in DOS mode"'))).toEqual(['weak-string'])
    expect(codes(yara('$a = { 4D 5A ?? 00 }'))).toEqual(['weak-string'])
    expect(codes(yara('$a = { 4D 5A 90 00 [2-4] 00 }'))).toEqual([])
    expect(codes(yara('$a = /.*abcd/'))).toEqual(['slow-regex'])
    expect(codes(yara('$a = /[a-z]+\\d+/'))).toEqual(['slow-regex'])
    expect(codes(yara('$a = /abcd((a{1000}){1000}){1000}/'))).toEqual(['unsafe-regex'])
    expect(codes(yara('$a = /abcd(x[a-z]+)+/'))).toEqual(['unsafe-regex'])
    expect(codes(yara('$a = /abcd(x[a-z]{1,20})+?(y|z)*\\x41{3,}/'))).toEqual([])
    expect(codes(yara('$a = "a telling string" // $b = "x"'))).toEqual([])
    expect(codes(yara('$a = "a telling string"', '$a'))).toEqual(['no-file-check'])
    expect(codes('rule a { condition: true }')).toEqual(['missing-meta', 'matches-all'])
    expect(lintYara(yara('$a = "abc"'))[0]?.where).toBe('line 8, column 5')
  })

  it('takes strings that are in the samples and in no clean file', async () => {
    const text = 'an ordinary page with a common string\0eval(base64_decode($_POST["k"]));\0'
    const wide = Buffer.concat([
      Buffer.alloc(3, 1),
      Buffer.from('hidden http://evil.example/gate', 'utf16le'),
    ])
    const found = await candidatesOf(
      [Buffer.concat([Buffer.from(text), wide]), Buffer.from(text)],
      { folders: [folder] },
      signal,
    )
    expect(found.inCleanFiles).toBe(1)
    expect(found.corpus.files).toBe(2)
    expect(found.candidates.map(({ text: each, encoding }) => [each, encoding])).toEqual([
      ['eval(base64_decode($_POST["k"]));', 'ascii'],
      ['hidden http://evil.example/gate', 'wide'],
    ])
    expect(found.candidates[0]?.reasons).toContain('in 2 of 2 samples')
  })

  it('lets a model combine candidates by number, and puts their real text in', async () => {
    const files = [sample('eval(base64_decode($_POST["k"])); and passthru("id") too')]
    const question = { kind: 'yara', logs: [], base, files, nowSeconds: 0 } as const
    const { parts, complete } = await surroundingsWith({ folders: [folder] })(question, signal)
    expect(parts[0]?.text).toContain('c1 (ascii')
    const text = complete(
      'rule Shell {\n  meta:\n    author = "a"\n  condition:\n    filesize < 1MB and $c1 and not $c99\n}\n',
    )
    expect(text).toContain('$c1 = "eval(base64_decode($_POST[\\"k\\"])); and passthru(\\"id\\") too"')
    const measured = await measure('yara', text.replace(' and not $c99', ''), { samples: files })
    expect(measured.kind === 'proven' && measured.proof.samples).toMatchObject([{ pass: true }])
    expect(putInCandidates('rule a { condition: true }', [])).toBe('rule a { condition: true }')
  })
})

describe('the templates', () => {
  it.each(['sigma', 'yara'] as const)('%s compiles as it is', async kind => {
    const measured = await measure(kind, ruleTemplate(kind, 'Web "shells" \\ of\nnight', '2026-01-07'))
    expect(measured.findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(measured.kind).toBe('proven')
  })
})
