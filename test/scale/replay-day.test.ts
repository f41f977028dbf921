import { describe, expect, it } from 'vitest'
import { type DayOptions, officeDay, replayDay } from '../../bench/scale-out/replay-day.ts'

// The replay is held to what can be worked out by hand.

const day: DayOptions = {
  alerts: 864_000,
  hours: Array.from({ length: 24 }, () => 1),
  bursts: [],
  briefsPerAlert: 0.1,
  questionsPerBrief: 0.1,
  ingestPerSecond: 1000,
  briefsPerSecond: 100,
  questionsPerSecond: 10,
  seed: 1,
}

describe('a day replayed on paper', () => {
  it('serves everything within its second where there is room', () => {
    const { ingest, briefs, questions } = replayDay(day)
    expect(ingest).toMatchObject({ waitP50: 0, waitP99: 0, waitMax: 0, left: 0, mostWaiting: 0 })
    expect(ingest.used).toBeCloseTo(0.01, 3)
    expect(ingest.done / day.alerts).toBeCloseTo(1, 2)
    expect(briefs.done / ingest.done).toBeCloseTo(0.1, 2)
    expect(questions.done / briefs.done).toBeCloseTo(0.1, 1)
  })

  it('is the same for the same seed', () => {
    expect(replayDay(day)).toEqual(replayDay(day))
    expect(replayDay({ ...day, seed: 2 })).not.toEqual(replayDay(day))
  })

  it('leaves at midnight what half the places could not serve', () => {
    const { ingest } = replayDay({ ...day, ingestPerSecond: 5 })
    expect(ingest.done).toBe(5 * 86_400)
    expect(ingest.left / 432_000).toBeCloseTo(1, 1)
    expect(ingest.used).toBeCloseTo(1, 5)
    // First come, first served, and served half as fast as they come: the last one served waited half the day.
    expect(ingest.waitMax / 43_200).toBeCloseTo(1, 1)
  })

  it('uses every part of a place while work waits', () => {
    const { questions } = replayDay({ ...day, questionsPerSecond: 0.05 })
    expect(questions.done / (0.05 * 86_400)).toBeCloseTo(1, 2)
  })

  it('works off a burst at the speed of its places', () => {
    const bursts = [{ atSecond: 43_200, seconds: 60, times: 100 }]
    const { ingest } = replayDay({ ...day, bursts, ingestPerSecond: 100 })
    // 60 s of about 936 alerts a second against 100 places: some 50,000 wait, and some 90 a second more than arrive go.
    expect(ingest.mostWaiting).toBeGreaterThan(45_000)
    expect(ingest.mostWaiting).toBeLessThan(55_000)
    expect(ingest.waitMax).toBeGreaterThan(450)
    expect(ingest.waitMax).toBeLessThan(600)
    expect(ingest.left).toBe(0)
  })

  it('has its alerts where the hours say', () => {
    const { ingest } = replayDay({ ...day, hours: officeDay, ingestPerSecond: 15.5 })
    // 14.5 a second by day, on average: 15.5 places are enough, and 13 would leave a queue for the evening.
    expect(ingest.left).toBe(0)
    expect(replayDay({ ...day, hours: officeDay, ingestPerSecond: 13 }).ingest.mostWaiting).toBeGreaterThan(
      40_000,
    )
  })
})
