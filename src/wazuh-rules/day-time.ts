/** A time of day as `hh:mm`, and a day of the week from 0 for Sunday. */
export interface DayTime {
  readonly clock: string
  readonly weekday: number
}

export function dayTimeOf(secondsSinceEpoch: number): DayTime {
  const date = new Date(secondsSinceEpoch * 1000)
  return { clock: date.toISOString().slice(11, 16), weekday: date.getUTCDay() }
}

const hourPattern = /^(\d{1,2})(?::(\d\d))? *(am|pm)?$/i

/** `hh:mm - hh:mm`, `6 pm - 8:30 am`, `!...`; a range over midnight is what the reverse one leaves out. */
export function compileTime(text: string): ((time: DayTime) => boolean) | undefined {
  const trimmed = text.trim()
  const negated = trimmed.startsWith('!')
  const ends = trimmed.slice(negated ? 1 : 0).split('-')
  const [from, to] = ends.map(end => parseHour(end.trim()))
  if (ends.length !== 2 || from === undefined || to === undefined) return undefined
  if (from > to) return ({ clock }) => !(clock >= to && clock <= from)
  return ({ clock }) => (clock >= from && clock <= to) !== negated
}

function parseHour(text: string): string | undefined {
  const found = hourPattern.exec(text)
  if (!found) return undefined
  let hour = Number(found[1])
  const half = found[3]?.toLowerCase()
  if (hour > 23) return undefined
  if (half && hour === 12) hour = 0
  if (half === 'pm') hour += 12
  if (hour > 23) return undefined
  return `${String(hour).padStart(2, '0')}:${found[2] ?? '00'}`
}

const days: Record<string, readonly number[]> = {
  sunday: [0],
  sun: [0],
  monday: [1],
  mon: [1],
  tuesday: [2],
  tue: [2],
  wednesday: [3],
  wed: [3],
  thursday: [4],
  thu: [4],
  friday: [5],
  fri: [5],
  saturday: [6],
  sat: [6],
  weekdays: [1, 2, 3, 4, 5],
  weekends: [0, 6],
}

/** `monday,tuesday`, `mon tue`, `weekdays`, `weekends`, `!...`. */
export function compileWeekday(text: string): ((time: DayTime) => boolean) | undefined {
  const trimmed = text.trim().toLowerCase()
  const negated = trimmed.startsWith('!')
  const words = trimmed
    .slice(negated ? 1 : 0)
    .split(/[ ,]+/)
    .filter(word => word !== '')
  const chosen = new Set<number>()
  for (const word of words) {
    const list = Object.hasOwn(days, word) ? days[word] : undefined
    if (!list) return undefined
    for (const day of list) chosen.add(day)
  }
  if (chosen.size === 0) return undefined
  return ({ weekday }) => chosen.has(weekday) !== negated
}
