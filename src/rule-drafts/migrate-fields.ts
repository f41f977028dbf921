import { wcsField } from '../sigma/convert/field-names.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { WazuhEvent } from '../wazuh-rules/event.ts'

/** Wazuh 4's fixed fields and parts of a log in WCS, the schema of Wazuh 5. What is not here has no place there. */
const fixed: Readonly<Record<string, string>> = {
  match: 'message',
  regex: 'message',
  program_name: 'process.name',
  hostname: 'host.hostname',
  location: 'log.file.path',
  user: 'user.name',
  srcuser: 'source.user.name',
  dstuser: 'destination.user.name',
  srcip: 'source.ip',
  dstip: 'destination.ip',
  srcport: 'source.port',
  dstport: 'destination.port',
  protocol: 'network.transport',
  action: 'event.action',
  id: 'event.code',
  url: 'url.original',
  status: 'event.outcome',
  srcgeoip: 'source.geo.country_name',
  dstgeoip: 'destination.geo.country_name',
}

const audit: Readonly<Record<string, string>> = {
  'audit.exe': 'process.executable',
  'audit.command': 'process.name',
  'audit.cwd': 'process.working_directory',
  'audit.pid': 'process.pid',
  'audit.ppid': 'process.parent.pid',
  'audit.auid': 'user.id',
  'audit.uid': 'user.effective.id',
  'audit.key': 'rule.name',
  'audit.type': 'event.action',
  'audit.file.name': 'file.path',
}

/** The first names of WCS fields: what decoders of Wazuh 5 write is carried over as it is. */
const wcsRoots =
  /^(?:event|source|destination|client|server|process|user|host|file|registry|dns|url|http|user_agent|network|log|rule|cloud|container|dll|email|tls|threat|vulnerability|wazuh|related|observer|organization|package|service|orchestrator)\./

/** The WCS field of a condition of a Wazuh 4 rule: a fixed field, or `field NAME`. */
export function migratedField(name: string): string | undefined {
  if (Object.hasOwn(fixed, name)) return fixed[name]
  const dynamic = /^field (.+)$/.exec(name)?.[1]
  return dynamic === undefined ? undefined : migratedDynamic(dynamic)
}

/** The WCS field of a field that decoders fill; names are compared without case, as Wazuh 4 does. */
export function migratedDynamic(name: string): string | undefined {
  const lower = name.toLowerCase()
  if (Object.hasOwn(audit, lower)) return audit[lower]
  const [, windows] = /^win\.(?:eventdata|system)\.(.+)$/.exec(lower) ?? []
  if (windows !== undefined) return windowsFields.get(windows)
  return wcsRoots.test(lower) ? lower : undefined
}

/** Sigma's Windows names that have a WCS field, in small letters. */
const windowsFields = new Map<string, string>(
  [
    ...['Image', 'CommandLine', 'ParentImage', 'ParentCommandLine', 'CurrentDirectory', 'OriginalFileName'],
    ...['Company', 'Description', 'Product', 'ProcessId', 'ParentProcessId', 'IntegrityLevel', 'User'],
    ...['SubjectUserName', 'TargetUserName', 'TargetFilename', 'ImageLoaded', 'TargetObject', 'Details'],
    ...['QueryName', 'DestinationIp', 'DestinationPort', 'DestinationHostname', 'SourceIp', 'SourcePort'],
    ...['IpAddress', 'PipeName', 'ScriptBlockText', 'EventID', 'Channel', 'Computer'],
  ].flatMap(name => {
    const field = wcsField(name)
    return field === undefined ? [] : [[name.toLowerCase(), field] as const]
  }),
)
windowsFields.set('providername', 'event.provider')

/** How a decoder of Wazuh 4 is called among those of Wazuh 5. */
export function migratedDecoder(name: string): string {
  return `decoder/${name.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, '-')}/0`
}

export const decoderField = 'wazuh.integration.decoders'
export const categoryField = 'wazuh.integration.category'

/** An event as Wazuh 5 would hold it, had its decoders found what those of Wazuh 4 did. */
export function migratedEvent(event: WazuhEvent): Record<string, unknown> {
  const document: Record<string, unknown> = {
    'event.original': fromByteText(event.fullLog),
    message: fromByteText(event.log),
    [decoderField]: [event.decoder?.name, event.decoder?.parent, event.decoder?.ownName].flatMap(name =>
      name === undefined ? [] : [migratedDecoder(fromByteText(name))],
    ),
    [categoryField]: event.category,
  }
  const put = (name: string, value: string | undefined) => {
    const field = migratedField(name)
    if (field !== undefined && value !== undefined) document[field] = fromByteText(value)
  }
  put('program_name', event.programName)
  put('hostname', event.hostname)
  put('location', event.location)
  for (const [name, value] of Object.entries(event.fields)) put(name, value)
  put('user', event.fields.dstuser ?? event.fields.srcuser)
  event.dynamicNames.forEach((name, index) => {
    put(`field ${name}`, event.dynamicValues[index])
  })
  return document
}
