/** A time as far as a text tells it. */
export interface Moment {
  readonly year?: number
  /** 1 to 12. */
  readonly month?: number
  readonly day?: number
  readonly hour?: number
  readonly minute?: number
  readonly second?: number
  /** Minutes east of UTC, where the text says so. */
  readonly offsetMinutes?: number
  readonly text: string
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthName = String.raw`(?<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?`
const clock = String.raw`(?<hour>[01]?\d|2[0-3]):(?<minute>[0-5]\d)(?::(?<second>[0-5]\d)(?:[.,]\d+)?)?\s*(?<half>[ap]\.?m\b\.?)?\s*(?<zone>Z\b|UTC|GMT|[+-]\d\d:?\d\d)?`
const day = String.raw`(?<day>\d{1,2})(?:st|nd|rd|th)?`

/** Dates with or without a time, then times alone. What an earlier pattern takes, the later ones do not see. */
const patterns = [
  String.raw`(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)(?:(?:T|\s|,\s*|\s+at\s+)${clock})?`,
  String.raw`\b${day}\/${monthName}\/(?<year>\d{4})(?::${clock})?`,
  String.raw`\b${day}\s+(?:of\s+)?${monthName}(?:,?\s+(?<year>\d{4}))?(?:(?:,|\s+at)?\s+${clock})?`,
  String.raw`\b${monthName}\s+${day}\b(?:,?\s+(?<year>\d{4}))?(?:(?:,|\s+at)?\s+${clock})?`,
  String.raw`(?<![\w.:])${clock}(?![\w:])`,
  String.raw`(?<![\w.:])(?<hour>1[0-2]|[1-9])\s?(?<half>[ap]\.?m\b\.?)`,
  String.raw`\b${monthName}\s+(?<year>(?:19|20)\d{2})\b`,
].map(source => new RegExp(source, 'gi'))

/** Takes every date and time out of a text. `rest` has blanks in their place. */
export function takeMoments(text: string): { readonly moments: readonly Moment[]; readonly rest: string } {
  const moments: Moment[] = []
  let rest = text
  for (const pattern of patterns) {
    rest = rest.replace(pattern, (...args: unknown[]) => {
      const match = String(args[0])
      const groups = args.at(-1)
      if (typeof groups !== 'object' || groups === null) return match
      moments.push(momentOf(groups as Partial<Record<string, string>>, match)) // Named groups are text or undefined.
      return ' '.repeat(match.length)
    })
  }
  return { moments, rest }
}

function momentOf(groups: Partial<Record<string, string>>, text: string): Moment {
  const number = (name: string) => (groups[name] === undefined ? undefined : Number(groups[name]))
  const month =
    groups.name === undefined ? number('month') : months.indexOf(groups.name.slice(0, 3).toLowerCase()) + 1
  let hour = number('hour')
  const half = groups.half?.[0]?.toLowerCase()
  if (hour !== undefined && half === 'p' && hour < 12) hour += 12
  if (hour === 12 && half === 'a') hour = 0
  const parts = {
    year: number('year'),
    month,
    day: number('day'),
    hour,
    minute: number('minute'),
    second: number('second'),
    offsetMinutes: offsetOf(groups.zone),
  }
  return {
    ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
    text: text.trim(),
  }
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 0
  const sign = zone.startsWith('-') ? -1 : 1
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)))
}

/** The instant in milliseconds, where date and time are whole. A time without an offset counts as UTC. */
export function instantOf({
  year,
  month,
  day: date,
  hour,
  minute,
  second,
  offsetMinutes,
}: Moment): number | undefined {
  if (year === undefined || month === undefined || date === undefined || hour === undefined) return undefined
  return Date.UTC(year, month - 1, date, hour, (minute ?? 0) - (offsetMinutes ?? 0), second ?? 0)
}

/** Whether a moment of the evidence bears out a claimed one: as written, or both in UTC. */
export function momentBearsOut(claimed: Moment, known: Moment): boolean {
  if (partsFit(claimed, known) && (claimed.offsetMinutes === undefined || offsetsFit(claimed, known)))
    return true
  const knownUtc = inUtc(known)
  const claimedUtc = inUtc(claimed)
  return knownUtc !== undefined && partsFit(claimedUtc ?? claimed, knownUtc)
}

function offsetsFit(claimed: Moment, known: Moment): boolean {
  return known.offsetMinutes === undefined || known.offsetMinutes === claimed.offsetMinutes
}

function partsFit(claimed: Moment, known: Moment): boolean {
  const parts = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  return parts.every(part => claimed[part] === undefined || claimed[part] === known[part])
}

function inUtc(moment: Moment): Moment | undefined {
  const instant = instantOf(moment)
  if (instant === undefined || moment.offsetMinutes === undefined) return undefined
  const date = new Date(instant)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    ...(moment.minute === undefined ? {} : { minute: date.getUTCMinutes() }),
    ...(moment.second === undefined ? {} : { second: date.getUTCSeconds() }),
    text: moment.text,
  }
}

/** Monday is 1, Sunday 7. */
export function weekdayOf({ year, month, day: date }: Moment): number | undefined {
  if (year === undefined || month === undefined || date === undefined) return undefined
  return new Date(Date.UTC(year, month - 1, date)).getUTCDay() || 7
}
