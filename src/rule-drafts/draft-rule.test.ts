import { describe, expect, it } from 'vitest'
import type { AskModel } from '../domain/model-question.ts'
import type { RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { type DraftOrigin, guardDraft } from './draft-guard.ts'
import { draftRule } from './draft-rule.ts'
import { type PastEvent, proveDraft } from './prove-draft.ts'

const base: RulesetFiles = {
  decoders: [{ name: 'd.xml', text: '<decoder name="app"><program_name>^app$</program_name></decoder>' }],
  rules: [
    {
      name: 'r.xml',
      text: `<group name="syslog,"><rule id="1" level="0" noalert="1"><category>syslog</category><description>d</description></rule>
<rule id="100000" level="3"><decoded_as>app</decoded_as><description>app</description></rule></group>`,
    },
  ],
  lists: [],
}
const fileName = 'tocsin_draft_1.xml'

function guard(draft: string, origin: DraftOrigin = 'model') {
  return guardDraft(draft, { origin, fileName, base, knows: () => 'current', takenIds: new Set([100001]) })
}

const rule = (inside: string, attributes = 'id="1" level="8"') =>
  `<group name="local,"><rule ${attributes}><if_sid>100000</if_sid>${inside}<description>d</description><mitre><id>T1110</id></mitre></rule></group>`

describe('the guard of drafts', () => {
  it('lets a sound rule through, written anew, with a free id', () => {
    const draft = guard(`<!-- note -->${rule('<match>root \\<b></match>')}`)
    expect(draft).toMatchObject({ kind: 'sound', ruleIds: [100002], findings: [] })
    if (draft.kind !== 'sound') return
    expect(draft.text).toContain('<rule id="100002" level="8">')
    expect(draft.text).toContain('<match>root \\<b></match>')
    expect(draft.text).not.toContain('note')
  })

  it('follows the new ids between rules of one draft', () => {
    const draft = guard(
      '<group name="a,"><rule id="7" level="5"><if_sid>100000</if_sid><match>bad word</match><description>d</description></rule><rule id="8" level="10" frequency="5"><if_matched_sid>7</if_matched_sid><description>d</description><mitre><id>T1110</id></mitre></rule></group>',
    )
    expect(draft).toMatchObject({ kind: 'sound', ruleIds: [100002, 100003] })
    expect(draft.kind === 'sound' && draft.text).toContain('<if_matched_sid>100002</if_matched_sid>')
  })

  // The hostile stub: each of these would hide alerts, reach beyond the draft, or hold up the manager.
  it.each([
    ['level 0', rule('', 'id="1" level="0"')],
    ['no level', rule('', 'id="1" level=""')],
    ['noalert', rule('', 'id="1" level="8" noalert="1"')],
    ['overwrite', rule('', 'id="100000" level="8" overwrite="yes"')],
    ['overwrite in capitals', rule('', 'id="100000" level="8" OVERWRITE="yes"')],
    ['ignore time', rule('', 'id="1" level="8" ignore="99999"')],
    ['silencing option', rule('<options>no_log</options>')],
    ['ignore list', rule('<ignore>srcip</ignore>')],
    ['variables', `<var name="X">y</var>${rule('<match>root</match>')}`],
    ['decoders', '<decoder name="x"><prematch>^x</prematch></decoder>'],
    ['path as file', '<group name="a,"><include file="/etc/passwd"/></group>'],
    ['entity bomb', `<!DOCTYPE x [<!ENTITY a "b">]>${rule('<match>root')}`],
    ['exponential regex', rule('<regex type="pcre2">^(a+)+$</regex>')],
    ['regex beyond RE2', rule('<regex type="pcre2">^((a|b)+)+\\1$</regex>')],
    ['recursion', rule('<regex type="pcre2">(?R)</regex>')],
    ['placeholder', rule('<match>[HOST-1]</match>')],
    ['nothing', ''],
    ['prose', 'Sure! Here is the rule you asked for.'],
    [
      'too many rules',
      `<group name="a,">${'<rule id="1" level="3"><if_sid>100000</if_sid><description>d</description></rule>'.repeat(21)}</group>`,
    ],
    ['too large', rule(`<match>${'x'.repeat(70_000)}</match>`)],
    ['unknown parent', rule('').replace('100000', '424242')],
  ])('refuses %s', (_, draft) => {
    const refused = guard(draft)
    expect(refused.kind).toBe('refused')
    expect(refused.findings.length).toBeGreaterThan(0)
  })

  it('lets a person overwrite and quieten', () => {
    expect(guard(rule('', 'id="100050" level="0"'), 'person').kind).toBe('sound')
  })
})

const bad = 'Feb 10 23:21:05 web1 app[1]: login failed for root'
const good = 'Feb 10 23:21:05 web1 app[1]: login ok for root'

function past(): PastEvent[] {
  const origin = { agent: undefined, location: '/var/log/app.log' }
  return [
    { source: 'a', atSeconds: 1_700_000_000, origin, content: bad, verdict: 'true_positive' },
    { source: 'b', atSeconds: 1_700_000_100, origin, content: good, verdict: 'false_positive' },
  ]
}

/** A model that gives these answers, one a round, and remembers what it was asked. */
function scripted(answers: readonly unknown[]) {
  const asked: string[] = []
  const ask: AskModel = async question => {
    asked.push(question.evidence.map(({ kind, quote }) => `${kind}: ${quote}`).join('\n'))
    const answer = question.schema.parse(answers[asked.length - 1])
    const claims = question
      .claimsOf(answer)
      .map(claim => ({ ...claim, status: 'inference' as const, reasons: [] }))
    return {
      kind: 'answered',
      answer,
      claims,
      model: 'stub',
      zone: 'local',
      promptVersion: question.promptVersion,
      ledgerSeq: 1,
      usage: { inputTokens: 1, outputTokens: 1, costUsd: 0 },
    }
  }
  return { ask, asked }
}

function draft(ask: AskModel, rounds = 3) {
  return draftRule(
    {
      kind: 'wazuh',
      tenant: 't',
      draftId: 'draft_1',
      request: 'failed logins',
      samples: [bad],
      surroundings: [],
      material: [],
      zones: null,
    },
    [{ log: bad, fires: true }],
    {
      ask,
      complete: text => text,
      measure: async (text, cases) => {
        const guarded = guard(text)
        if (guarded.kind === 'refused') return guarded
        return {
          ...guarded,
          kind: 'proven',
          proof: proveDraft({ ...guarded, fileName }, base, cases, past(), () => false),
        }
      },
    },
    rounds,
    new AbortController().signal,
  )
}

const answer = (rulesXml: string, cases: unknown[] = []) => ({ rule_text: rulesXml, cases })

describe('the drafting loop', () => {
  it('tells the model what running its draft showed, until the tests pass', async () => {
    const model = scripted([
      answer(rule('<regex type="pcre2">(a+)+</regex>')),
      answer(rule('<match>login</match>'), [{ log: good, fires: false }]),
      answer(rule('<match>login failed</match>'), [{ log: good, fires: false }]),
      answer('never asked'),
    ])
    const outcome = await draft(model.ask, 5)
    expect(outcome).toMatchObject({ kind: 'drafted', rounds: 3, complaints: [], ruleIds: [100002] })
    if (outcome.kind !== 'drafted') return
    expect(outcome.proof.cases.every(one => one.pass)).toBe(true)
    expect(outcome.proof.tallies).toMatchObject([{ hits: 1, against: { true_positive: 1 } }])
    expect(model.asked[1]).toContain('exponential time')
    expect(model.asked[2]).toContain('fired although it must not')
    expect(model.asked[2]).toContain('were no attacks')
  })

  it('keeps the best draft where none is perfect', async () => {
    const model = scripted([
      answer(rule('<match>login</match>')),
      answer(rule('<match>nothing like it</match>')),
    ])
    expect(await draft(model.ask, 2)).toMatchObject({ kind: 'drafted', rounds: 1 })
  })

  it('gives a hostile model nothing', async () => {
    const model = scripted([
      answer(rule('', 'id="1" level="0"')),
      answer(rule('<options>no_log</options>')),
      answer('../../etc/passwd'),
    ])
    const outcome = await draft(model.ask)
    expect(outcome).toMatchObject({ kind: 'no-sound-draft', rounds: 3 })
  })

  it('is of use without a model: it says why there is no draft', async () => {
    const ask: AskModel = async () => ({ kind: 'unavailable', reason: 'no model is configured' })
    expect(await draft(ask)).toEqual({ kind: 'unavailable', reason: 'no model is configured', rounds: 1 })
  })
})

describe('proving', () => {
  it('stops where the time is up, and says so', () => {
    let asked = 0
    const sound = guard(rule('<match>login</match>'))
    if (sound.kind !== 'sound') throw new Error('not sound')
    const proof = proveDraft({ ...sound, fileName }, base, [], past(), () => ++asked > 1)
    expect(proof).toMatchObject({ pastEvents: 1, cutShort: true })
  })
})
