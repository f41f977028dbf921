import type { Inventory } from '../../domain/inventory.ts'
import type { DecidedCase } from '../../store/closed-cases.ts'
import { redactForReuse } from '../redact-for-reuse.ts'

export interface RunbookSubject {
  readonly ruleId: string
  readonly description: string
}

const mostSteps = 8
const mostWords = 10
const verdictWords: Readonly<Record<string, string>> = {
  true_positive: 'attacks',
  benign_true_positive: 'real, but allowed',
  false_positive: 'false positives',
}

/**
 * A runbook of a rule out of the cases that people decided about it, by code alone: what it turned out to be and how often, what
 * was looked at, what was done, and what people wrote, in their words without names. Throws `runbook-leak` where the scan finds
 * anything known in it.
 */
export function draftRunbook(
  subject: RunbookSubject,
  cases: readonly DecidedCase[],
  inventory: Inventory,
): string {
  const { clean, refuseLeak } = redactForReuse(inventory, `runbook ${subject.ruleId}`, [])
  const verdicts = countOf(cases.map(({ verdict }) => verdict))
  const steps = countOf(cases.flatMap(({ nextSteps }) => [...new Set(nextSteps.map(clean))]))
  const actions = countOf(cases.flatMap(each => [...new Set(each.actions)]))
  const techniques = countOf(cases.flatMap(each => [...new Set(each.techniques)]))
  const words = unique(
    cases.flatMap(({ verdict, reason, notes }) => told(verdict, [reason, ...notes]).map(clean)),
  )
  const text = [
    `# Rule ${subject.ruleId}: ${clean(subject.description)}`,
    `Drafted from ${cases.length} decided cases. Read it, change it, and it is yours.`,
    section(
      'What it turned out to be',
      verdicts.map(([verdict, count]) => `${count} of ${cases.length}: ${verdictWords[verdict] ?? verdict}`),
    ),
    section(
      'Look at',
      steps.slice(0, mostSteps).map(([step]) => step),
    ),
    section(
      'What was done',
      actions.map(([action, count]) => `${action.replaceAll('-', ' ')} (in ${count} cases; takes approval)`),
    ),
    section(
      'ATT&CK',
      techniques.slice(0, mostSteps).map(([id]) => id),
    ),
    section('What people wrote', words.slice(0, mostWords)),
    section('Escalate', [
      'Where a case fits none of the above, or the host or account is one that matters: to the SOC lead, with the evidence.',
    ]),
  ]
    .filter(part => part !== '')
    .join('\n\n')
  refuseLeak(text, 'runbook-leak', `the runbook of rule ${subject.ruleId}`)
  return text
}

/** What a trainee is given, and what is kept from them until they have answered. */
export interface ExerciseDraft {
  readonly task: string
  readonly answer: string
}

/** One alert of a case as an exercise tells it. */
export interface ExerciseStep {
  readonly atMs: number
  readonly description: string
  readonly level: number
  readonly count: number
}

/**
 * A training exercise out of one decided case: its alerts in their order, at relative times and without names, the questions, and
 * the answer that people gave. Throws `runbook-leak` like a runbook.
 */
export function draftExercise(
  one: DecidedCase,
  timeline: readonly ExerciseStep[],
  inventory: Inventory,
): ExerciseDraft {
  const { clean, refuseLeak } = redactForReuse(inventory, `exercise ${one.id}`, [])
  const startMs = timeline[0]?.atMs ?? 0
  const injects = timeline.map(({ atMs, description, level, count }, index) => {
    const minutes = Math.round((atMs - startMs) / 60_000)
    return `${index + 1}. +${minutes} min, level ${level}${count > 1 ? `, ${count} times` : ''}: ${clean(description)}`
  })
  const task = [
    '# Exercise: what is this?',
    'You have the queue. These alerts come in on one case:',
    injects.join('\n'),
    section('Questions', [
      'What happened, in two sentences? Which alert says so?',
      'Attack, allowed, or false positive? How sure are you, and what would change your mind?',
      'Which ATT&CK technique is it, if any?',
      'What do you look at next, and what do you propose to do? Who has to agree?',
    ]),
  ].join('\n\n')
  const answer = [
    `People decided: ${one.verdict.replaceAll('_', ' ')}.`,
    one.reason === '' ? '' : `Their reason: ${clean(one.reason)}`,
    one.techniques.length === 0 ? '' : `Techniques: ${one.techniques.join(', ')}.`,
    one.actions.length === 0 ? 'Nothing was done on the host.' : `Done: ${one.actions.join(', ')}.`,
    section('They looked at', one.nextSteps.map(clean).slice(0, mostSteps)),
  ]
    .filter(part => part !== '')
    .join('\n\n')
  refuseLeak(`${task}\n${answer}`, 'runbook-leak', 'the exercise')
  return { task, answer }
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `## ${title}\n\n${lines.map(line => `- ${line}`).join('\n')}`
}

function told(verdict: string, texts: readonly string[]): string[] {
  return texts
    .map(text => text.trim().replaceAll(/\s+/g, ' ').slice(0, 300))
    .filter(text => text !== '')
    .map(text => `${verdictWords[verdict] ?? verdict}: ${text}`)
}

const unique = (texts: readonly string[]) => [...new Set(texts)]

/** Most frequent first, equal ones by name. */
function countOf(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
}
