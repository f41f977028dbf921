import type { Alert } from '../domain/alert.ts'
import type { Trust } from '../domain/evidence.ts'

const under = (parent: string, members: string) => members.split(' ').map(member => `${parent}/${member}`)

/** What Wazuh, the sensor or the kernel fills in itself, with all that stands below it: nobody outside chooses its text. */
const observedBranches: readonly string[] = [
  ...under('', 'timestamp @timestamp id agent manager cluster decoder location GeoLocation wazuh'),
  ...under('/rule', 'id level groups firedtimes frequency mitre mail'),
  ...under('/syscheck', 'event mode'),
  ...under('/data', 'srcip dstip src_ip dest_ip srcport dstport src_port dest_port proto alert'),
  ...under('/data/virustotal', 'positives total malicious found sha1'),
  ...under(
    '/data/win/system',
    'eventID channel computer providerName providerGuid systemTime level task opcode',
  ),
  ...under(
    '/data/win/eventdata',
    'processGuid processId parentProcessGuid parentProcessId logonType utcTime hashes',
  ),
  ...under(
    '/data/win/eventdata',
    'ipAddress ipPort sourceIp sourcePort destinationIp destinationPort initiated',
  ),
  ...under('/data/win/eventdata', 'integrityLevel grantedAccess status subStatus lmPackageName'),
  ...under('/data/win/eventdata', 'authenticationPackageName'),
  ...under('/source', 'ip port'),
  ...under('/destination', 'ip port'),
]

/** Measures of a file that monitoring took itself. */
const measuredFile = /^\/syscheck\/(?:size|mtime|md5|sha1|sha256|uid|gid|inode|perm)_(?:before|after)$/

/**
 * Who could have written a field of an alert. What an outside party sends or chooses (URLs, user agents, names in
 * failed logons, file names, command lines, whole log lines, and rule descriptions that repeat them) proves only that
 * it was written.
 */
export function alertTrust(alert: Alert, pointer: string): Trust {
  const isObserved = observedBranches.some(branch => pointer === branch || pointer.startsWith(`${branch}/`))
  if (isObserved || measuredFile.test(pointer)) return 'observed'
  // A description without `$(field)` in the rule is Wazuh's own; one that repeats a value is partly the attacker's.
  if (pointer === '/rule/description' && !repeatsValue.test(alert.rule.description)) return 'observed'
  return 'attacker-controlled'
}

const repeatsValue = /[\\/]|\bfrom\s+\S*\d|:\s/
