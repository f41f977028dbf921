/** The parts of one sample alert; the rest of Wazuh's shape is filled in by `writeAlert`. */
export interface SampleAlert {
  /** Minutes since midnight, with fractions. */
  readonly at: number
  readonly host: HostName
  /** `[id, level, description, groups]`, as in Wazuh's stock ruleset. */
  readonly rule: readonly [id: string, level: number, description: string, groups: readonly string[]]
  readonly mitre?: {
    readonly id: readonly string[]
    readonly tactic: readonly string[]
    readonly technique: readonly string[]
  }
  readonly decoder: string
  readonly location: string
  readonly log?: string
  readonly data?: object
  readonly syscheck?: object
  readonly frequency?: number
}

/** The invented estate. Inside it private addresses, outside it the ranges for documentation (RFC 5737). */
export const hosts = {
  'wazuh-manager': { id: '000', ip: '10.20.0.5' },
  'web-01': { id: '001', ip: '10.20.1.10' },
  'db-01': { id: '002', ip: '10.20.1.20' },
  'dc-01': { id: '003', ip: '10.20.0.10' },
  'files-01': { id: '004', ip: '10.20.0.20' },
  'pc-ann': { id: '005', ip: '10.20.2.31' },
  'pc-ben': { id: '006', ip: '10.20.2.32' },
  'pc-cleo': { id: '007', ip: '10.20.2.33' },
  'sensor-01': { id: '008', ip: '10.20.0.6' },
} as const

export type HostName = keyof typeof hosts

export const day = Date.UTC(2026, 2, 2)
const domain = 'corp.example'

/** A Sysmon, Security or System event as Wazuh's eventchannel decoder writes it (backslashes doubled). */
export function windowsEvent(
  host: HostName,
  provider: 'Sysmon' | 'Security-Auditing' | 'Service Control Manager' | 'PowerShell' | 'Eventlog',
  eventID: string,
  fields: { readonly [name: string]: string },
): { readonly data: object; readonly decoder: string; readonly location: string } {
  const channels = {
    Sysmon: 'Microsoft-Windows-Sysmon/Operational',
    'Security-Auditing': 'Security',
    'Service Control Manager': 'System',
    PowerShell: 'Microsoft-Windows-PowerShell/Operational',
    Eventlog: 'Security',
  }
  const eventdata = Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value.replaceAll('\\', '\\\\')]),
  )
  const system = {
    providerName: provider === 'Service Control Manager' ? provider : `Microsoft-Windows-${provider}`,
    eventID,
    channel: channels[provider],
    computer: `${host}.${domain}`,
    // Auditing has no levels but says whether it succeeded; only failed logons among these did not.
    severityValue:
      provider !== 'Security-Auditing'
        ? 'INFORMATION'
        : eventID === '4625'
          ? 'AUDIT_FAILURE'
          : 'AUDIT_SUCCESS',
  }
  return { data: { win: { system, eventdata } }, decoder: 'windows_eventchannel', location: 'EventChannel' }
}

/** One line of alerts.json. `offset` plays the byte offset that Wazuh puts in its ids. */
export function writeAlert(alert: SampleAlert, firedTimes: number, offset: number): string {
  const ms = day + Math.round(alert.at * 60_000)
  const [id, level, description, groups] = alert.rule
  const { id: agentId, ip } = hosts[alert.host]
  return JSON.stringify({
    timestamp: new Date(ms).toISOString().replace('Z', '+0000'),
    rule: {
      level,
      description,
      id,
      ...(alert.mitre && { mitre: alert.mitre }),
      ...(alert.frequency && { frequency: alert.frequency }),
      firedtimes: firedTimes,
      mail: level >= 12,
      groups,
    },
    agent: agentId === '000' ? { id: agentId, name: alert.host } : { id: agentId, name: alert.host, ip },
    manager: { name: 'wazuh-manager' },
    id: `${Math.floor(ms / 1000)}.${offset}`,
    ...(alert.log !== undefined && { full_log: alert.log }),
    ...(alert.syscheck && { syscheck: alert.syscheck }),
    decoder: { name: alert.decoder },
    ...(alert.data && { data: alert.data }),
    location: alert.location,
  })
}
