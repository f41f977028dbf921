import { describe, expect, it } from 'vitest'
import { rankTechniques } from '../../intel/rank-techniques.ts'
import { indexDocuments } from '../documents/document-index.ts'
import { assistantTools } from '../tools/assistant-tools.ts'
import { draftPlaybook } from './draft-playbook.ts'
import { fillStep, type PlaybookStep, playbookProblems } from './playbook.ts'

const tools = assistantTools({
  alerts: { current: async () => [], ofCase: async () => [] },
  rankTechniques,
  documents: indexDocuments([]),
})
const question = (text: string): PlaybookStep => ({ kind: 'question', text })
const host = { name: 'host', label: 'host', entityType: 'host' } as const

describe('filling in', () => {
  it.each([
    ['What happened on {{host}}?', 'What happened on web-07?'],
    ['{{ host }} and {{host}}', 'web-07 and web-07'],
    ['{{unknown}} stays', '{{unknown}} stays'],
  ])('%s', (text, expected) => {
    expect(fillStep(question(text), { host: 'web-07' })).toEqual(question(expected))
  })

  it('looks at no value again, whatever stands in it', () => {
    const values = { host: '{{user}} $& $1', user: 'root' }
    expect(fillStep(question('On {{host}}?'), values)).toEqual(question('On {{user}} $& $1?'))
  })

  it('fills the arguments of a search at every depth, and none of its names', () => {
    const step = {
      kind: 'search',
      tool: 'search_alerts',
      input: { host: '{{host}}', list: ['{{host}}', 3] },
    } as const
    expect(fillStep(step, { host: 'db-01' })).toMatchObject({ input: { host: 'db-01', list: ['db-01', 3] } })
  })
})

describe('what cannot be run', () => {
  const check = (steps: readonly PlaybookStep[], parameters = [host]) =>
    playbookProblems({ parameters, steps }, tools)
  const search = (tool: string, input: Record<string, string | number>): PlaybookStep => ({
    kind: 'search',
    tool,
    input,
  })

  it('is nothing in a playbook that is whole', () => {
    const steps = [
      question('What happened in {{case_id}} on {{host}}?'),
      search('search_alerts', { host: '{{host}}', limit: 5 }),
      search('count_alerts', { by: 'rule', case_id: '{{case_id}}' }),
    ]
    expect(check(steps)).toEqual([])
  })

  it.each([
    [[question('Who is {{user}}?')], 'step 1: there is no parameter {{user}}'],
    [[search('delete_alerts', {})], 'step 1: there is no search delete_alerts here'],
    [[search('search_alerts', { shell: 'x' })], 'step 1: search_alerts has no argument shell'],
    [[search('search_alerts', { limit: 5000 })], 'limit: '],
    [[search('count_alerts', {})], 'by: '],
  ])('%j', (steps, problem) => {
    expect(check(steps).join('\n')).toContain(problem)
  })

  it('is a name that stands twice, or that every playbook has', () => {
    expect(check([question('x')], [host, host])).toEqual(['there are two parameters {{host}}'])
    const own = { name: 'case_id', label: 'x', entityType: null }
    expect(playbookProblems({ parameters: [own], steps: [question('x')] }, tools)).toHaveLength(1)
  })
})

describe('a draft from a chat', () => {
  const entities = [
    { type: 'address', value: '203.0.113.77' },
    { type: 'host', value: 'web-1' },
    { type: 'host', value: 'web-1.example' },
    { type: 'user', value: 'ab' },
  ] as const
  const draft = (...questions: string[]) => draftPlaybook(questions, { caseId: 'case_1', entities })

  it('makes parameters of what the case names, and of nothing else', () => {
    const { parameters, steps } = draft(
      '/ioc 203.0.113.77',
      'What about web-1.example and WEB-1?',
      'Is web-10 like it, or 203.0.113.7?',
      'What of case_1?',
      '/draft',
    )
    expect(steps).toEqual([
      question('/ioc {{address}}'),
      question('What about {{host}} and {{host_2}}?'),
      question('Is web-10 like it, or 203.0.113.7?'),
      question('What of {{case_id}}?'),
    ])
    expect(parameters.map(({ name, entityType }) => [name, entityType])).toEqual([
      ['address', 'address'],
      ['host', 'host'],
      ['host_2', 'host'],
    ])
    expect(playbookProblems({ parameters, steps }, tools)).toEqual([])
  })

  it('gives back what was asked when it is run on the same case', () => {
    const { steps } = draft('Is 203.0.113.77 on web-1?')
    const values = { address: '203.0.113.77', host: 'web-1' }
    expect(steps.map(step => fillStep(step, values))).toEqual([question('Is 203.0.113.77 on web-1?')])
  })

  it('leaves a chat without a case as it is', () => {
    const { parameters, steps } = draftPlaybook(['Top 5 rules'], { caseId: null, entities: [] })
    expect([parameters, steps]).toEqual([[], [question('Top 5 rules')]])
  })
})
