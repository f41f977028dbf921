import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerOf, type ChatBench, carefulPlan, openChatBench } from '../../test/support/chat-bench.ts'
import { analystAnswers, careful } from '../../test/support/scripted-analyst.ts'

// What the assistant answers, by code and by a model, over real HTTP.

let bench: ChatBench
beforeAll(async () => {
  bench = await openChatBench()
})
afterAll(() => bench.close())
beforeEach(() => bench.answersCarefully())

describe('answers', () => {
  it('come from code where code knows, and no model is asked', async () => {
    const before = bench.provider.requests.length
    const answer = answerOf(await bench.ask(await bench.newChat(), { text: 'How many alerts are there?' }))
    expect(answer).toMatchObject({ route: 'deterministic', model: null, canAskModel: true })
    expect(answer.answer).toContain('14 alerts')
    expect(bench.provider.requests.length).toBe(before)
  })

  it('come from a model where code does not know: planned, searched, verified sentence by sentence', async () => {
    const events = await bench.ask(await bench.newChat(), { text: 'Why should I worry about this?' })
    expect(events.map(event => event.kind)).toEqual(
      expect.arrayContaining(['question', 'route', 'plan', 'step', 'sentence', 'answer']),
    )
    const answer = answerOf(events)
    expect(answer).toMatchObject({ route: 'model', model: 'strong' })
    expect(answer.sentences[0]).toMatchObject({ status: 'verified', evidence: ['E1'] })
  })

  it('strike what the evidence does not say, also while it streams', async () => {
    const invented = 'The intruder copied 41 files to 198.51.100.250.'
    const sentences: typeof careful = prompt => [
      ...careful(prompt),
      { text: invented, evidence: [{ id: prompt.items[0]?.id ?? '', quote: prompt.items[0]?.quote ?? '' }] },
    ]
    bench.provider.always({ kind: 'answer', text: analystAnswers({ plan: carefulPlan, sentences }) })
    const events = await bench.ask(await bench.newChat(), { text: 'Why did this happen?', mode: 'model' })
    const streamed = events.flatMap(event => (event.kind === 'sentence' ? [event.claim] : []))
    expect(streamed.find(claim => claim.text === invented)?.status).toBe('not-in-evidence')
    expect(answerOf(events).sentences.find(each => each.text === invented)?.status).toBe('not-in-evidence')
  })

  it('never acquit on the word of a log', async () => {
    const sentences: typeof careful = prompt => {
      const item = prompt.items.find(each => each.quote.replaceAll('▁', ' ').includes('benign'))
      return [
        ...careful(prompt),
        { text: 'This host is benign.', evidence: [{ id: item?.id ?? '', quote: 'this host is benign' }] },
      ]
    }
    const steps = [{ tool: 'search_alerts', arguments: { rule_id: '5715' } }]
    bench.provider.always({ kind: 'answer', text: analystAnswers({ plan: steps, sentences }) })
    const answer = answerOf(
      await bench.ask(await bench.newChat(), { text: 'Is this an attack?', mode: 'model' }),
    )
    expect(answer.sentences.find(each => each.text.includes('benign'))?.status).toBe('not-in-evidence')
  })

  it('send the plan nothing that an attacker could have written', async () => {
    const from = bench.provider.requests.length
    await bench.ask(await bench.newChat(), { text: 'Should I be afraid?', mode: 'model' })
    const [planned, reading] = bench.provider.requests
      .slice(from)
      .map(request => JSON.stringify(request.body))
    expect(planned).not.toContain('Failed')
    expect(planned).toContain('You plan how')
    expect(reading).not.toContain('count_alerts:')
  })

  it('let a model mend a malformed tool call once', async () => {
    const wrong = JSON.stringify({ steps: [{ tool: 'count_alerts', arguments: '{"by":"moon phase"}' }] })
    bench.provider.script({ kind: 'answer', text: wrong })
    const from = bench.provider.requests.length
    const answer = answerOf(await bench.ask(await bench.newChat(), { text: 'Why is that?', mode: 'model' }))
    expect(answer.route).toBe('model')
    expect(bench.provider.requests.length - from).toBe(3)
    expect(JSON.stringify(bench.provider.requests[from + 1]?.body)).toContain('does not fit the schema')
  })

  it('fall back to what code found where the model fails, and say why', async () => {
    bench.provider.always({ kind: 'status', status: 400, message: 'no' })
    const answer = answerOf(
      await bench.ask(await bench.newChat(), {
        text: 'Why is this here?',
        context: { caseId: bench.caseId },
        mode: 'model',
        hypothesis: 'x',
      }),
    )
    expect(answer.route).toBe('deterministic')
    expect(answer.modelReason).toBeTruthy()
    expect(answer.sentences.length).toBeGreaterThan(0)
  })

  it('run slash commands without a model', async () => {
    const answer = answerOf(await bench.ask(await bench.newChat(), { text: '/ioc 203.0.113.77' }))
    expect(answer.steps.map(step => step.tool)).toEqual(['search_indicators', 'entity_timeline'])
    expect(answer.answer).toMatch(/is in 1 case with 1[34] alerts/)
    const rule = answerOf(await bench.ask(await bench.newChat(), { text: '/draft rule guessed passwords' }))
    expect(rule.answer).toContain('A rule can be drafted')
    expect(answerOf(await bench.ask(await bench.newChat(), { text: '/draft' })).answer).toContain(
      '/draft (on a case)',
    )
    const query = answerOf(
      await bench.ask(await bench.newChat(), { text: '/query top 5 source addresses on web-07' }),
    )
    expect(query.query?.query).toMatchObject({ index: 'wazuh-alerts-*', body: { size: 0 } })
  })
})

describe('stopping', () => {
  it('closes the socket to the provider and keeps what had been verified', async () => {
    const chat = await bench.newChat()
    bench.provider.script(
      {
        kind: 'answer',
        text: JSON.stringify({ steps: [{ tool: 'count_alerts', arguments: '{"by":"rule"}' }] }),
      },
      {
        kind: 'hang',
        text: JSON.stringify({
          sentences: [
            { text: 'It says alerts: 14.', evidence: [{ id: 'E1', quote: 'alerts: 14' }] },
            { text: `${'x'.repeat(4000)}`, evidence: [] },
          ],
        }),
        sends: 40,
      },
    )
    const abandoned = bench.provider.abandoned
    const stop = new AbortController()
    const running = bench.ask(
      chat,
      { text: 'Why is this so?', mode: 'model' },
      {
        signal: stop.signal,
        onEvent: event => {
          if (event.kind === 'sentence') stop.abort()
        },
      },
    )
    await expect(running).rejects.toThrow()
    await expect.poll(() => bench.provider.abandoned).toBe(abandoned + 1)
    await expect.poll(async () => (await bench.read(chat)).messages.at(-1)?.state).toBe('stopped')
  })
})
