import type { CaseContext } from '../evidence/case-context.ts'
import type { CaseStory } from './case-story.ts'
import { count, tellSpan } from './tell-time.ts'

/** What happened, to whom, how often: one sentence that a colleague understands without opening the case. */
export function headline(context: CaseContext, story: CaseStory): string {
  const host = story.hosts[0] ?? 'an unknown host'
  const acts = story.episodes.slice(0, 2).map(episode => episode.behaviour.happened.replaceAll('HOST', host))
  const ruleText = story.top?.alert.rule.description.trim().replace(/\.$/, '') ?? context.case.title
  const what = acts.length === 0 ? ruleText : capitalize(acts.join('; '))
  const where = what.includes(host) ? '' : ` on ${host}`
  const others = story.hosts.length > 1 ? ` and ${count(story.hosts.length - 1, 'other host')}` : ''
  const who = story.users[0] === undefined ? '' : ` as ${story.users[0]}`
  const from = story.sources[0] === undefined ? '' : ` from ${story.sources[0]}`
  return `${what}${where}${others}${who}${from} (${howOften(context)})`
}

function howOften(context: CaseContext): string {
  const { alertCount, firstSeenMs, lastSeenMs } = context.case
  const alerts = count(alertCount, 'alert')
  return alertCount === 1 ? alerts : `${alerts} in ${tellSpan(lastSeenMs - firstSeenMs)}`
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
