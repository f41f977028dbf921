import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type GateSettings, gateSetting } from '../../src/governance/model-gates/gate-settings.ts'
import { changeSetting } from '../../src/governance/setting.ts'
import { openDatabaseLedger } from '../../src/ledger/database-ledger.ts'
import { fixedClock } from '../../src/lib/clock.ts'
import { watchModels } from '../../src/main/watch-models.ts'
import { watchNotices } from '../../src/main/watch-notices.ts'
import { listMoves } from '../../src/store/model-profiles.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { startGatedModels } from '../support/gated-models.ts'
import { type NotificationReceiver, startNotificationReceiver } from '../support/notification-receiver.ts'
import type { Step } from '../support/provider-servers/start-server.ts'
import { watchBench } from '../support/watch-bench.ts'

// A model in use that becomes slow, or dear, over its real wire protocol: it answers well, so nothing but the watch over
// the ledger can see it. Time passes by a clock that the stand-in moves while it thinks.

const tenant = 'default'
const gates: GateSettings = {
  ...gateSetting.initial,
  enforced: true,
  suites: {},
  shadowAnswers: 0,
  limits: { ...gateSetting.initial.limits, leastCalls: 5 },
}
let clock: ReturnType<typeof fixedClock>
let bench: Awaited<ReturnType<typeof startGatedModels>>
let receiver: NotificationReceiver
let watched: Awaited<ReturnType<typeof watchBench>>

beforeEach(async () => {
  clock = fixedClock(Date.UTC(2026, 5, 1, 9))
  ;[bench, receiver] = await Promise.all([startGatedModels(clock), startNotificationReceiver()])
  watched = await watchBench(bench.test, receiver, clock, 'model-demoted')
  bench.house.always(answers({}))
  bench.fresh.always(answers({}))
  await bench.move('fresh', 'shadow', 'alice')
  await changeSetting(bench.test.database, tenant, gateSetting, gates, 'admin', clock.now())
  clock.advance(6_000) // Processes read the states anew after five seconds.
  expect(await bench.newCase()).toBe('house')
  await bench.move('fresh', 'canary', 'alice')
  await bench.move('fresh', 'active', 'bob', { replaces: bench.profile('house') })
  clock.advance(6_000)
})
afterEach(async () => {
  await bench?.close()
  await receiver?.close()
})

/** Two seconds a call, unless it is told otherwise. */
const answers = ({ thinksMs = 2_000, outputTokens = 30 }): Step => ({
  kind: 'answer',
  outputTokens,
  text: prompt => {
    clock.advance(thinksMs)
    return citingAnswer(prompt)
  },
})

/** Both watches of a worker, until `done`. */
async function watchUntil(done: () => Promise<boolean>): Promise<void> {
  const stop = new AbortController()
  const watching = [watchModels(watched.parts, stop.signal), watchNotices(watched.parts, stop.signal)]
  await expect.poll(done, { interval: 100, timeout: 240_000 }).toBe(true)
  stop.abort()
  await Promise.all(watching)
}

const demoted = async () => (await bench.stateOf('fresh')) === 'shadow'

describe('a model in use that answers well', () => {
  it.each([
    {
      becomes: 'slow',
      step: () => answers({ thinksMs: 150_000 }),
      why: 'one call in twenty took longer than 150 s, most allowed 120 s',
    },
    {
      becomes: 'dear',
      step: () => answers({ outputTokens: 60_000 }),
      why: 'a call cost 0.900 US dollars, most allowed 0.5',
    },
  ])(
    'and becomes $becomes gives way to the one before by itself, on record, and people are told',
    async ({ step, why }) => {
      for (let call = 0; call < 6; call++) expect(await bench.newCase()).toBe('fresh')
      clock.advance(3_600_000)
      // As it was let into use it is left alone, however often it is looked at.
      await watchUntil(async () => (await bench.test.database.query('select from leases')).length === 2)
      expect(await bench.stateOf('fresh')).toBe('active')

      // What went well before is of another day: it does not hide what goes badly now.
      clock.advance(86_400_000)
      bench.fresh.always(step())
      for (let call = 0; call < 5; call++) expect(await bench.newCase()).toBe('fresh')
      clock.advance(1_000)
      await watchUntil(demoted)
      expect(await bench.stateOf('house')).toBe('active')
      clock.advance(6_000) // By then every process knows: the requirement is a minute.
      expect(await bench.newCase()).toBe('house')

      const [move] = await listMoves(bench.test.database, tenant, 1, bench.profile('fresh'))
      expect(move).toMatchObject({ from: 'active', to: 'shadow', byId: null, reason: `by itself: ${why}` })
      const entries = []
      for await (const entry of openDatabaseLedger(bench.test.database, clock).read({
        fromSeq: 1,
        toSeq: 100_000,
      }))
        if (entry.actor === 'job:model-watch') entries.push(entry)
      expect(entries.map(({ kind, subject, body }) => ({ kind, subject, body }))).toMatchObject([
        {
          kind: 'config-change',
          subject: bench.profile('fresh'),
          body: { setting: 'model-state', from: 'active', to: 'shadow', reason: `by itself: ${why}` },
        },
        {
          kind: 'config-change',
          subject: bench.profile('house'),
          body: { setting: 'model-state', from: 'retired', to: 'active', reason: `by itself: ${why}` },
        },
      ])

      await watchUntil(async () => {
        await watched.deliver()
        return receiver.taken.length > 0
      })
      expect(receiver.refusals).toEqual([])
      expect(receiver.taken).toHaveLength(1)
      expect(receiver.taken[0]?.body).toContain('A model did badly and was taken out of use')
      expect(receiver.taken[0]?.body).toContain('https://tocsin.example.org/models')
    },
  )
})
