import { expect, it } from 'vitest'
import { killNine } from './kill-nine.ts'

it('no acknowledged alert is lost or stored twice when the program is killed again and again', async () => {
  const seed = [0.1, 0.9, 0.4]
  let next = 0
  const result = await killNine(3, 2000, () => seed[next++ % seed.length] ?? 0)
  expect(result.lost).toEqual([])
  expect(result).toMatchObject({ duplicates: 0, wrongCounts: 0, unbriefed: 0 })
  expect(result.acknowledged).toBeGreaterThan(0)
})
