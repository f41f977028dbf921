import type { Alert } from '../../src/domain/alert.ts'
import { normalizeLine } from '../../src/normalize/normalize-line.ts'

/** The parts of a Wazuh 4 alert that a test cares about. */
export interface AlertParts {
  readonly id?: string
  readonly atMs?: number
  readonly host?: string
  /** `[id, level, description, groups]`. */
  readonly rule: readonly [string, number, string, readonly string[]]
  readonly techniques?: readonly string[]
  readonly tactics?: readonly string[]
  readonly firedTimes?: number
  readonly data?: object
  readonly syscheck?: object
  readonly log?: string
  readonly location?: string
}

/** The JSON text of a Wazuh 4 alert, as in alerts.json. */
export function wazuhLine(parts: AlertParts): string {
  const [id, level, description, groups] = parts.rule
  const time = new Date(parts.atMs ?? 1_770_000_000_000).toISOString().replace('Z', '+0000')
  const mitre =
    parts.techniques === undefined
      ? undefined
      : { id: parts.techniques, tactic: parts.tactics ?? [], technique: [] }
  return JSON.stringify({
    timestamp: time,
    rule: {
      level,
      description,
      id,
      firedtimes: parts.firedTimes ?? 1,
      mail: false,
      groups,
      ...(mitre && { mitre }),
    },
    agent: { id: '007', name: parts.host ?? 'web-01', ip: '192.0.2.7' },
    manager: { name: 'manager' },
    id: parts.id ?? `${Math.floor((parts.atMs ?? 1_770_000_000_000) / 1000)}.1`,
    ...(parts.log !== undefined && { full_log: parts.log }),
    ...(parts.syscheck !== undefined && { syscheck: parts.syscheck }),
    decoder: { name: 'test' },
    ...(parts.data !== undefined && { data: parts.data }),
    location: parts.location ?? (parts.data !== undefined && 'win' in parts.data ? 'EventChannel' : 'test'),
  })
}

/** The same, normalised. */
export function wazuhAlert(parts: AlertParts): Alert {
  const line = normalizeLine(Buffer.from(wazuhLine(parts)), { where: 'test', receivedAtMs: 0 })
  if (line.kind === 'quarantined') throw new Error(line.quarantined.message)
  return line.alert
}

/** `data.win` of a Sysmon process creation, with backslashes doubled as Wazuh doubles them. */
export function sysmonProcess(fields: { readonly [name: string]: string }): object {
  return windowsEvent('1', 'Microsoft-Windows-Sysmon/Operational', fields)
}

export function windowsEvent(
  eventID: string,
  channel: string,
  fields: { readonly [name: string]: string },
): object {
  const eventdata = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value.replaceAll('\\', '\\\\')]),
  )
  return { win: { system: { eventID, channel, computer: 'pc-1' }, eventdata } }
}
