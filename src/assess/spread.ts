import type { Alert } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { Signal } from './signal.ts'

/** Alerts that each say little, and together that somebody goes from one target to the next. */
interface SpreadRow {
  readonly id: string
  readonly weight: number
  readonly reason: string
  /** How many different targets within the window it takes. */
  readonly targets: number
  /** Who or whence, `undefined` where the alert is none of these. */
  readonly place: (alert: Alert) => string | undefined
  /** Where the target is named, the first that there is. */
  readonly target: readonly string[]
}

const windowMs = 30 * 60_000

const failedGroups =
  /^(?:authentication_fail(?:ed|ures)|invalid_login|login_denied|win_authentication_failed)$/
const failedEvents = /^(?:4625|4740|4771|4776)$/

const rows: readonly SpreadRow[] = [
  {
    id: 'many-accounts',
    weight: 1.8,
    reason: 'logons failed with four or more accounts from the same place within half an hour',
    targets: 4,
    place: failurePlace,
    target: ['/data/win/eventdata/targetUserName', '/data/dstuser', '/data/srcuser'],
  },
  {
    id: 'many-tickets',
    weight: 1.8,
    reason: 'one account asked for weak tickets of three or more services within half an hour',
    targets: 3,
    place: alert =>
      textAt(alert, '/data/win/eventdata/ticketEncryptionType') === '0x17' && eventOf(alert) === '4769'
        ? textAt(alert, '/data/win/eventdata/targetUserName')
        : undefined,
    target: ['/data/win/eventdata/serviceName'],
  },
  {
    id: 'many-servers',
    weight: 2.2,
    reason: 'the credentials of another account were used against four or more hosts within half an hour',
    targets: 4,
    place: alert => {
      const actor = textAt(alert, '/data/win/eventdata/subjectUserName')
      return eventOf(alert) === '4648' && actor !== undefined && !actor.endsWith('$')
        ? `${alert.agent.name} ${actor}`
        : undefined
    },
    target: ['/data/win/eventdata/targetServerName'],
  },
]

/** The signals that alerts have only together, by alert. Each alert of a spread has it. */
export function spreadSignals(alerts: readonly Alert[]): ReadonlyMap<Alert, readonly Signal[]> {
  const found = new Map<Alert, Signal[]>()
  for (const row of rows) {
    const byPlace = new Map<string, Step[]>()
    for (const alert of alerts) {
      const step = stepOf(row, alert)
      if (step === undefined) continue
      const known = byPlace.get(step.place)
      if (known === undefined) byPlace.set(step.place, [step])
      else known.push(step)
    }
    for (const steps of byPlace.values()) {
      for (const { alert, pointer, target } of spreadOf(steps, row.targets)) {
        const { id, weight, reason } = row
        const known = found.get(alert) ?? []
        found.set(alert, [...known, { id, weight, reason, pointer, quote: target.slice(0, 160) }])
      }
    }
  }
  return found
}

interface Step {
  readonly alert: Alert
  readonly place: string
  readonly pointer: string
  readonly target: string
}

function stepOf(row: SpreadRow, alert: Alert): Step | undefined {
  const place = row.place(alert)
  if (place === undefined) return undefined
  for (const pointer of row.target) {
    const target = textAt(alert, pointer)
    if (target !== undefined && target !== '-' && !target.endsWith('$'))
      return { alert, place, pointer, target }
  }
  return undefined
}

/** Those steps that stand in a window with enough different targets. One walk: a spray can be 100,000 alerts. */
function spreadOf(steps: readonly Step[], targets: number): Step[] {
  const sorted = steps.toSorted((a, b) => a.alert.timestampMs - b.alert.timestampMs)
  const counts = new Map<string, number>()
  const taken: Step[] = []
  let first = 0
  let takenUntil = 0
  for (const [index, step] of sorted.entries()) {
    counts.set(fold(step), (counts.get(fold(step)) ?? 0) + 1)
    for (let oldest = sorted[first]; oldest !== undefined && isPast(oldest, step); oldest = sorted[first]) {
      const left = (counts.get(fold(oldest)) ?? 1) - 1
      if (left === 0) counts.delete(fold(oldest))
      else counts.set(fold(oldest), left)
      first++
    }
    if (counts.size < targets) continue
    for (let at = Math.max(first, takenUntil); at <= index; at++) taken.push(sorted[at] as Step)
    takenUntil = index + 1
  }
  return taken
}

function isPast(oldest: Step, step: Step): boolean {
  return oldest.alert.timestampMs < step.alert.timestampMs - windowMs
}

function fold({ target }: Step): string {
  return target.toLowerCase()
}

/** The address, else the computer that a domain controller names: 4776 its own field, 4740 in that of the domain. */
function failurePlace(alert: Alert): string | undefined {
  const event = eventOf(alert)
  const isFailure =
    event === undefined ? alert.rule.groups.some(group => failedGroups.test(group)) : failedEvents.test(event)
  if (!isFailure) return undefined
  const source = alert.entities.find(({ type, role }) => type === 'address' && role === 'source')
  if (source !== undefined) return isLoopback(source.value) ? undefined : source.value
  return (
    textAt(alert, '/data/win/eventdata/workstation') ??
    (event === '4740' ? textAt(alert, '/data/win/eventdata/targetDomainName') : undefined)
  )
}

function eventOf(alert: Alert): string | undefined {
  return textAt(alert, '/data/win/system/eventID')
}

function textAt(alert: Alert, pointer: string): string | undefined {
  const value = readPointer(alert.document, pointer)
  return typeof value === 'string' && value !== '' ? value : undefined
}
