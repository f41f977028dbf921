import {
  ATTR_GEN_AI_INPUT_MESSAGES,
  ATTR_GEN_AI_OPERATION_NAME,
  ATTR_GEN_AI_OUTPUT_MESSAGES,
  ATTR_GEN_AI_OUTPUT_TYPE,
  ATTR_GEN_AI_PROVIDER_NAME,
  ATTR_GEN_AI_REQUEST_MAX_TOKENS,
  ATTR_GEN_AI_REQUEST_MODEL,
  ATTR_GEN_AI_REQUEST_TEMPERATURE,
  ATTR_GEN_AI_RESPONSE_FINISH_REASONS,
  ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK,
  ATTR_GEN_AI_SYSTEM_INSTRUCTIONS,
  ATTR_GEN_AI_TOKEN_TYPE,
  ATTR_GEN_AI_USAGE_INPUT_TOKENS,
  ATTR_GEN_AI_USAGE_OUTPUT_TOKENS,
  GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
  METRIC_GEN_AI_CLIENT_OPERATION_DURATION,
  METRIC_GEN_AI_CLIENT_TOKEN_USAGE,
} from '@opentelemetry/semantic-conventions/incubating'
import { afterEach, describe, expect, it } from 'vitest'
import { attributesOf, type OtlpReceiver, startOtlpReceiver } from '../../test/support/otlp-receiver.ts'
import { settings } from '../config/settings.ts'
import { telemetrySettings } from '../config/telemetry-settings.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { inSpan } from '../lib/telemetry.ts'
import { createBudget } from '../llm/budget.ts'
import { type CompletionRequest, type ModelClient, ModelError } from '../llm/completion.ts'
import { createGateway } from '../llm/gateway.ts'
import { openTelemetry } from './open-telemetry.ts'

const prompt = 'the mail of jane.doe@corp.example holds AKIAIOSFODNN7EXAMPLE'
const request: CompletionRequest = {
  system: 'You are the analyst.',
  messages: [{ role: 'user', text: prompt }],
  schema: { type: 'object' },
  schemaName: 'brief',
  maxOutputTokens: 500,
  temperature: 0,
}

type Zone = ModelClient['zone']

function client(zone: Zone, answer: () => string): ModelClient {
  return {
    name: 'claude',
    modelId: 'claude-5',
    zone,
    async complete(_request, beforeSend) {
      await beforeSend(Buffer.from(prompt), 'api.anthropic.example:8443')
      return {
        text: answer(),
        finish: 'stop',
        toolCalls: [],
        usage: { inputTokens: 1200, outputTokens: 80, estimated: false },
        firstTokenMs: 250,
      }
    },
  }
}

async function ask(zone: Zone, options: { captureContent?: boolean; answer?: () => string } = {}) {
  const model = client(zone, options.answer ?? (() => 'the answer names jane.doe'))
  const gateway = createGateway({
    models: [
      {
        client: model,
        provider: 'anthropic',
        tasks: undefined,
        price: undefined,
        maxConcurrent: 1,
        contextTokens: 100_000,
      },
    ],
    budget: createBudget({ perDay: {} }, async () => new Map(), systemClock),
    clock: systemClock,
    random: () => 0,
    attempts: 1,
    captureContent: options.captureContent ?? false,
  })
  return inSpan('ask case-brief', {}, () =>
    gateway.complete('case-brief', [model], request, () => async () => {}, new AbortController().signal),
  )
}

let receiver: OtlpReceiver | undefined
afterEach(() => receiver?.close())

/** What a collector got of `action`, and the trouble there was. */
async function told(action: () => Promise<unknown>, more: Record<string, string> = {}) {
  receiver = await startOtlpReceiver(more.TOCSIN_OTEL_HEADERS === undefined ? undefined : 'Bearer s3cret')
  const given = telemetrySettings(settings.parse({ TOCSIN_OTEL_URL: receiver.url, ...more }))
  if (given === undefined) throw new Error('it is configured')
  const trouble: string[] = []
  const telemetry = await openTelemetry(given, 'test-1', what => trouble.push(what))
  await action().catch(() => undefined)
  await telemetry.close()
  return { receiver, trouble }
}

describe('telemetry of a model call', () => {
  it('is a span of the GenAI conventions within the question’s, and two histograms', async () => {
    const { receiver: got, trouble } = await told(() => ask('public'))
    expect({ refused: got.refused, trouble }).toEqual({ refused: [], trouble: [] })
    const [call] = got.spans.filter(({ name }) => name === 'chat claude-5')
    const [question] = got.spans.filter(({ name }) => name === 'ask case-brief')
    expect(call).toMatchObject({ kind: 3, status: { code: 0 }, parentSpanId: question?.spanId })
    expect(attributesOf(call?.attributes ?? [])).toEqual({
      [ATTR_GEN_AI_OPERATION_NAME]: 'chat',
      [ATTR_GEN_AI_PROVIDER_NAME]: GEN_AI_PROVIDER_NAME_VALUE_ANTHROPIC,
      [ATTR_GEN_AI_REQUEST_MODEL]: 'claude-5',
      [ATTR_GEN_AI_REQUEST_MAX_TOKENS]: 500,
      [ATTR_GEN_AI_REQUEST_TEMPERATURE]: 0,
      [ATTR_GEN_AI_OUTPUT_TYPE]: 'json',
      [ATTR_GEN_AI_USAGE_INPUT_TOKENS]: 1200,
      [ATTR_GEN_AI_USAGE_OUTPUT_TOKENS]: 80,
      [ATTR_GEN_AI_RESPONSE_FINISH_REASONS]: ['stop'],
      [ATTR_GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK]: 0.25,
      'server.address': 'api.anthropic.example',
      'server.port': 8443,
      'tocsin.task': 'case-brief',
      'tocsin.model.profile': 'claude',
      'tocsin.model.zone': 'public',
      'tocsin.cost_usd': 0,
    })
    const points = (name: string) =>
      got.metrics.filter(each => each.name === name).flatMap(each => each.histogram.dataPoints)
    expect(points(METRIC_GEN_AI_CLIENT_OPERATION_DURATION).map(({ count }) => Number(count))).toEqual([1])
    expect(
      points(METRIC_GEN_AI_CLIENT_TOKEN_USAGE).map(({ sum, attributes }) => [
        attributesOf(attributes)[ATTR_GEN_AI_TOKEN_TYPE],
        sum,
      ]),
    ).toEqual([
      ['input', 1200],
      ['output', 80],
    ])
  })

  it('holds no word of the question, the answer or an error', async () => {
    const { receiver: good } = await told(() => ask('public'))
    const first = good.bodies.join('\n')
    await good.close()
    const { receiver: bad } = await told(() =>
      ask('public', {
        answer: () => {
          throw new ModelError('model-bad-request', `cannot read: ${prompt}`)
        },
      }),
    )
    const [call] = bad.spans.filter(({ name }) => name === 'chat claude-5')
    expect(call?.status).toEqual({ code: 2 })
    expect(attributesOf(call?.attributes ?? [])).toMatchObject({ 'error.type': 'model-bad-request' })
    for (const text of [first, bad.bodies.join('\n')]) {
      expect(text.length).toBeGreaterThan(500)
      expect(text).not.toMatch(/jane|AKIA|analyst|the answer/)
    }
  })

  it.each([
    ['public', true],
    ['contracted', true],
    ['on-prem', false],
    ['local', false],
  ] as const)('where words are asked for, those to a model in zone %s are told: %s', async (zone, held) => {
    const { receiver: got } = await told(() => ask(zone, { captureContent: true }), {
      TOCSIN_OTEL_CONTENT: 'on',
    })
    const [call] = got.spans.filter(({ name }) => name === 'chat claude-5')
    const found = attributesOf(call?.attributes ?? [])
    if (!held) {
      expect(got.bodies.join('\n')).not.toMatch(/jane|AKIA|analyst|the answer/)
      return
    }
    expect(JSON.parse(String(found[ATTR_GEN_AI_SYSTEM_INSTRUCTIONS]))).toEqual([
      { type: 'text', content: request.system },
    ])
    expect(JSON.parse(String(found[ATTR_GEN_AI_INPUT_MESSAGES]))).toEqual([
      { role: 'user', parts: [{ type: 'text', content: prompt }] },
    ])
    expect(JSON.parse(String(found[ATTR_GEN_AI_OUTPUT_MESSAGES]))).toMatchObject([
      { role: 'assistant', finish_reason: 'stop' },
    ])
  })
})

describe('the collector', () => {
  it('is signed in to with the headers that are set', async () => {
    const { receiver: got } = await told(() => inSpan('job test', {}, async () => {}), {
      TOCSIN_OTEL_HEADERS: 'Authorization=Bearer s3cret',
    })
    expect(got.spans.map(({ name }) => name)).toEqual(['job test'])
  })

  it('that refuses is told of in one line, and nothing waits or fails for it', async () => {
    const { trouble } = await told(() => inSpan('job test', {}, async () => {}), {
      TOCSIN_OTEL_HEADERS: 'Authorization=Bearer wr0ng',
    })
    expect(trouble.length).toBeGreaterThan(0)
    expect(trouble.join('\n')).toContain('Unauthorized')
    expect(trouble.join('\n')).not.toMatch(/wr0ng|who is it/)
  })

  it('gets the code of what failed, never its message', async () => {
    const { receiver: got } = await told(() =>
      inSpan('job test', {}, async () => {
        throw new AppError('case-locked', 'host DC01 of jane.doe')
      }),
    )
    expect(got.spans[0]).toMatchObject({ status: { code: 2 }, events: [] })
    expect(got.bodies.join()).toContain('case-locked')
    expect(got.bodies.join()).not.toMatch(/DC01|jane/)
  })

  it.each([
    ['no JSON', 'application/json', '{', 400],
    ['another type', 'application/x-protobuf', '{}', 415],
    [
      'a scope without spans',
      'application/json',
      '{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"x"},"spans":[]}]}]}',
      400,
    ],
    [
      'an id that is none',
      'application/json',
      JSON.stringify({
        resourceSpans: [
          {
            resource: { attributes: [] },
            scopeSpans: [{ scope: { name: 'x' }, spans: [{ traceId: 'zz' }] }],
          },
        ],
      }),
      400,
    ],
  ])('that tests stand on refuses %s', async (_what, type, body, status) => {
    receiver = await startOtlpReceiver()
    const reply = await fetch(`${receiver.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    })
    expect(reply.status).toBe(status)
    expect(receiver.spans).toEqual([])
  })
})

describe('the settings', () => {
  const read = (values: Record<string, string>) => telemetrySettings(settings.parse(values))

  it('send nothing unless an address is set, and no words unless that is set too', () => {
    expect(read({})).toBeUndefined()
    expect(read({ TOCSIN_OTEL_URL: 'https://collector.example/' })).toMatchObject({
      url: 'https://collector.example',
      captureContent: false,
      sample: 1,
    })
  })

  it.each([
    [{ TOCSIN_OTEL_URL: 'http://collector.example:4318' }, /without TLS/],
    [{ TOCSIN_OTEL_URL: 'https://user:pw@collector.example' }, /TOCSIN_OTEL_HEADERS/],
    [{ TOCSIN_OTEL_URL: 'https://collector.example', TOCSIN_OTEL_HEADERS: 'no pair' }, /NAME=VALUE/],
  ])('refuse %o', (values, message) => {
    expect(() => read(values)).toThrow(message)
  })
})
