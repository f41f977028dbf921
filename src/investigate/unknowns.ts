import type { CaseContext } from '../evidence/case-context.ts'
import type { CaseStory } from './case-story.ts'

/** What the evidence does not say and an analyst would want to know. */
export function unknowns(context: CaseContext, story: CaseStory): string[] {
  const list: string[] = []
  const source = story.sources[0]
  if (story.users.length === 0) list.push('Which person was behind it: no account is named.')
  if (source !== undefined) list.push(`Who runs the machine at ${source}.`)
  if (story.episodes.some(({ signal }) => signal.pointer.endsWith('ommandLine') && signal.weight > 0)) {
    list.push('Whether the command succeeded: Wazuh saw it start, not its result.')
  }
  if (context.history.length === 0) list.push('How usual this is here: no history was at hand.')
  if (context.agents.length === 0 && story.hosts[0] !== undefined) {
    list.push(`What ${story.hosts[0]} is for and how critical it is: the inventory was not at hand.`)
  }
  return list
}
