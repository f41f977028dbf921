import type { Finding } from './finding.ts'
import type { Ground } from './ground.ts'
import { type Moment, momentBearsOut, weekdayOf } from './moments.ts'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** Checks every date, time and weekday of a claim. `words` are the rest of it, lower case. */
export function checkMoments(
  claimed: readonly Moment[],
  words: readonly string[],
  ground: Ground,
): Finding[] {
  const wrong = claimed.filter(moment => !ground.moments.some(known => momentBearsOut(moment, known)))
  const wrongDays = words.filter(word => {
    const number = weekdays.indexOf(word) + 1
    if (number === 0 || ground.text.includes(word)) return false
    return !ground.moments.some(known => weekdayOf(known) === number)
  })
  return [...wrong.map(({ text }) => text), ...wrongDays].map(text => ({
    fault: 'not-in-evidence',
    reason: `the evidence does not say ${text}`,
  }))
}
