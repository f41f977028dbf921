import { expect, it } from 'vitest'
import { icsBundle } from '../../test/support/ics-bundle.ts'
import { readAttackBundle } from '../knowledge/attack-bundle.ts'
import { attackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { judgeClaims } from '../verify/judge-claims.ts'
import type { SentItem } from '../verify/sent-item.ts'
import { knownIdsOf } from './known-attack-ids.ts'

const imported = knownIdsOf(
  attackKnowledge({ attack: [readAttackBundle(icsBundle).value], defence: undefined }),
)
const alert: SentItem = {
  id: 'E1',
  label: 'Rule',
  quote: 'Relay switched, T0831, T0999',
  trust: 'observed',
  facts: '',
}
const logon: SentItem = { ...alert, id: 'E2', quote: 'Logon to the relay, T0859 Valid Accounts' }

function judged(text: string, item: SentItem, known = imported) {
  return judgeClaims([{ text, evidence: [{ id: item.id, quote: item.quote }] }], [item], known)[0]
}

it('a claim may name a technique of an imported domain, and without the import may not', () => {
  const claim = 'The rule names T0831.'
  expect(judged(claim, alert)?.status).toBe('verified')
  expect(judged(claim, alert, knownIdsOf(shippedAttack))).toMatchObject({
    status: 'does-not-exist',
    reasons: ['ATT&CK has no T0831'],
  })
})

it('an id that no import has is still an invention', () => {
  expect(judged('The rule names T0999.', alert)?.status).toBe('does-not-exist')
})

it('a name belongs to the ids that bear it in any domain, and to no other', () => {
  expect(judged('The rule names Valid Accounts (T0859).', logon)?.status).toBe('verified')
  expect(judged('The rule names Manipulation of Control (T0859).', logon)).toMatchObject({
    status: 'contradicted',
    reasons: ['Manipulation of Control is not T0859'],
  })
})
