import type { Alert } from '../domain/alert.ts'
import type { Trust } from '../domain/evidence.ts'

/** Fields that Wazuh or the sensor fills in itself: nobody outside chooses their text. */
const observed =
  /^\/(?:timestamp|@timestamp|id|rule\/(?:id|level|groups|firedtimes|frequency|mitre)|wazuh\/|agent\/|manager\/|cluster\/|decoder\/|location|GeoLocation|syscheck\/(?:event|mode|size|mtime|md5|sha1|sha256|uid|gid|inode|perm)|data\/(?:srcip|dstip|src_ip|dest_ip|srcport|dstport|src_port|dest_port|proto|alert\/|virustotal\/(?:positives|total|malicious|found|sha1))|data\/win\/system\/(?!message)|data\/win\/eventdata\/(?:processGuid|processId|parentProcessId|parentProcessGuid|logonType|ipAddress|ipPort|sourceIp|destinationIp|destinationPort|sourcePort|hashes|integrityLevel|grantedAccess|status|subStatus|authenticationPackageName|lmPackageName|initiated|utcTime))/

/**
 * Who could have written a field of an alert. What an outside party sends or chooses (URLs, user agents, names in
 * failed logons, file names, command lines, whole log lines, and rule descriptions that repeat them) proves only that
 * it was written.
 */
export function alertTrust(alert: Alert, pointer: string): Trust {
  if (observed.test(pointer)) return 'observed'
  // A description without `$(field)` in the rule is Wazuh's own; one that repeats a value is partly the attacker's.
  if (pointer === '/rule/description')
    return /[\\/]|\bfrom\s+\S*\d|:\s/.test(alert.rule.description) ? 'attacker-controlled' : 'observed'
  return 'attacker-controlled'
}
