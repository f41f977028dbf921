import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { describe, expect, it } from 'vitest'
import { readAgain } from './read-again.ts'

/** A list that a page shows; the test answers each of its readings. */
function shownList(queryKey: readonly string[] = ['cases']) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const readings: PromiseWithResolvers<string>[] = []
  const observer = new QueryObserver(client, {
    queryKey,
    queryFn: () => {
      const reading = Promise.withResolvers<string>()
      readings.push(reading)
      return reading.promise
    },
    staleTime: 60_000,
  })
  const leave = observer.subscribe(() => {})
  return { client, readings, shown: () => observer.getCurrentResult().data, leave }
}

describe('readAgain', () => {
  it('does not take a first reading that began before for what is so now', async () => {
    const { client, readings, shown } = shownList()
    const again = readAgain(client)
    readings[0]?.resolve('before')
    await expect.poll(() => readings.length).toBe(2)
    readings[1]?.resolve('now')
    await again
    expect(shown()).toBe('now')
  })

  it('reads again after a first reading that failed', async () => {
    const { client, readings, shown } = shownList()
    const again = readAgain(client)
    readings[0]?.reject(new Error('away'))
    await expect.poll(() => readings.length).toBe(2)
    readings[1]?.resolve('now')
    await again
    expect(shown()).toBe('now')
  })

  it('breaks off a later reading that began before', async () => {
    const { client, readings, shown } = shownList()
    readings[0]?.resolve('first')
    await expect.poll(shown).toBe('first')
    void client.invalidateQueries()
    const again = readAgain(client)
    readings[1]?.resolve('before')
    readings[2]?.resolve('now')
    await again
    expect([readings.length, shown()]).toEqual([3, 'now'])
  })

  it('leaves alone what it is not asked for, and marks as old what nobody looks at', async () => {
    const { client, readings, shown, leave } = shownList()
    readings[0]?.resolve('first')
    await expect.poll(shown).toBe('first')
    await readAgain(client, { queryKey: ['mail'] })
    expect(client.getQueryState(['cases'])).toMatchObject({ isInvalidated: false })
    leave()
    await readAgain(client, { queryKey: ['cases'] })
    expect(readings).toHaveLength(1)
    expect(client.getQueryState(['cases'])).toMatchObject({ isInvalidated: true })
  })
})
