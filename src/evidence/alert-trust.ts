import type { Alert } from '../domain/alert.ts'
import type { Trust } from '../domain/evidence.ts'

const under = (parent: string, members: string) => members.split(' ').map(member => `${parent}/${member}`)

/** What Wazuh, the sensor or the kernel fills in itself, with all that stands below it: nobody outside chooses its text. */
const observedBranches: readonly string[] = [
  ...under(
    '',
    'timestamp @timestamp id agent manager cluster decoder location GeoLocation srcgeoip dstgeoip wazuh',
  ),
  ...under('/rule', 'id level groups firedtimes frequency mitre mail'),
  ...under('/syscheck', 'event mode arch value_type'),
  ...under('/syscheck/audit', 'user login_user effective_user group process/id process/ppid'),
  ...under('/data', 'srcip dstip src_ip dest_ip srcport dstport src_port dest_port proto alert'),
  ...under('/source', 'ip port'),
  ...under('/destination', 'ip port'),
]

/**
 * What a module of Wazuh fetched or measured itself. Any program whose log is read as JSON can write the same names into
 * it, so they count only where the alert says that it came from the module: a log cannot choose its `location`.
 */
const observedByModule: readonly { readonly location: RegExp; readonly branches: readonly string[] }[] = [
  {
    location: /^EventChannel$/,
    branches: [
      ...under(
        '/data/win/system',
        'eventID channel computer providerName providerGuid systemTime level task opcode',
      ),
      ...under(
        '/data/win/eventdata',
        'processGuid processId parentProcessGuid parentProcessId logonType utcTime hashes ipAddress ipPort sourceIp sourcePort destinationIp destinationPort initiated integrityLevel grantedAccess status subStatus lmPackageName authenticationPackageName ticketEncryptionType signed signatureStatus',
      ),
      ...['threat Name', 'severity Name', 'category Name', 'action Name'].map(
        member => `/data/win/eventdata/${member}`,
      ),
    ],
  },
  {
    location: /^Wazuh-AWS$/,
    branches: under(
      '/data/aws',
      'eventName eventSource eventTime eventType awsRegion errorCode sourceIPAddress source_ip_address recipientAccountId accountId aws_account_id userIdentity/type userIdentity/arn userIdentity/accountId additionalEventData/MFAUsed responseElements/ConsoleLogin type title severity region resource/instanceDetails/instanceId service srcaddr dstaddr srcport dstport action',
    ),
  },
  {
    location: /^office365$/,
    branches: under(
      '/data/office365',
      'Operation Workload RecordType ResultStatus CreationTime ClientIP LogonError Subscription',
    ),
  },
  {
    location: /^Wazuh-GCloud$/,
    branches: under(
      '/data/gcp',
      'protoPayload/methodName protoPayload/authenticationInfo protoPayload/requestMetadata/callerIp protoPayload/serviceName severity resource/type resource/labels',
    ),
  },
  {
    location: /^github$/,
    branches: under('/data/github', 'action actor actor_ip actor_location org visibility created_at'),
  },
  { location: /^Wazuh-Docker$/, branches: under('/data/docker', 'Type scope time timeNano id') },
  {
    location: /^osquery$/,
    branches: under('/data/osquery', 'name action unixTime calendarTime hostIdentifier'),
  },
  {
    location: /^vulnerability-detector$/,
    branches: under(
      '/data/vulnerability',
      'cve cvss severity status score published updated reference type package/version package/architecture package/condition',
    ),
  },
  { location: /^sca$/, branches: ['/data/sca'] },
  {
    location: /^virustotal$/,
    branches: under('/data/virustotal', 'positives total malicious found sha1 scan_date'),
  },
  {
    location: /\/audit\/audit\.log$/,
    branches: under(
      '/data/audit',
      'type id arch syscall success exit pid ppid auid uid gid euid suid fsuid egid sgid fsgid session key',
    ),
  },
]

/** Measures of a file that monitoring took itself. */
const measuredFile =
  /^\/syscheck\/(?:size|mtime|md5|sha1|sha256|uid|gid|uname|gname|inode|perm)_(?:before|after)$/

/**
 * Who could have written a field of an alert. What an outside party sends or chooses (URLs, user agents, names in
 * failed logons, file names, command lines, whole log lines, earlier log lines, and rule descriptions that repeat them)
 * proves only that it was written.
 */
export function alertTrust(alert: Alert, pointer: string): Trust {
  const isWithin = (branch: string) => pointer === branch || pointer.startsWith(`${branch}/`)
  if (observedBranches.some(isWithin) || measuredFile.test(pointer)) return 'observed'
  const isFromModule = observedByModule.some(
    ({ location, branches }) => branches.some(isWithin) && location.test(alert.location),
  )
  if (isFromModule) return 'observed'
  // A description without `$(field)` in the rule is Wazuh's own; one that repeats a value is partly the attacker's.
  // Those of checks of configuration repeat the title of the check, which the module has from its policy.
  if (
    pointer === '/rule/description' &&
    (!repeatsValue.test(alert.rule.description) || alert.location === 'sca')
  )
    return 'observed'
  return 'attacker-controlled'
}

const repeatsValue = /[\\/]|\bfrom\s+\S*\d|:\s/
