import { inspect } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { anthropic } from '../../test/support/provider-servers/anthropic.ts'
import { bedrock } from '../../test/support/provider-servers/bedrock.ts'
import {
  azure,
  mistral,
  openaiChat,
  openaiCompatible,
} from '../../test/support/provider-servers/chat-completions.ts'
import { google } from '../../test/support/provider-servers/google.ts'
import { openaiResponses } from '../../test/support/provider-servers/openai-responses.ts'
import { type ProviderServer, startProviderServer } from '../../test/support/provider-servers/start-server.ts'
import type { WireProtocol } from '../../test/support/provider-servers/wire-protocol.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import type { BeforeSend, CompletionRequest, ModelClient } from './completion.ts'
import { type ModelProfile, modelProfileSchema, type ProviderKind } from './profile.ts'
import { providers } from './providers/providers.ts'
import { createSdkClient } from './sdk-client.ts'

const key = 'sk-test-7f3a91c4d8e2:wJalrXUtnFEMI-K7MDENG-bPxRfiCY'

const request: CompletionRequest = {
  system: 'You summarise. Answer as JSON.',
  messages: [{ role: 'user', text: 'EVIDENCE\nE1: Failed password for [USER-1]' }],
  schema: {
    type: 'object',
    properties: { headline: { type: 'string' }, count: { type: ['integer', 'null'] } },
    required: ['headline', 'count'],
    additionalProperties: false,
  },
  schemaName: 'case_brief',
  maxOutputTokens: 400,
  temperature: 0,
}
const answer = JSON.stringify({ headline: 'Failed logons für [USER-1] 🚨', count: 3 })

interface Wire {
  readonly provider: Exclude<ProviderKind, 'in-process'>
  readonly protocol: WireProtocol
  readonly model: string
  readonly path: string
  readonly more?: Partial<ModelProfile>
}

const wires: readonly Wire[] = [
  { provider: 'openai', protocol: openaiResponses, model: 'gpt-test', path: '/v1' },
  { provider: 'openai-chat', protocol: openaiChat, model: 'gpt-test', path: '/v1' },
  {
    provider: 'azure',
    protocol: azure,
    model: 'my-deployment',
    path: '/openai',
    more: { apiVersion: '2024-10-21' },
  },
  { provider: 'anthropic', protocol: anthropic, model: 'claude-sonnet-4-5', path: '/v1' },
  { provider: 'google', protocol: google, model: 'gemini-2.5-flash', path: '/v1beta' },
  { provider: 'mistral', protocol: mistral, model: 'mistral-small-latest', path: '/v1' },
  { provider: 'openai-compatible', protocol: openaiCompatible, model: 'llama3.1:8b', path: '/v1' },
  {
    provider: 'bedrock',
    protocol: bedrock,
    model: 'meta.llama3-1-70b-instruct-v1:0',
    path: '',
    more: { region: 'eu-central-1' },
  },
]

describe.each(wires)('$provider', ({ provider, protocol, model, path, more }) => {
  let server: ProviderServer
  let egress: EgressClient
  let client: ModelClient
  const sent: string[] = []
  const remember: BeforeSend = async bytes => void sent.push(Buffer.from(bytes).toString('utf8'))
  const ask = (beforeSend: BeforeSend = remember, signal = AbortSignal.timeout(300_000)) =>
    client.complete(request, beforeSend, signal)
  const failure = async (...args: Parameters<typeof ask>): Promise<AppError> => {
    const error = await ask(...args).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!(error instanceof AppError)) throw new Error(`no AppError but ${String(error)}`)
    return error
  }

  beforeAll(async () => {
    server = await startProviderServer(protocol, key)
    egress = createEgressFetch({ rules: [{ host: '127.0.0.1', port: Number(new URL(server.url).port) }] })
    const profile = modelProfileSchema.parse({
      name: 'under-test',
      provider,
      model,
      zone: 'contracted',
      baseUrl: server.url + path,
      idleTimeoutMs: 5000,
      ...more,
    })
    client = createSdkClient({
      profile,
      provider: await providers[provider](),
      key: new Secret(key),
      fetch: egress.fetch,
      clock: systemClock,
    })
  })
  afterEach(() => {
    expect(server.unscripted).toBe(0)
    sent.length = 0
  })
  afterAll(async () => {
    await egress.close()
    await server.close()
  })

  it('streams a structured answer', async () => {
    server.script({ kind: 'answer', text: answer })
    const completion = await ask()
    expect(JSON.parse(completion.text)).toEqual(JSON.parse(answer))
    expect(completion).toMatchObject({
      finish: 'stop',
      usage: { inputTokens: 120, outputTokens: 30, cachedTokens: 80, estimated: false },
    })
    expect(sent).toHaveLength(1)
    expect(sent[0]).toContain('Failed password for [USER-1]')
  })

  it('sends the bytes that were shown before, and nothing when that refuses', async () => {
    const before = server.requests.length
    const refusal = new AppError('egress-blocked', 'a known name is in it')
    expect(await failure(async () => Promise.reject(refusal))).toBe(refusal)
    expect(server.requests).toHaveLength(before)
    server.script({ kind: 'answer', text: answer })
    await ask()
    const [, shown = ''] = /^[^\n]*\n(.*)$/s.exec(sent[0] ?? '') ?? []
    expect(JSON.parse(shown)).toEqual(server.requests.at(-1)?.body)
  })

  it('tells an answer that was cut at the limit', async () => {
    server.script({ kind: 'limit', text: answer.slice(0, 30) })
    expect((await ask()).finish).toBe('length')
  })

  it('tells a refusal', async () => {
    server.script({ kind: 'refusal' })
    expect((await ask()).finish).toBe('refusal')
  })

  it('tells a call of a tool that it was not given', async () => {
    server.script({ kind: 'tool-call', name: 'delete_all', argumentsText: '{"path":"/"}' })
    const completion = await ask()
    expect(completion.finish).toBe('tool-calls')
    expect(completion.toolCalls).toEqual([{ name: 'delete_all', argumentsText: '{"path":"/"}' }])
  })

  it.each([
    [400, 'model-bad-request', false],
    [401, 'model-unauthorised', false],
    [403, 'model-forbidden', false],
    [408, 'model-timeout', true],
    [413, 'model-request-too-large', false],
    [500, 'model-failed', true],
    [503, 'model-overloaded', true],
    [529, 'model-overloaded', true],
  ] as const)('understands status %i', async (status, code, retryable) => {
    server.script({ kind: 'status', status })
    expect(await failure()).toMatchObject({ code, retryable })
  })

  it('understands 429 with Retry-After in seconds, in milliseconds and as a date', async () => {
    const headers = [
      { 'retry-after': '7' },
      { 'retry-after-ms': '1500' },
      { 'retry-after': 'Wed, 21 Oct 2026 07:28:20 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' },
    ]
    for (const each of headers) server.script({ kind: 'status', status: 429, headers: each })
    const waits = []
    for (const _ of headers) waits.push(await failure())
    expect(waits).toMatchObject([{ retryAfterMs: 7000 }, { retryAfterMs: 1500 }, { retryAfterMs: 20_000 }])
    expect(waits[0]).toMatchObject({ code: 'model-rate-limited', retryable: true })
  })

  it('makes one attempt and leaves retrying to others', async () => {
    const before = server.requests.length
    server.script({ kind: 'status', status: 500 })
    await failure()
    expect(server.requests).toHaveLength(before + 1)
  })

  it.each([
    { kind: 'cut', text: answer, after: 3 } as const,
    { kind: 'stop-early', text: answer, after: 2 } as const,
    { kind: 'not-json' } as const,
  ])('takes no answer from a stream that breaks: $kind', async step => {
    server.script(step)
    expect(await failure()).toMatchObject({ code: 'model-stream-cut', retryable: true })
  })

  it('gives up on a model that falls silent, and closes the socket', async () => {
    const before = server.abandoned
    server.script({ kind: 'hang', text: answer, sends: 2 })
    expect(await failure()).toMatchObject({ code: 'model-timeout' })
    await expect.poll(() => server.abandoned).toBe(before + 1)
  })

  it('closes the socket when it is cancelled', async () => {
    const before = server.abandoned
    server.script({ kind: 'hang', text: answer, sends: 1 })
    const stop = new AbortController()
    const asked = server.requests.length
    const failed = failure(remember, stop.signal)
    await expect.poll(() => server.requests.length).toBe(asked + 1)
    stop.abort(new AppError('cancelled', 'the analyst went on'))
    expect(await failed).toMatchObject({ code: 'cancelled' })
    await expect.poll(() => server.abandoned).toBe(before + 1)
  })

  it('keeps the key and the prompt out of every error', async () => {
    const steps = [400, 401, 403, 413, 429, 500, 529].map(status => ({
      kind: 'status' as const,
      status,
      message: `Incorrect API key provided: ${key}. Your prompt was: Failed password`,
    }))
    server.script(...steps, { kind: 'cut', text: answer, after: 2 }, { kind: 'not-json' })
    for (let i = 0; i < steps.length + 2; i++) {
      const error = await failure()
      const shown = [
        inspect(error, { depth: 20, showHidden: true }),
        JSON.stringify(error),
        error.stack,
      ].join('\n')
      for (const part of key.split(':')) expect(shown).not.toContain(part)
      expect(shown).not.toContain('EVIDENCE')
    }
    expect(inspect(client, { depth: 20, showHidden: true })).not.toContain(key)
  })
})
