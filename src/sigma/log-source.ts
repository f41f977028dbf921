import type { EventFields } from './event-fields.ts'
import type { LogSource } from './sigma-rule.ts'

const sysmon = 'microsoft-windows-sysmon/operational'
const security = 'security'
const powershell = ['microsoft-windows-powershell/operational', 'powershellcore/operational']

interface Origin {
  readonly channels: readonly string[]
  readonly eventIds: readonly number[]
}

/** Which Windows events a category stands for. Source: Sigma taxonomy appendix; Sysmon event ids by Microsoft. */
export const windowsCategories: Readonly<Record<string, readonly Origin[]>> = {
  process_creation: [from([sysmon], 1), from([security], 4688)],
  file_change: [from([sysmon], 2)],
  network_connection: [from([sysmon], 3), from([security], 5156)],
  sysmon_status: [from([sysmon], 4, 16)],
  process_termination: [from([sysmon], 5), from([security], 4689)],
  driver_load: [from([sysmon], 6)],
  image_load: [from([sysmon], 7)],
  create_remote_thread: [from([sysmon], 8)],
  raw_access_thread: [from([sysmon], 9)],
  process_access: [from([sysmon], 10)],
  file_event: [from([sysmon], 11)],
  registry_add: [from([sysmon], 12), from([security], 4657)],
  registry_delete: [from([sysmon], 12), from([security], 4657)],
  registry_set: [from([sysmon], 13), from([security], 4657)],
  registry_rename: [from([sysmon], 14)],
  registry_event: [from([sysmon], 12, 13, 14), from([security], 4657)],
  create_stream_hash: [from([sysmon], 15)],
  pipe_created: [from([sysmon], 17, 18)],
  wmi_event: [from([sysmon], 19, 20, 21)],
  dns_query: [from([sysmon], 22), from(['microsoft-windows-dns-client/operational'], 3008)],
  file_delete: [from([sysmon], 23, 26)],
  clipboard_capture: [from([sysmon], 24)],
  process_tampering: [from([sysmon], 25)],
  file_block_executable: [from([sysmon], 27)],
  file_block_shredding: [from([sysmon], 28)],
  file_executable_detected: [from([sysmon], 29)],
  sysmon_error: [from([sysmon], 255)],
  ps_module: [from(powershell, 4103)],
  ps_script: [from(powershell, 4104)],
  ps_classic_start: [from(['windows powershell'], 400)],
  ps_classic_provider_start: [from(['windows powershell'], 600)],
  ps_classic_script: [from(['windows powershell'], 800)],
}

/** Which channels a service stands for. Source: Sigma taxonomy appendix, "Windows". */
export const windowsServices: Readonly<Record<string, readonly string[]>> = {
  application: ['application'],
  security: [security],
  system: ['system'],
  sysmon: [sysmon],
  powershell,
  'powershell-classic': ['windows powershell'],
  taskscheduler: ['microsoft-windows-taskscheduler/operational'],
  wmi: ['microsoft-windows-wmi-activity/operational'],
  windefend: ['microsoft-windows-windows defender/operational'],
  'firewall-as': ['microsoft-windows-windows firewall with advanced security/firewall'],
  'bits-client': ['microsoft-windows-bits-client/operational'],
  'dns-server': ['dns server'],
  'dns-client': ['microsoft-windows-dns-client/operational'],
  ntlm: ['microsoft-windows-ntlm/operational'],
  'driver-framework': ['microsoft-windows-driverframeworks-usermode/operational'],
  'msexchange-management': ['msexchange management'],
  applocker: [
    'microsoft-windows-applocker/msi and script',
    'microsoft-windows-applocker/exe and dll',
    'microsoft-windows-applocker/packaged app-deployment',
    'microsoft-windows-applocker/packaged app-execution',
  ],
  'printservice-admin': ['microsoft-windows-printservice/admin'],
  'printservice-operational': ['microsoft-windows-printservice/operational'],
  'terminalservices-localsessionmanager': [
    'microsoft-windows-terminalservices-localsessionmanager/operational',
  ],
  'smbclient-security': ['microsoft-windows-smbclient/security'],
  'smbclient-connectivity': ['microsoft-windows-smbclient/connectivity'],
  'smbserver-connectivity': ['microsoft-windows-smbserver/connectivity'],
  'codeintegrity-operational': ['microsoft-windows-codeintegrity/operational'],
  'appxdeployment-server': ['microsoft-windows-appxdeploymentserver/operational'],
  'appxpackaging-om': ['microsoft-windows-appxpackaging/operational'],
  'lsa-server': ['microsoft-windows-lsa/operational'],
  capi2: ['microsoft-windows-capi2/operational'],
  'certificateservicesclient-lifecycle-system': [
    'microsoft-windows-certificateservicesclient-lifecycle-system/operational',
  ],
  'security-mitigations': [
    'microsoft-windows-security-mitigations/kernel mode',
    'microsoft-windows-security-mitigations/user mode',
  ],
  'shell-core': ['microsoft-windows-shell-core/operational'],
  openssh: ['openssh/operational'],
  vhdmp: ['microsoft-windows-vhdmp/operational'],
  'diagnosis-scripted': ['microsoft-windows-diagnosis-scripted/operational'],
  ldap: ['microsoft-windows-ldap-client/debug'],
  'dns-server-analytic': ['microsoft-windows-dns-server/analytical'],
  'iis-configuration': ['microsoft-iis-configuration/operational'],
}

function from(channels: readonly string[], ...eventIds: number[]): Origin {
  return { channels, eventIds }
}

/**
 * Whether an event may come from a rule's log source. `unknown` where the event does not say (no Windows channel):
 * a rule is then evaluated on its fields alone.
 */
export function logSourceFits(source: LogSource, fields: EventFields): 'yes' | 'no' | 'unknown' {
  const channel = first(fields, 'Channel')?.toLowerCase()
  const eventId = Number(first(fields, 'EventID') ?? Number.NaN)
  if (channel === undefined || Number.isNaN(eventId)) return 'unknown'
  if (source.product !== undefined && source.product !== 'windows') return 'no'
  const origins = source.category === undefined ? undefined : windowsCategories[source.category]
  if (
    origins !== undefined &&
    !origins.some(origin => origin.channels.includes(channel) && origin.eventIds.includes(eventId))
  )
    return 'no'
  const channels = source.service === undefined ? undefined : windowsServices[source.service]
  if (channels !== undefined && !channels.includes(channel)) return 'no'
  return origins === undefined && channels === undefined ? 'unknown' : 'yes'
}

function first(fields: EventFields, name: string): string | undefined {
  const [value] = fields.values(name)
  return value === undefined || value === null ? undefined : String(value)
}
