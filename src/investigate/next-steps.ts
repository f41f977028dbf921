import { readPointer } from '../lib/json-pointer.ts'
import { type CaseStory, type Episode, unsettled } from './case-story.ts'
import { filledStep } from './fill-words.ts'

const maxSteps = 6

/** What to check next for these behaviours, the most telling first, each once. */
export function nextSteps(story: CaseStory): string[] {
  const steps = unsettled(story.episodes).flatMap(episode =>
    stepsOf(episode).map(step => filledStep(step, episode, story)),
  )
  const useful = steps.filter(step => !step.startsWith('Nothing'))
  const chosen = [...new Set(useful.length > 0 ? useful : steps)].slice(0, maxSteps)
  if (chosen.length > 0) return chosen
  const host = story.hosts[0] ?? 'the host'
  return [
    `Read the log line and what else ${host} reported in that hour: no known behaviour explains this alert.`,
  ]
}

function stepsOf({ behaviour, alert }: Episode): readonly string[] {
  const isWindows = readPointer(alert.document, '/data/win') !== undefined || alert.generation === 5
  return isWindows ? behaviour.steps : (behaviour.unixSteps ?? behaviour.steps)
}
