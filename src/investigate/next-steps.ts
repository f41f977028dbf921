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
  // Several reasons to do nothing are one: the best of them, with its condition.
  const idle = steps.find(step => step !== 'Nothing.') ?? steps[0]
  const chosen = [...new Set(useful.length > 0 ? useful : idle === undefined ? [] : [idle])].slice(
    0,
    maxSteps,
  )
  if (chosen.length > 0) return chosen
  const host = story.hosts[0] ?? ''
  const elsewhere = host === '' ? '' : ` and what else ${host} reported in that hour`
  return [`Read the log line${elsewhere}: no known behaviour explains this alert.`]
}

function stepsOf({ behaviour, alert }: Episode): readonly string[] {
  const isWindows = readPointer(alert.document, '/data/win') !== undefined || alert.generation === 5
  return isWindows ? behaviour.steps : (behaviour.unixSteps ?? behaviour.steps)
}
