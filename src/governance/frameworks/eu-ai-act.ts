import type { Framework } from '../control.ts'
import { inOrder, notAddressed } from './control-lines.ts'
import { numbered } from './identifiers.ts'

const identifiers = [
  'Article 12(1)',
  ...['a', 'b', 'c'].map(letter => `Article 12(2)(${letter})`),
  'Article 12(3)',
  ...numbered('Article 14(', 3).map(id => `${id})`),
  ...['a', 'b', 'c', 'd', 'e'].map(letter => `Article 14(4)(${letter})`),
  'Article 14(5)',
]

/** Regulation (EU) 2024/1689, articles 12 (records) and 14 (human oversight). */
export const euAiAct: Framework = {
  id: 'eu-ai-act-12-14',
  name: 'EU AI Act, articles 12 and 14',
  version: '2024/1689',
  mappingVersion: '2026-11-28',
  source: 'https://eur-lex.europa.eu/eli/reg/2024/1689/oj',
  identifiers: {
    unit: 'provisions of the two articles',
    all: identifiers,
  },
  controls: inOrder(identifiers, [
    ...notAddressed('CISO', [
      ['Article 12(3)', 'Records of biometric identification, which this product does not do'],
      ['Article 14(5)', 'Two people confirm biometric identification, which this product does not do'],
    ]),
    {
      id: 'Article 12(1)',
      topic: 'Events are recorded automatically over the lifetime',
      owner: 'platform engineer',
      evidence: ['ledger-entries', 'ledger-verified'],
      beyond:
        'Retention over the lifetime of the system. Whether it is high-risk at all is a legal question.',
    },
    {
      id: 'Article 12(2)(a)',
      topic: 'Records that show situations of risk and changes',
      owner: 'SOC lead',
      evidence: ['model-failures', 'quarantined'],
      beyond: 'What counts as a risk.',
    },
    {
      id: 'Article 12(2)(b)',
      topic: 'Records for monitoring after placing on the market',
      owner: 'SOC lead',
      evidence: ['model-calls', 'model-answers'],
      beyond: 'The monitoring plan.',
    },
    {
      id: 'Article 12(2)(c)',
      topic: 'Records for monitoring the operation',
      owner: 'SOC lead',
      evidence: ['model-calls', 'model-answers', 'claims-checked'],
      beyond: 'Who reads them, and how often.',
    },
    {
      id: 'Article 14(1)',
      topic: 'People can oversee it while it is used',
      owner: 'SOC lead',
      evidence: ['verdicts', 'approvals'],
      contrary: ['own-approvals'],
      beyond: 'That they have time for it.',
    },
    {
      id: 'Article 14(2)',
      topic: 'Oversight is there to keep harm small',
      owner: 'CISO',
      evidence: ['risks', 'ai-incidents'],
      beyond: 'Harm to people outside the organisation.',
    },
    {
      id: 'Article 14(3)',
      topic: 'Measures of oversight fit the risk',
      owner: 'SOC lead',
      evidence: ['proposals', 'approvals'],
      contrary: ['own-approvals'],
      beyond: 'The assessment of the risk.',
    },
    {
      id: 'Article 14(4)(a)',
      topic: 'Overseers understand abilities and limits',
      owner: 'CISO',
      evidence: ['acknowledgements'],
      beyond: 'Training of the people who oversee.',
    },
    {
      id: 'Article 14(4)(b)',
      topic: 'Overseers stay aware of automation bias',
      owner: 'SOC lead',
      evidence: ['verdicts-against-model', 'rejections', 'seeded-suggestions'],
      beyond: 'How many of the seeded suggestions were caught: the oversight statistics say so.',
    },
    {
      id: 'Article 14(4)(c)',
      topic: 'Output can be interpreted',
      owner: 'SOC lead',
      evidence: ['cases-briefed', 'claims-checked'],
      beyond: 'Whether analysts do interpret it rightly.',
    },
    {
      id: 'Article 14(4)(d)',
      topic: 'Output can be disregarded or overridden',
      owner: 'SOC lead',
      evidence: ['verdicts-against-model'],
      beyond: 'Nothing to override leaves no record.',
    },
    {
      id: 'Article 14(4)(e)',
      topic: 'Operation can be interrupted',
      owner: 'SOC lead',
      evidence: ['rejections', 'model-moves'],
      beyond: 'A drill of switching models off.',
    },
  ]),
}
