import { describe, expect, it } from 'vitest'
import { runSuite, summarise } from './run-suite.ts'
import { score } from './score.ts'
import { readItems } from './suite-items.ts'

const malware = [
  {
    sha256: 'a'.repeat(64),
    attack: 'ransomware',
    topic: 'Persistence',
    difficulty: 'Hard',
    question_text: 'Which keys does it set?',
    options: ['A) Run', 'B) RunOnce', 'C) neither'],
    correct_options: ['A', 'B'],
  },
]
const intel = [
  {
    report_id: 'aa24-001',
    source: 'CISA',
    question_text: 'Who is behind it?',
    options: { A: 'nobody', B: 'somebody' },
    correct_answer: 'B',
  },
]

describe('question files of CyberSOCEval', () => {
  it('are read with the reports beside them, with several right answers', () => {
    const asked: string[] = []
    const beside = (path: string) => {
      asked.push(path)
      return path.endsWith('.txt') ? 'The report of somebody.' : '{"verdict":"malicious"}'
    }
    const read = (records: unknown) => readItems(JSON.stringify(records), 'questions.json', undefined, beside)
    expect(read(malware)).toEqual({
      problems: [],
      value: [
        {
          id: '1',
          task: 'choices',
          input: {
            question: 'Which keys does it set?\nA) Run\nB) RunOnce\nC) neither',
            context: '{"verdict":"malicious"}',
          },
          expected: ['A', 'B'],
        },
      ],
    })
    expect(read(intel).value[0]).toMatchObject({
      input: { question: 'Who is behind it?\nA) nobody\nB) somebody', context: 'The report of somebody.' },
      expected: ['B'],
    })
    expect(asked).toEqual([`hybrid-analysis/ransomware/${'a'.repeat(64)}`, 'aa24-001.txt'])
  })

  it('cannot name files elsewhere; a missing report and a broken question are told', () => {
    const hostile = [
      { ...intel[0], report_id: '../../etc/passwd' },
      { ...malware[0], attack: '..', sha256: 'x/../../y' },
      { ...intel[0] },
      { options: ['A', 'B'] },
    ]
    const asked: string[] = []
    const { value, problems } = readItems(JSON.stringify(hostile), 'q.json', undefined, path => {
      asked.push(path)
      return undefined
    })
    expect(asked).toEqual(['aa24-001.txt'])
    expect(value).toHaveLength(3)
    expect(problems.map(({ code }) => code)).toEqual(['no-report', 'not-an-item'])
  })

  it('leave lists of other items alone', () => {
    const { value } = readItems('[{"id":1,"task":"chat","input":"Q?","expected":["x"]}]', 'f', undefined)
    expect(value.map(({ task }) => task)).toEqual(['chat'])
  })
})

it.each([
  ['A, B', ['A', 'B'], 1],
  ['A', ['A', 'B'], 0.5],
  ['A B C D', ['A', 'B'], 0.5],
  ['{"correct_answers": ["C"]}', ['C'], 1],
  ['none of them', ['C'], 0],
] as const)('choices: %s against %j is worth %d, as Jaccard says', (output, expected, value) => {
  expect(score('choices', output, expected)).toBe(value)
})

const sigma = (selection: string) => `title: t
id: 6a9c2d0e-2c5a-4c4e-9a55-0d6f6a7c1b11
status: experimental
logsource: { product: windows, category: process_creation }
detection:
  selection:
    ${selection}
  condition: selection
level: high
`
const events = {
  fires: [{ CommandLine: 'vssadmin delete shadows' }, { CommandLine: 'VSSADMIN Delete Shadows /all' }],
  silent: [{ CommandLine: 'vssadmin list shadows' }],
}
it.each([
  ['sees all attacks and nothing else', sigma("CommandLine|contains: 'delete shadows'"), 1],
  ['fires on everything', sigma("CommandLine|contains: 'shadows'"), 0],
  ['fires on nothing', sigma("CommandLine|contains: 'never'"), 0],
  ['sees half', sigma("CommandLine|endswith: 'delete shadows'"), 0.5],
  ['is no rule', 'Sure! Here is the rule.', 0],
  ['does not compile', sigma("CommandLine|nosuch: 'x'"), 0],
])('a rule that %s', (_name, text, value) => {
  expect(score('rule', text, events)).toBe(value)
})

it('a class that is always wrong is told, however good the mean', async () => {
  const items = [true, true, true, true, false].map((attack, n) => ({
    id: String(n),
    task: 'triage' as const,
    input: '',
    expected: attack ? 'true_positive' : 'false_positive',
  }))
  const results = []
  const solvers = { triage: { deterministic: false, solve: async () => 0.9 } }
  for await (const result of runSuite(items, solvers, AbortSignal.timeout(300_000))) results.push(result)
  const { metrics } = summarise('s', results, 1, {})
  expect(metrics).toMatchObject({
    live_triage: 0.8,
    'live_triage/true_positive': 1,
    'live_triage/false_positive': 0,
  })
})
