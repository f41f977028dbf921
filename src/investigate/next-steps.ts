import type { CaseStory } from './case-story.ts'

const maxSteps = 6

/** What to check next for these behaviours, the most telling first, each once. */
export function nextSteps(story: CaseStory): string[] {
  const host = story.hosts[0] ?? 'the host'
  const user = story.users[0] ?? 'the account'
  const steps = story.episodes.flatMap(({ behaviour }) =>
    behaviour.steps.map(step => step.replaceAll('HOST', host).replaceAll('USER', user)),
  )
  const useful = steps.filter(step => !step.startsWith('Nothing'))
  const chosen = [...new Set(useful.length > 0 ? useful : steps)].slice(0, maxSteps)
  return chosen.length > 0
    ? chosen
    : [`Open the alert on ${host} and read its log line: no known behaviour explains it.`]
}
