import { expect, it } from 'vitest'
import { createConcurrencyLimit } from './concurrency-limit.ts'

const never = new AbortController().signal

it('lets as many run as there are places, those ahead first, each line in order; who leaves is skipped', async () => {
  const limit = createConcurrencyLimit(2)
  const order: string[] = []
  const ends: (() => void)[] = []
  const enter = (name: string, ahead = false, signal = never) =>
    limit.run(
      () => {
        order.push(name)
        return new Promise<void>(resolve => ends.push(resolve))
      },
      signal,
      ahead,
    )
  const leaving = new AbortController()
  const all = [
    enter('brief 1'),
    enter('brief 2'),
    enter('brief 3'),
    enter('brief 4'),
    enter('chat gone', true, leaving.signal),
    enter('chat 1', true),
    enter('chat 2', true),
  ]
  const settled = Promise.allSettled(all)
  expect(limit.running).toBe(2)
  leaving.abort(new Error('closed'))
  for (let ended = 0; ended < 6; ended++) {
    await expect.poll(() => ends.length).toBeGreaterThan(ended)
    expect(limit.running).toBeLessThanOrEqual(2)
    ends[ended]?.()
  }
  expect((await settled).map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
  ])
  expect(order).toEqual(['brief 1', 'brief 2', 'chat 1', 'chat 2', 'brief 3', 'brief 4'])
  expect(limit.running).toBe(0)
})
