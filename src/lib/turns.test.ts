import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

/** Something that is begun, seen to be under way, and ended by the test. */
function held(turns: Turns, signal?: AbortSignal) {
  const end = Promise.withResolvers<void>()
  const state = { begun: false }
  const done = turns.run(async () => {
    state.begun = true
    await end.promise
    return 'done'
  }, signal)
  return { state, done, end: end.resolve }
}

describe('turns', () => {
  it('lets so many begin at once, and the next when one has ended or failed', async () => {
    const turns = new Turns(2, 10)
    const all = Array.from({ length: 4 }, () => held(turns))
    await setImmediate()
    expect(all.map(({ state }) => state.begun)).toEqual([true, true, false, false])
    all[1]?.end()
    expect(await all[1]?.done).toBe('done')
    await setImmediate()
    expect(all.map(({ state }) => state.begun)).toEqual([true, true, true, false])
    for (const one of all) one.end()
    expect(await Promise.all(all.map(({ done }) => done))).toEqual(['done', 'done', 'done', 'done'])
    await expect(turns.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
    const [one, other] = [held(turns), held(turns)]
    await setImmediate()
    expect([one.state.begun, other.state.begun]).toEqual([true, true])
  })

  it('turns away whoever comes when many wait, and forgets whoever went away', async () => {
    const turns = new Turns(1, 1)
    const leaving = new AbortController()
    const first = held(turns)
    const second = held(turns, leaving.signal)
    await expect(held(turns).done).rejects.toMatchObject({ code: 'busy', retryable: true })
    leaving.abort(new Error('the client went away'))
    await expect(second.done).rejects.toThrow('the client went away')
    const third = held(turns)
    first.end()
    await first.done
    await setImmediate()
    expect([second.state.begun, third.state.begun]).toEqual([false, true])
    await expect(held(turns, AbortSignal.abort(new Error('gone'))).done).rejects.toThrow('gone')
  })
})
