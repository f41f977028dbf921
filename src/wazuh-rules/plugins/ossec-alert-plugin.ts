import type { WazuhEvent } from '../event.ts'
import type { Rule } from '../rule.ts'

/**
 * OSSECAlert_Decoder: an alert that another OSSEC server forwards, `Alert Level: 5; Rule: 5710 - text; Location: x;
 * srcip: ...; log`. It stands for the rule it names, with the original log in its place.
 */
export function decodeOssecAlert(event: WazuhEvent, ruleOf: (id: string) => Rule | undefined): void {
  event.category = 'ossec-alert'
  const { log } = event
  if (!log.startsWith('Alert Level:') && !log.startsWith('ossec: Alert Level')) return
  const level = log.indexOf(';')
  const colon = log.indexOf(':', level + 1)
  if (level < 0 || colon < 0 || log.charAt(colon + 1) !== ' ') return
  const idEnd = log.indexOf(' ', colon + 2)
  if (idEnd < 0) return
  const rule = ruleOf(log.slice(colon + 2, idEnd))
  const ruleEnd = log.indexOf(';', idEnd)
  if (!rule || ruleEnd < 0 || !log.startsWith(' Location: ', ruleEnd + 1)) return
  const locationEnd = log.indexOf(';', ruleEnd + 12)
  if (locationEnd < 0) return
  event.location = `${event.location}|${log.slice(ruleEnd + 12, locationEnd)}`.slice(0, 254)
  event.hostname = event.location
  let at = locationEnd + 1
  while (log.charAt(at) === ' ' && log.charAt(at + 1) !== ' ') {
    const end = log.indexOf(';', at + 1)
    if (end < 0) return
    const part = log.slice(at + 1, end)
    if (part.startsWith('srcip: ')) event.fields.srcip = part.slice(7)
    if (part.startsWith('user: ')) event.fields.dstuser = part.slice(6)
    at = end + 1
  }
  event.fullLog = log.slice(at).replace(/^ +/, '').slice(0, 4094)
  event.log = event.fullLog
  event.logLower = event.log.toLowerCase()
  event.rule = rule
}
