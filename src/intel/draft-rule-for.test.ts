import { describe, expect, it } from 'vitest'
import { sharedData } from '../../test/support/shared-data.ts'
import { readRulesetFolder } from '../commands/ruleset-folder.ts'
import { lookUpTechnique } from '../knowledge/attack-techniques.ts'
import { guardDraft } from '../rule-drafts/draft-guard.ts'
import { proveDraft } from '../rule-drafts/prove-draft.ts'
import {
  draftForIndicators,
  draftForSigma,
  draftForTechnique,
  type RuleDraftProposal,
} from './draft-rule-for.ts'
import { techniquePatterns } from './technique-patterns.ts'

const folder = sharedData('wazuh-ruleset')

/** What the rule editor would say of a draft that a person opens: refused, or each case with its fate. */
function prove(draft: RuleDraftProposal | undefined) {
  if (draft === undefined || folder === undefined) throw new Error('nothing to prove')
  const base = readRulesetFolder(folder)
  const fileName = 'draft.xml'
  const guarded = guardDraft(draft.text, {
    origin: 'person',
    fileName,
    base,
    knows: id => lookUpTechnique(id).kind,
    takenIds: new Set(),
  })
  if (guarded.kind === 'refused') return guarded.findings.map(({ message }) => message)
  const { cases } = proveDraft({ ...guarded, fileName }, base, draft.cases, [], () => false)
  return cases.filter(({ pass }) => !pass).map(({ log, rule }) => `${log}: ${rule}`)
}

describe.skipIf(folder === undefined)('drafts for the gaps of a report, by the stock ruleset', () => {
  it('each technique with a pattern gives rules that load, and fire on the example only', () => {
    for (const id of ['T1053.003', 'T1105']) {
      const draft = draftForTechnique(id, 'Bear & Co <b>')
      expect(prove(draft), id).toEqual([])
      expect(draft?.text).toContain(`<id>${id}</id>`)
    }
    expect(draftForTechnique('T1053.003', 'x')?.cases).toHaveLength(2)
  })

  it('indicators, however they are written, fire in any log and nowhere else', () => {
    const draft = draftForIndicators(
      [
        { type: 'ipv4', value: '203.0.113.7' },
        { type: 'domain', value: 'evil-c2.com' },
        { type: 'url', value: 'http://drop.example.net/a?b=1&c=2' },
        { type: 'path', value: 'C:\\x' },
      ],
      'Bear $(srcip) strikes',
      ['T1110'],
    )
    expect(draft?.cases).toHaveLength(2)
    expect(prove(draft)).toEqual([])
    expect(draft?.text).not.toContain('$(')
  })
})

describe('drafts without a ruleset', () => {
  it('every pattern compiles, names a technique that there is, and is quiet about usual command lines', () => {
    for (const [id, { windows, linux }] of Object.entries(techniquePatterns)) {
      expect(lookUpTechnique(id).kind, id).toBe('current')
      expect(`${windows}${linux?.pattern}`, id).not.toMatch(/[<&]/)
      if (windows !== undefined)
        for (const usual of [
          'C:\\Windows\\System32\\svchost.exe -k netsvcs',
          'notepad.exe C:\\Users\\a\\b.txt',
        ])
          expect(new RegExp(windows, 'i').test(usual), id).toBe(false)
      if (linux !== undefined)
        expect(new RegExp(linux.pattern).test(`COMMAND=${linux.example}`), id).toBe(true)
    }
  })

  it('a technique without a pattern gives a frame to fill, an unknown one nothing', () => {
    expect(draftForTechnique('T1583.001', 'x')?.text).toContain('words of the log')
    expect(draftForTechnique('T9999', 'x')).toBeUndefined()
    expect(draftForIndicators([{ type: 'mutex', value: 'x' }], 'x', [])).toBeUndefined()
  })

  it('a quoted Sigma rule becomes a rule of Wazuh', () => {
    const sigma =
      'title: Bear Run Key\nlogsource:\n    product: windows\n    category: process_creation\ndetection:\n    sel:\n        CommandLine|contains: bear\n    condition: sel'
    expect(draftForSigma(sigma, 'Bear Run Key')?.text).toContain('win.eventdata.commandLine')
    expect(draftForSigma('no rule', 'x')).toBeUndefined()
  })
})
