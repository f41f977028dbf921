import { named } from '../lib/quoted.ts'
import type { CaseStory, Episode } from './case-story.ts'

const maxSteps = 6

/** What to check next for these behaviours, the most telling first, each once. */
export function nextSteps(story: CaseStory): string[] {
  const steps = story.episodes.flatMap(episode =>
    episode.behaviour.steps.map(step => filled(step, episode, story)),
  )
  const useful = steps.filter(step => !step.startsWith('Nothing'))
  const chosen = [...new Set(useful.length > 0 ? useful : steps)].slice(0, maxSteps)
  if (chosen.length > 0) return chosen
  const host = name(story.hosts[0], 'the host')
  return [
    `Read the log line and what else ${host} reported in that hour: no known behaviour explains this alert.`,
  ]
}

/** The names that stand for places in the steps: of the alert that shows the behaviour, else of the case. */
function filled(step: string, { alert }: Episode, story: CaseStory): string {
  const entity = (type: string, role?: string) =>
    alert.entities.find(found => found.type === type && (role === undefined || found.role === role))?.value
  return step
    .replaceAll('HOST', () => name(alert.agent.name || story.hosts[0], 'the host'))
    .replaceAll('USER', () => name(story.users[0], 'the account'))
    .replaceAll('SOURCE', () => name(entity('address', 'source') ?? story.sources[0], 'the source'))
    .replaceAll('FILE', () => name(entity('file') ?? entity('process'), 'the file'))
}

function name(given: string | undefined, otherwise: string): string {
  return given === undefined ? otherwise : named(given)
}
