import type { Alert } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import { hasOwnText } from '../domain/rule-text.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import type { Json } from '../lib/canonical-json.ts'
import { named, phrased, quoted } from '../lib/quoted.ts'
import { count, tellSpan } from '../lib/tell-time.ts'
import { alertDetail } from './alert-detail.ts'
import type { CaseStory } from './case-story.ts'
import { whatHappened } from './fill-words.ts'

/** Acts that a headline can hold before it stops being one. */
const maxActs = 3

/** What happened, where, by whom, how often: one sentence that a colleague understands without opening the case. */
export function headline(context: CaseContext, story: CaseStory): string {
  const acts = story.episodes
    .slice(0, maxActs)
    .sort((a, b) => a.firstSeenMs - b.firstSeenMs)
    .map(whatHappened)
  const joint = context.alerts.length > 1 ? ', then ' : '; '
  const what = acts.length === 0 ? ruleText(context, story) : acts.join(joint)
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${circumstances(context, story)
    .filter(part => !what.includes(part))
    .join(', ')}`
}

function ruleText(context: CaseContext, story: CaseStory): string {
  const alert = story.top?.alert
  if (alert !== undefined && !hasOwnText(alert.rule)) return namelessAlert(alert)
  const text = oneLine(alert?.rule.description ?? context.case.title).replace(/\.$/, '')
  const own = alert !== undefined && !repeatsField(text, alert.document)
  return own ? phrased(text) : quoted(text)
}

/** A rule that says nothing in words: then the log line says what there is to say. */
function namelessAlert(alert: Alert): string {
  const rule =
    alert.rule.id === '' ? 'a rule without id or text' : `rule ${named(alert.rule.id)}, which has no text,`
  const detail = alertDetail(alert)
  return detail === undefined ? `${rule} fired` : `${rule} fired on ${quoted(oneLine(detail.text), 100)}`
}

function circumstances(context: CaseContext, story: CaseStory): string[] {
  const [host, ...otherHosts] = story.hosts
  const others = otherHosts.length === 0 ? '' : ` and ${count(otherHosts.length, 'other host')}`
  const { alertCount, firstSeenMs, lastSeenMs } = context.case
  const alerts = count(alertCount, 'alert')
  return [
    ...(host === undefined ? [] : [`${host}${others}`]),
    ...who(story),
    ...(story.sources[0] === undefined ? [] : [`from ${story.sources[0]}`]),
    ...whereTo(story),
    alertCount === 1 ? alerts : `${alerts} in ${tellSpan(lastSeenMs - firstSeenMs)}`,
  ]
}

/** Whether a rule repeats in its description the words of a field of the alert: then those are not Wazuh’s alone. */
function repeatsField(description: string, value: Json, depth = 0): boolean {
  if (typeof value === 'string') {
    const said = oneLine(value)
    return said.includes(' ') && said.length < description.length && description.includes(said)
  }
  if (value === null || typeof value !== 'object' || depth > 8) return false
  return Object.entries(value).some(
    ([name, member]) => (depth > 0 || name !== 'rule') && repeatsField(description, member, depth + 1),
  )
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

/** Fields of connections; what an active response acted on is no end of one. */
const connectionEnd = /^\/(?:data\/(?!parameters)|destination\/)/

/** The other end of a connection: of what a sensor or firewall reports, or a program opens, it is half of the story. */
function whereTo({ top, sources }: CaseStory): string[] {
  const target = top?.alert.entities.find(
    ({ type, role, value, pointer }) =>
      type === 'address' && role === 'target' && !isLoopback(value) && connectionEnd.test(pointer),
  )
  return target === undefined || sources.includes(target.value) ? [] : [`to ${target.value}`]
}

/** Who acted, else whom it happened to. Guessing that goes through names is told by how many, not by one of them. */
function who({ users, actors, entered }: CaseStory): string[] {
  const [first] = users
  const known = entered ?? actors[0] ?? (users.length > maxTargets ? undefined : first)
  if (known !== undefined) return [`account ${named(known)}`]
  return first === undefined ? [] : [count(users.length, 'account')]
}

const maxTargets = 3
