import type { CaseContext } from '../evidence/case-context.ts'
import { named } from '../lib/quoted.ts'
import { type CaseStory, unsettled } from './case-story.ts'

const maxUnknowns = 5

function needsPerson({ top }: CaseStory): boolean {
  return (top?.assessment.probability ?? 0) >= 0.4
}

/** What the evidence does not say and an analyst would want to know, the most telling first. */
export function unknowns(context: CaseContext, story: CaseStory): string[] {
  const [host] = story.hosts
  const [source] = story.sources
  const general = [
    // Of what explains itself, and of what comes from an address, no account is expected.
    ...(story.users.length === 0 && source === undefined && needsPerson(story)
      ? ['Which person was behind it: no account is named.']
      : []),
    ...(source === undefined ? [] : [`Who runs the machine at ${source}.`]),
    ...(context.history.length === 0 ? ['How usual this is here: no history was at hand.'] : []),
    ...(context.agents.length === 0 && context.alerts.some(alert => named(alert.agent.name) === host)
      ? [`What ${host} is for and how critical it is: the inventory was not at hand.`]
      : []),
  ]
  const { alertCount } = context.case
  const unread = alertCount - context.alerts.length
  // First of all: whoever floods a case wants what stands between to be overlooked.
  const notRead =
    unread > 0
      ? [
          `What ${unread} of the ${alertCount} alerts say in detail: only the first, the last and one of each grave kind were read.`,
        ]
      : []
  const own = unsettled(story.episodes).flatMap(({ behaviour }) => behaviour.unknown ?? [])
  return [...new Set([...notRead, ...own.slice(0, 3), ...general])].slice(0, maxUnknowns)
}
