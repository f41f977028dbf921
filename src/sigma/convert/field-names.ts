import type { LogSource } from '../sigma-rule.ts'

const windowsSystem: Readonly<Record<string, string>> = {
  EventID: 'eventID',
  Channel: 'channel',
  Computer: 'computer',
  Provider_Name: 'providerName',
  Level: 'level',
  Keywords: 'keywords',
  Task: 'task',
  Opcode: 'opcode',
}

/** Sigma's fields for Linux processes and files, as Wazuh's auditd decoder names them. */
const audit: Readonly<Record<string, string>> = {
  Image: 'audit.exe',
  User: 'audit.auid',
  TargetFilename: 'audit.file.name',
  CurrentDirectory: 'audit.cwd',
  type: 'audit.type',
  exe: 'audit.exe',
  key: 'audit.key',
  comm: 'audit.command',
  syscall: 'audit.syscall',
  name: 'audit.file.name',
}

const web: Readonly<Record<string, string>> = {
  'c-uri': 'url',
  'cs-uri': 'url',
  'cs-uri-stem': 'url',
  'cs-uri-query': 'url',
  'cs-method': 'protocol',
  'sc-status': 'id',
  'c-ip': 'srcip',
  'cs-host': 'hostname',
}

/** The group that Wazuh's stock rules give an event of this category, to hang a custom rule under. */
export function wazuhGroup(source: LogSource, sysmonEventId: number | undefined): string | undefined {
  if (source.product === 'windows') {
    if (sysmonEventId === undefined) return 'windows'
    return sysmonEventId < 10 ? `sysmon_event${sysmonEventId}` : `sysmon_event_${sysmonEventId}`
  }
  if (source.category === 'webserver' || source.category === 'proxy') return 'web'
  if (source.product === 'linux' && (source.service === 'auditd' || source.category === 'process_creation'))
    return 'audit'
  if (source.product === 'aws') return 'amazon'
  if (source.product === 'azure') return 'azure'
  if (source.product === 'gcp') return 'gcp'
  if (source.product === 'm365') return 'office365'
  if (source.product === 'github') return 'github'
  return undefined
}

/**
 * The dynamic field (without `data.`) that Wazuh 4.x decodes a Sigma field into, or `undefined` where there is none.
 * Source: Wazuh's eventchannel, auditd and web decoders; Windows event data keeps its name with a small first letter.
 */
export function wazuhField(field: string, source: LogSource): string | undefined {
  if (source.product === 'windows') {
    const system = windowsSystem[field]
    return system === undefined
      ? `win.eventdata.${field.charAt(0).toLowerCase()}${field.slice(1)}`
      : `win.system.${system}`
  }
  if (source.category === 'webserver' || source.category === 'proxy') return web[field]
  if (source.product === 'linux') return audit[field]
  if (source.product === 'aws') return `aws.${field}`
  if (source.product === 'azure') return `azure.${field}`
  if (source.product === 'gcp') return `gcp.${field}`
  if (source.product === 'm365') return `office365.${field}`
  if (source.product === 'github') return `github.${field}`
  return undefined
}

/** Sigma's Windows and Linux field names in WCS, the Wazuh 5 schema, which follows ECS. */
const wcs: Readonly<Record<string, string>> = {
  Image: 'process.executable',
  CommandLine: 'process.command_line',
  ParentImage: 'process.parent.executable',
  ParentCommandLine: 'process.parent.command_line',
  CurrentDirectory: 'process.working_directory',
  OriginalFileName: 'process.pe.original_file_name',
  Company: 'process.pe.company',
  Description: 'process.pe.description',
  Product: 'process.pe.product',
  ProcessId: 'process.pid',
  ParentProcessId: 'process.parent.pid',
  IntegrityLevel: 'process.integrity_level',
  User: 'user.name',
  SubjectUserName: 'user.name',
  TargetUserName: 'user.target.name',
  TargetFilename: 'file.path',
  ImageLoaded: 'dll.path',
  TargetObject: 'registry.path',
  Details: 'registry.data.strings',
  QueryName: 'dns.question.name',
  DestinationIp: 'destination.ip',
  DestinationPort: 'destination.port',
  DestinationHostname: 'destination.domain',
  SourceIp: 'source.ip',
  SourcePort: 'source.port',
  IpAddress: 'source.ip',
  PipeName: 'file.name',
  ScriptBlockText: 'powershell.file.script_block_text',
  EventID: 'event.code',
  Channel: 'event.channel',
  Provider_Name: 'event.provider',
  Computer: 'host.hostname',
  'c-uri': 'url.original',
  'cs-uri-stem': 'url.path',
  'cs-uri-query': 'url.query',
  'cs-method': 'http.request.method',
  'sc-status': 'http.response.status_code',
  'c-useragent': 'user_agent.original',
  'c-ip': 'source.ip',
  'cs-host': 'url.domain',
  eventName: 'event.action',
  eventSource: 'event.provider',
}

/** The WCS field of a Sigma field, or `undefined` where none is known. */
export function wcsField(field: string): string | undefined {
  return Object.hasOwn(wcs, field) ? wcs[field] : undefined
}
