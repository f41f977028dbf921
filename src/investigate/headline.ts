import type { CaseContext } from '../evidence/case-context.ts'
import { count, tellSpan } from '../lib/tell-time.ts'
import type { CaseStory } from './case-story.ts'

/** Acts that a headline can hold before it stops being one. */
const maxActs = 3

/** What happened, where, by whom, how often: one sentence that a colleague understands without opening the case. */
export function headline(context: CaseContext, story: CaseStory): string {
  const acts = story.episodes
    .slice(0, maxActs)
    .sort((a, b) => a.firstSeenMs - b.firstSeenMs)
    .map(episode => episode.behaviour.happened.replaceAll('HOST', episode.alert.agent.name))
  const joint = context.alerts.length > 1 ? ', then ' : '; '
  const what = acts.length === 0 ? ruleText(context, story) : acts.join(joint)
  return `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${circumstances(context, story)
    .filter(part => !what.includes(part))
    .join(', ')}`
}

function ruleText(context: CaseContext, story: CaseStory): string {
  return (
    story.top?.alert.rule.description.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '') ?? context.case.title
  )
}

function circumstances(context: CaseContext, story: CaseStory): string[] {
  const [host, ...otherHosts] = story.hosts
  const others = otherHosts.length === 0 ? '' : ` and ${count(otherHosts.length, 'other host')}`
  const { alertCount, firstSeenMs, lastSeenMs } = context.case
  const alerts = count(alertCount, 'alert')
  return [
    ...(host === undefined ? [] : [`${host}${others}`]),
    ...(story.users[0] === undefined ? [] : [`account ${story.users[0]}`]),
    ...(story.sources[0] === undefined ? [] : [`from ${story.sources[0]}`]),
    alertCount === 1 ? alerts : `${alerts} in ${tellSpan(lastSeenMs - firstSeenMs)}`,
  ]
}
