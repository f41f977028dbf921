import { afterEach, beforeEach, expect, it } from 'vitest'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../../test/support/wazuh-server.ts'
import { fixedClock } from '../lib/clock.ts'
import { createEgressFetch, type EgressClient } from '../lib/egress-fetch.ts'
import { Secret } from '../lib/secret.ts'
import { apiEventSink, type EventSink, eventLimitBytes } from './event-sink.ts'
import { openWazuhApi } from './server-api.ts'

let wazuh: WazuhStandIn
let egress: EgressClient
let sink: EventSink
const signal = AbortSignal.timeout(300_000)

beforeEach(async () => {
  wazuh = await startWazuhServer([])
  const { port } = new URL(wazuh.url)
  egress = createEgressFetch({ rules: [{ host: '127.0.0.1', port: Number(port), addresses: ['127.0.0.1'] }] })
  sink = apiEventSink(
    openWazuhApi({
      baseUrl: wazuh.url,
      username: standInUser.username,
      password: new Secret(standInUser.password),
      fetch: egress.fetch,
      clock: fixedClock(1_800_000_000_000),
      timeoutMs: 60_000,
    }),
  )
})
afterEach(async () => {
  await egress.close()
  await wazuh.close()
})

const send = (text = '{"integration":"custom-tocsin"}') => sink({ text, agent: undefined }, signal)

it.each([
  ['that it takes is taken', undefined, 'taken'],
  ['too many in a minute is tried again', { status: 429, code: 6005 }, 'failed'],
  ['while the address is blocked for a time is tried again', { status: 403, code: 6000 }, 'failed'],
  ['while the server is broken is tried again', { status: 500, code: 1000 }, 'failed'],
  ['without the right to is not', { status: 403, code: 4000 }, 'refused'],
  ['that is too large for it is not', { status: 413, code: 6001 }, 'refused'],
] as const)('an event %s', async (_, fault, kind) => {
  if (fault !== undefined) wazuh.faults.push({ kind: 'status', title: 'x', ...fault })
  expect((await send()).kind).toBe(kind)
  // What passes by itself has passed.
  expect((await send()).kind).toBe('taken')
})

it('an event that analysisd would lose without a word is not sent', async () => {
  expect(await send('x'.repeat(eventLimitBytes + 1))).toMatchObject({ kind: 'refused' })
  expect(wazuh.calls).toEqual([])
  expect((await send(`{"${'x'.repeat(eventLimitBytes - 7)}":1}`)).kind).toBe('taken')
})

it.each([
  [{ error: 0 }, 'taken'],
  [{ error: 1, data: { failed_items: [{ error: { code: 1013 } }] } }, 'failed'],
  [{ error: 2 }, 'failed'],
])('an answer 200 that says %j is believed in what it says', async (body, kind) => {
  const answering = apiEventSink(async () => ({ status: 200, body }))
  expect((await answering({ text: '{}', agent: undefined }, signal)).kind).toBe(kind)
})
