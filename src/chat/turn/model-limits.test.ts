import { expect, it } from 'vitest'
import { wazuhAlert } from '../../../test/support/wazuh-alert.ts'
import type { AskModel, ModelQuestion } from '../../domain/model-question.ts'
import { rankTechniques } from '../../intel/rank-techniques.ts'
import { fixedClock } from '../../lib/clock.ts'
import { indexDocuments } from '../documents/document-index.ts'
import { assistantTools } from '../tools/assistant-tools.ts'
import { takeTurn } from './take-turn.ts'

const alerts = Array.from({ length: 40 }, (_, index) =>
  wazuhAlert({
    id: `17800000${index + 10}.1`,
    rule: ['5710', 5, `attempt ${index}`, ['sshd']],
    log: `Failed password ${'x'.repeat(300)}`,
  }),
)

/** What a model is asked in one turn: the plan, then the reading. */
async function asked(toolLimit: number) {
  const questions: Pick<
    ModelQuestion<unknown>,
    'instructions' | 'evidence' | 'maxOutputTokens' | 'schema'
  >[] = []
  const ask: AskModel = async question => {
    questions.push(question)
    return { kind: 'unavailable', reason: 'it is only listened to' }
  }
  const data = { alerts: { current: async () => alerts, ofCase: async () => alerts }, rankTechniques }
  const tools = assistantTools({ ...data, documents: indexDocuments([]) })
  const answer = await takeTurn(
    {
      asker: { tenant: 'default', role: 'viewer' },
      chatId: 'chat_1',
      text: 'Why does it fail?',
      mode: 'model',
      context: { entity: { type: 'host', value: 'web-01' } },
      earlier: [],
      files: [],
    },
    { tools, data, clock: fixedClock(0), model: { ask, reveal: async (_t, _s, value) => value, toolLimit } },
    () => undefined,
    new AbortController().signal,
  )
  const [plan, reading] = questions
  if (plan === undefined || reading === undefined) throw new Error('it was not asked twice')
  return { answer, plan, reading }
}

const told = (instructions: string) => instructions.match(/^- \w+: /gm)?.length
const lengthOf = ({ evidence }: Pick<ModelQuestion<unknown>, 'evidence'>) =>
  evidence.reduce((sum, { quote, label }) => sum + quote.length + label.length, 0)

it('asks little of a small model, and more of a large one', async () => {
  const [small, large] = [await asked(4), await asked(10)]
  expect(told(small.plan.instructions)).toBe(4)
  expect(told(large.plan.instructions)).toBeGreaterThan(4)
  expect(lengthOf(small.reading)).toBeLessThanOrEqual(3_000)
  expect(lengthOf(large.reading)).toBeGreaterThan(6_000)
  expect(small.plan.maxOutputTokens).toBeLessThan(large.plan.maxOutputTokens)
  const endless = { steps: [{ tool: 'search_alerts', arguments: JSON.stringify({ text: 'a'.repeat(190) }) }] }
  expect(large.plan.schema.safeParse(endless).success).toBe(true)
  expect(small.plan.schema.safeParse(endless).success).toBe(false)
})

it('tells by code what was found where the model does not answer', async () => {
  const { answer } = await asked(4)
  expect(answer).toMatchObject({ route: 'deterministic', model: null, modelReason: 'it is only listened to' })
  expect(answer.answer).toContain('40 alerts with web-01')
})
