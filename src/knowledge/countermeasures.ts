import type { Technique } from './attack-techniques.ts'

/** A defensive technique. Ids and names are those of D3FEND (d3fend.mitre.org); what it meets is our own mapping. */
export interface Countermeasure {
  readonly id: string
  readonly name: string
  /** For this case, in our words. */
  readonly how: string
}

const measures = {
  accountLocking: ['D3-AL', 'Account Locking', 'lock accounts after repeated failures'],
  multiFactor: ['D3-MFA', 'Multi-factor Authentication', 'a guessed or stolen password alone gets nobody in'],
  passwordPolicy: ['D3-SPP', 'Strong Password Policy', 'long passwords that are in no list'],
  logonThresholds: ['D3-ANET', 'Authentication Event Thresholding', 'alert on many failures in a short time'],
  inboundFilter: ['D3-ITF', 'Inbound Traffic Filtering', 'let only known addresses reach the service'],
  outboundFilter: ['D3-OTF', 'Outbound Traffic Filtering', 'let hosts reach only what they need outside'],
  trafficAnalysis: [
    'D3-NTA',
    'Network Traffic Analysis',
    'watch for connections of unusual size, time or target',
  ],
  isolation: ['D3-NI', 'Network Isolation', 'cut the host off while it is looked at'],
  fileAnalysis: ['D3-FA', 'File Analysis', 'scan the file with YARA and look at its structure'],
  processAnalysis: ['D3-PA', 'Process Analysis', 'look at command lines and what they touch'],
  spawnAnalysis: ['D3-PSA', 'Process Spawn Analysis', 'alert on parents that should not start this child'],
  lineageAnalysis: ['D3-PLA', 'Process Lineage Analysis', 'follow the chain of parents back'],
  scriptAnalysis: ['D3-SEA', 'Script Execution Analysis', 'log script blocks and look for decoding'],
  allowlisting: ['D3-EAL', 'Executable Allowlisting', 'run only programs that are known'],
  denylisting: ['D3-EDL', 'Executable Denylisting', 'refuse programs that are known to be bad'],
  systemFiles: ['D3-SFA', 'System File Analysis', 'watch system files with FIM'],
  scheduledJobs: ['D3-SJA', 'Scheduled Job Analysis', 'list scheduled tasks and cron jobs, and what changed'],
  daemonMonitoring: ['D3-SDM', 'System Daemon Monitoring', 'watch services for new or changed ones'],
  initConfig: ['D3-SICA', 'System Init Config Analysis', 'watch what starts with the system'],
  localAccounts: ['D3-LAM', 'Local Account Monitoring', 'alert on new and changed local accounts'],
  domainAccounts: ['D3-DAM', 'Domain Account Monitoring', 'alert on new and changed domain accounts'],
  userBehaviour: ['D3-UBA', 'User Behavior Analysis', 'compare with what this account usually does'],
  dnsAnalysis: ['D3-DNSTA', 'DNS Traffic Analysis', 'look for odd names and volumes'],
  messageAnalysis: ['D3-MA', 'Message Analysis', 'analyse mail before it is delivered'],
  urlAnalysis: ['D3-UA', 'URL Analysis', 'check where links really lead'],
  processTermination: ['D3-PT', 'Process Termination', 'end the process once a person approved it'],
  fileRemoval: ['D3-FR', 'File Removal', 'quarantine the file once a person approved it'],
  softwareUpdate: ['D3-SU', 'Software Update', 'install the fix'],
} as const
type MeasureName = keyof typeof measures

const byTechnique: Readonly<Record<string, readonly MeasureName[]>> = {
  T1003: ['processAnalysis', 'systemFiles', 'userBehaviour'],
  T1021: ['multiFactor', 'inboundFilter', 'userBehaviour'],
  T1027: ['fileAnalysis', 'scriptAnalysis', 'processAnalysis'],
  T1036: ['fileAnalysis', 'lineageAnalysis', 'allowlisting'],
  T1041: ['outboundFilter', 'trafficAnalysis'],
  T1046: ['trafficAnalysis', 'inboundFilter'],
  T1047: ['spawnAnalysis', 'processAnalysis'],
  T1053: ['scheduledJobs', 'spawnAnalysis'],
  T1055: ['processAnalysis', 'lineageAnalysis', 'processTermination'],
  T1059: ['scriptAnalysis', 'spawnAnalysis', 'allowlisting', 'processTermination'],
  T1068: ['softwareUpdate', 'processAnalysis'],
  T1070: ['systemFiles', 'processAnalysis'],
  T1071: ['trafficAnalysis', 'outboundFilter', 'dnsAnalysis'],
  T1078: ['multiFactor', 'userBehaviour', 'domainAccounts'],
  T1082: ['processAnalysis', 'spawnAnalysis'],
  T1087: ['processAnalysis', 'domainAccounts'],
  T1098: ['localAccounts', 'domainAccounts'],
  T1105: ['outboundFilter', 'fileAnalysis', 'trafficAnalysis'],
  T1110: ['accountLocking', 'multiFactor', 'passwordPolicy', 'logonThresholds', 'inboundFilter'],
  T1112: ['systemFiles', 'processAnalysis'],
  T1133: ['multiFactor', 'inboundFilter'],
  T1136: ['localAccounts', 'domainAccounts'],
  T1140: ['scriptAnalysis', 'processAnalysis', 'fileAnalysis'],
  T1190: ['softwareUpdate', 'inboundFilter', 'isolation'],
  T1203: ['softwareUpdate', 'spawnAnalysis'],
  T1204: ['fileAnalysis', 'allowlisting', 'spawnAnalysis'],
  T1218: ['spawnAnalysis', 'denylisting', 'processAnalysis'],
  T1486: ['isolation', 'processTermination', 'systemFiles'],
  T1505: ['systemFiles', 'fileAnalysis', 'spawnAnalysis', 'fileRemoval'],
  T1543: ['daemonMonitoring', 'initConfig'],
  T1547: ['initConfig', 'systemFiles'],
  T1548: ['processAnalysis', 'systemFiles'],
  T1558: ['domainAccounts', 'passwordPolicy'],
  T1562: ['processAnalysis', 'daemonMonitoring'],
  T1566: ['messageAnalysis', 'urlAnalysis', 'fileAnalysis'],
  T1569: ['daemonMonitoring', 'spawnAnalysis'],
  T1571: ['trafficAnalysis', 'outboundFilter'],
}

/** What meets a technique; for a sub-technique what meets its parent. Empty where nothing is mapped. */
export function countermeasuresOf(technique: Pick<Technique, 'id' | 'parent'>): Countermeasure[] {
  const names = byTechnique[technique.id] ?? byTechnique[technique.parent ?? ''] ?? []
  return names.map(key => {
    const [id, name, how] = measures[key]
    return { id, name, how }
  })
}
