import type { Assessment } from '../assess/assess-alert.ts'
import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { alertTrust } from './alert-trust.ts'
import type { CaseContext } from './case-context.ts'

/** Alerts that are quoted field by field; the others are counted (`related-alerts`). */
const maxAlerts = 10
/** Longer fields are quoted around what a reason points at. */
const maxQuote = 1200
const aroundMatch = 240

/** The fields by which an analyst tells what happened, with the name that a person gives them. */
const tellingFields: readonly (readonly [pointer: string, label: string])[] = [
  ['/rule/description', 'Rule'],
  ['/wazuh/rule/title', 'Rule'],
  ['/rule/level', 'Level'],
  ['/wazuh/rule/level', 'Level'],
  ['/timestamp', 'Time'],
  ['/@timestamp', 'Time'],
  ['/agent/name', 'Host'],
  ['/wazuh/agent/name', 'Host'],
  ['/GeoLocation/country_name', 'Country of the address'],
  ['/GeoLocation/region_name', 'Region of the address'],
  ['/GeoLocation/city_name', 'City of the address'],
  ['/rule/firedtimes', 'Times this rule fired within the hour, over all hosts'],
  ['/rule/frequency', 'Events that the rule needs to fire'],
  ['/data/win/eventdata/commandLine', 'Command line'],
  ['/data/win/eventdata/scriptBlockText', 'Script'],
  ['/process/command_line', 'Command line'],
  ['/data/command', 'Command'],
  ['/data/audit/command', 'Command'],
  ['/data/win/eventdata/image', 'Program'],
  ['/data/win/eventdata/sourceImage', 'Program that acted'],
  ['/data/win/eventdata/targetImage', 'Program acted upon'],
  ['/process/executable', 'Program'],
  ['/data/win/eventdata/parentImage', 'Parent program'],
  ['/data/win/eventdata/parentCommandLine', 'Parent command line'],
  ['/data/win/eventdata/user', 'Account'],
  ['/data/win/eventdata/targetUserName', 'Target account'],
  ['/data/win/eventdata/subjectUserName', 'Acting account'],
  ['/user/name', 'Account'],
  ['/data/srcuser', 'Account'],
  ['/data/dstuser', 'Target account'],
  ['/data/srcip', 'Source address'],
  ['/data/src_ip', 'Source address'],
  ['/source/ip', 'Source address'],
  ['/data/win/eventdata/ipAddress', 'Source address'],
  ['/data/win/eventdata/sourceIp', 'Source address'],
  ['/data/win/eventdata/workstationName', 'Source computer'],
  ['/data/win/eventdata/destinationIp', 'Destination address'],
  ['/data/dest_ip', 'Destination address'],
  ['/destination/ip', 'Destination address'],
  ['/data/win/eventdata/destinationPort', 'Destination port'],
  ['/data/win/eventdata/targetFilename', 'File'],
  ['/syscheck/path', 'File'],
  ['/syscheck/event', 'Change'],
  ['/syscheck/sha256_after', 'SHA-256 of the file'],
  ['/data/win/eventdata/hashes', 'Hashes'],
  ['/data/win/eventdata/targetObject', 'Registry value'],
  ['/data/win/eventdata/details', 'Registry data'],
  ['/data/win/eventdata/serviceName', 'Service'],
  ['/data/win/eventdata/imagePath', 'Service program'],
  ['/data/win/eventdata/logonType', 'Logon type'],
  ['/data/url', 'Requested URL'],
  ['/data/id', 'Answer or event code'],
  ['/data/alert/signature', 'Network signature'],
  ['/data/alert/category', 'Signature category'],
  ['/data/vulnerability/cve', 'Vulnerability'],
  ['/data/virustotal/source/file', 'File'],
  ['/data/aws/eventName', 'Operation'],
  ['/data/aws/eventSource', 'Service'],
  ['/data/aws/sourceIPAddress', 'Source address'],
  ['/data/aws/userIdentity/arn', 'Acting identity'],
  ['/data/aws/userAgent', 'Client program'],
  ['/data/aws/requestParameters/userName', 'Account acted upon'],
  ['/data/aws/errorCode', 'Refused because'],
  ['/data/aws/title', 'Finding'],
  ['/data/aws/type', 'Kind of finding'],
  ['/data/aws/severity', 'Severity of the finding'],
  ['/data/aws/resource/instanceDetails/instanceId', 'Machine'],
  ['/data/office365/Operation', 'Operation'],
  ['/data/office365/UserId', 'Account'],
  ['/data/office365/ClientIP', 'Source address'],
  ['/data/office365/ObjectId', 'What it was done to'],
  ['/data/office365/ResultStatus', 'Result'],
  ['/data/gcp/protoPayload/methodName', 'Operation'],
  ['/data/gcp/protoPayload/authenticationInfo/principalEmail', 'Account'],
  ['/data/gcp/protoPayload/requestMetadata/callerIp', 'Source address'],
  ['/data/gcp/protoPayload/resourceName', 'What it was done to'],
  ['/data/github/action', 'Operation'],
  ['/data/github/actor', 'Account'],
  ['/data/github/repo', 'Repository'],
  ['/data/github/visibility', 'Visibility'],
  ['/data/activityDisplayName', 'Operation'],
  ['/data/initiatedBy/user/userPrincipalName', 'Account'],
  ['/data/initiatedBy/user/ipAddress', 'Source address'],
  ['/data/docker/Action', 'Action'],
  ['/data/docker/Actor/Attributes/name', 'Container'],
  ['/data/docker/Actor/Attributes/image', 'Image'],
  ['/data/osquery/name', 'Query'],
  ['/data/osquery/columns/command', 'Command'],
  ['/data/osquery/columns/cmdline', 'Command line'],
  ['/data/win/eventdata/threat Name', 'Threat'],
  ['/data/win/eventdata/severity Name', 'Severity of the threat'],
  ['/data/win/eventdata/path', 'File'],
  ['/data/win/eventdata/action Name', 'What the antivirus did'],
  ['/data/win/eventdata/process Name', 'Program that touched it'],
  ['/data/win/eventdata/detection User', 'Account'],
  ['/data/win/eventdata/taskName', 'Scheduled task'],
  ['/data/win/eventdata/taskContent', 'What the task runs'],
  ['/data/win/eventdata/imageLoaded', 'Library'],
  ['/data/win/eventdata/newProcessName', 'Program'],
  ['/data/win/eventdata/parentProcessName', 'Parent program'],
  ['/data/win/eventdata/queryName', 'Name asked for'],
  ['/data/win/eventdata/memberName', 'Member'],
  ['/data/win/eventdata/memberSid', 'Member (SID)'],
  ['/data/win/logFileCleared/subjectUserName', 'Acting account'],
  ['/data/audit/exe', 'Program'],
  ['/data/audit/file/name', 'File'],
  ['/syscheck/diff', 'What changed in the file'],
  ['/syscheck/value_name', 'Registry value'],
  ['/syscheck/audit/login_user/name', 'Account that logged on'],
  ['/syscheck/audit/user/name', 'Account that changed it'],
  ['/syscheck/audit/process/name', 'Program that changed it'],
  ['/syscheck/uname_after', 'Owner of the file'],
  ['/data/action', 'Action'],
  ['/data/attack', 'Attack named by the firewall'],
  ['/data/threat_id', 'Threat named by the firewall'],
  ['/data/severity', 'Severity'],
  ['/data/dstip', 'Destination address'],
  ['/data/dstport', 'Destination port'],
  ['/data/source_address', 'Source address'],
  ['/data/destination_address', 'Destination address'],
  ['/data/user', 'Account'],
  ['/data/uid', 'Number of the account'],
  ['/data/shell', 'Shell of the account'],
  ['/data/title', 'Finding'],
  ['/data/file', 'File'],
  ['/data/package', 'Package'],
  ['/data/yara_rule', 'YARA rule'],
  ['/data/yara_scanned_file', 'File'],
  ['/data/vulnerability/severity', 'Severity'],
  ['/data/vulnerability/status', 'Status'],
  ['/data/vulnerability/package/name', 'Package'],
  ['/data/vulnerability/package/version', 'Version'],
  ['/data/sca/policy', 'Policy'],
  ['/data/sca/score', 'Score'],
  ['/data/sca/check/title', 'Check'],
  ['/data/sca/check/result', 'Result'],
  ['/data/sca/check/previous_result', 'Result before'],
  ['/data/virustotal/total', 'Engines asked'],
  ['/data/note', 'Notice'],
  ['/data/msg', 'Message'],
  ['/file/path', 'File'],
  ['/previous_output', 'Earlier log lines that the rule counted'],
  ['/previous_log', 'What the command gave before'],
  ['/event/original', 'Log line'],
  ['/data/virustotal/positives', 'Engines that call it malicious'],
  ['/full_log', 'Log line'],
]

/** The telling fields of the case's most telling alerts, and every field that a reason rests on. */
export function alertFields(context: CaseContext): EvidenceDraft[] {
  return representativeAlerts(context.alerts, context.assessments, maxAlerts).flatMap(
    ({ alert, assessment }) => fieldsOfAlert(alert, assessment),
  )
}

function fieldsOfAlert(alert: Alert, assessment: Assessment): EvidenceDraft[] {
  const labels = new Map(tellingFields)
  const pointers = new Set([...labels.keys(), ...assessment.signals.map(signal => signal.pointer)])
  // The log line repeats the fields; it is quoted only where they are few, or a reason rests on it.
  if (tellsEnough(alert) && !assessment.signals.some(signal => signal.pointer === '/full_log'))
    pointers.delete('/full_log')
  return [...pointers].flatMap(pointer => {
    const value = readPointer(alert.document, pointer)
    if (typeof value !== 'string' && typeof value !== 'number') return []
    const matches = assessment.signals
      .filter(signal => signal.pointer === pointer)
      .map(signal => signal.quote)
    return quotesOf(String(value), matches).map(quote => ({
      kind: 'alert-field',
      source: alert.key,
      pointer,
      quote,
      trust: alertTrust(alert, pointer),
      label: labels.get(pointer) ?? pointer.split('/').at(-1) ?? '',
    }))
  })
}

/** Decoders of most logs leave an address and an account, and say what happened in the line alone. */
const minFields = 3

function tellsEnough({ document }: Alert): boolean {
  const { data, syscheck } = document
  if (syscheck !== undefined) return true
  if (data === null || typeof data !== 'object') return false
  return (
    Object.values(data).some(value => value !== null && typeof value === 'object') ||
    Object.keys(data).length >= minFields
  )
}

/** The whole text where it is short; else its beginning and the surroundings of each match not in it. */
function quotesOf(text: string, matches: readonly string[]): string[] {
  if (text.trim() === '') return []
  if (text.length <= maxQuote) return [text.toWellFormed()]
  const quotes = [cutText(text, maxQuote)]
  for (const match of matches) {
    const at = text.indexOf(match)
    if (at < 0 || quotes.some(quote => quote.includes(match))) continue
    quotes.push(surroundings(text, at, match.length))
  }
  return quotes
}

/** Never begins or ends in half a surrogate pair. */
function surroundings(text: string, at: number, length: number): string {
  const start = Math.max(0, at - aroundMatch)
  const first = text.charCodeAt(start)
  const from = first >= 0xdc00 && first < 0xe000 ? start + 1 : start
  return cutText(text.slice(from), at + length + aroundMatch - from)
}

/** One alert per rule first, most probable first, then further ones, up to `limit`; in order of time. */
function representativeAlerts(
  alerts: readonly Alert[],
  assessments: readonly Assessment[],
  limit: number,
): { readonly alert: Alert; readonly assessment: Assessment }[] {
  const pairs = alerts.flatMap((alert, index) => {
    const assessment = assessments[index]
    return assessment === undefined ? [] : [{ alert, assessment }]
  })
  const ranked = pairs.toSorted((a, b) => b.assessment.probability - a.assessment.probability)
  const rules = new Set<string>()
  const firsts = ranked.filter(({ alert }) => !rules.has(alert.rule.id) && rules.add(alert.rule.id))
  const chosen = [...new Set([...firsts, ...ranked])].slice(0, limit)
  return chosen.sort((a, b) => a.alert.timestampMs - b.alert.timestampMs)
}
