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
  ['/file/path', 'File'],
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
  // The log line repeats the fields; it is quoted only where there are none, or a reason rests on it.
  if (alert.document.data !== undefined || alert.document.syscheck !== undefined) {
    if (!assessment.signals.some(signal => signal.pointer === '/full_log')) pointers.delete('/full_log')
  }
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
