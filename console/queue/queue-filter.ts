import type { CaseListInput } from '../../src/http/contract-queue.ts'

/**
 * What the queue shows, as it stands in the address: plain names and values, lists joined with commas. The search line
 * writes the same as words: `severity:high,critical host:"web 01" failed logon`.
 */
export type FilterValues = Readonly<Record<string, string | undefined>>

type ListName = 'severity' | 'verdict' | 'proposed' | 'status'

/** Every name that the search line knows, with what may follow it. Also the text of its help. */
export const filterNames = {
  severity: { hint: 'critical, high, medium, low', values: ['critical', 'high', 'medium', 'low'] },
  status: { hint: 'open, in-progress, closed, all', values: ['open', 'in-progress', 'closed', 'all'] },
  verdict: {
    hint: 'none, true_positive, benign_true_positive, false_positive, undetermined',
    values: ['none', 'true_positive', 'benign_true_positive', 'false_positive', 'undetermined'],
  },
  proposed: {
    hint: 'what the brief proposes, like verdict',
    values: ['true_positive', 'benign_true_positive', 'false_positive', 'undetermined'],
  },
  assignee: { hint: 'me, none, or a user id', values: undefined },
  host: { hint: 'a host name', values: undefined },
  user: { hint: 'an account name', values: undefined },
  technique: { hint: 'T1110, with its sub-techniques', values: undefined },
  since: { hint: '30m, 24h, 7d: last seen within', values: undefined },
  sort: {
    hint: 'priority, severity, newest, oldest, due, alerts',
    values: ['priority', 'severity', 'newest', 'oldest', 'due', 'alerts'],
  },
} as const

const listNames: readonly string[] = ['severity', 'status', 'verdict', 'proposed'] satisfies ListName[]
const names = Object.keys(filterNames) as (keyof typeof filterNames)[]

/** Reads the search line. What it does not know is said, and then searched for as words. */
export function parseFilterText(line: string): { values: FilterValues; problems: string[] } {
  const values: Record<string, string> = {}
  const problems: string[] = []
  const words: string[] = []
  for (const [, name, quotedValue, value, quoted, word] of line.matchAll(
    /(?:([a-z]+):(?:"([^"]*)"|([^\s"]+)))|"([^"]*)"|(\S+)/g,
  )) {
    if (name === undefined) {
      words.push(quoted ?? word ?? '')
      continue
    }
    const given = quotedValue ?? value ?? ''
    const problem = problemWith(name, given)
    if (problem !== undefined) {
      problems.push(problem)
      words.push(`${name}:${given}`)
    } else {
      values[name] =
        listNames.includes(name) && values[name] !== undefined ? `${values[name]},${given}` : given
    }
  }
  if (words.length > 0) values.text = words.join(' ')
  return { values, problems }
}

/** Writes the search line for what is shown. `parseFilterText` reads it back. */
export function filterText(values: FilterValues): string {
  const parts = names.flatMap(name => {
    const value = values[name]
    return value === undefined || value === '' ? [] : [`${name}:${/\s/.test(value) ? `"${value}"` : value}`]
  })
  return [...parts, ...(values.text ? [values.text] : [])].join(' ')
}

/** Only the names that belong to the filter, for links and saved views. */
export function filterOnly(values: FilterValues): FilterValues {
  return Object.fromEntries(
    [...names, 'text'].map(name => [name, values[name] === '' ? undefined : values[name]]),
  )
}

/** What to ask the server for. Without a status the queue shows what still needs somebody. */
export function listQueryOf(values: FilterValues, nowMs: number): CaseListInput {
  const status = values.status ?? defaultStatus
  const query: Record<string, unknown> = {
    status: status === 'all' ? undefined : status.split(','),
    severity: values.severity?.split(','),
    verdict: values.verdict?.split(','),
    proposedVerdict: values.proposed?.split(','),
    assignee: values.assignee,
    host: values.host,
    user: values.user,
    technique: values.technique,
    text: values.text,
    fromMs: values.since === undefined ? undefined : nowMs - (spanMs(values.since) ?? 0),
    sort: values.sort,
  }
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ''))
}

/** What holds where the address names no status. */
export const defaultStatus = 'open,in-progress'

/** Turns one value of a list on or off: `toggled('high', 'critical', true)` is `high,critical`. Nothing is `undefined`. */
export function toggled(list: string | undefined, value: string, on: boolean): string | undefined {
  const others = (list ?? '').split(',').filter(each => !['', 'all', value].includes(each))
  const next = on ? [...others, value] : others
  return next.length === 0 ? undefined : next.join(',')
}

function problemWith(name: string, given: string): string | undefined {
  const known = names.find(each => each === name)
  if (known === undefined)
    return `There is no filter “${name}”. Filters are: ${names.join(', ')}. It is searched for as a word.`
  if (known === 'since' && spanMs(given) === undefined)
    return `“since:${given}” is not a span. Write it as 30m, 24h or 7d.`
  const allowed: readonly string[] | undefined = filterNames[known].values
  const wrong = allowed === undefined ? undefined : given.split(',').find(each => !allowed.includes(each))
  return wrong === undefined ? undefined : `“${wrong}” is no ${name}. It can be: ${filterNames[known].hint}.`
}

function spanMs(text: string): number | undefined {
  const match = /^(\d{1,5})([mhd])$/.exec(text)
  if (match === null) return undefined
  return Number(match[1]) * (match[2] === 'm' ? 60_000 : match[2] === 'h' ? 3_600_000 : 86_400_000)
}
