import { messageOf } from '../lib/app-error.ts'
import { seededRandom } from '../lib/seeded-random.ts'
import { bootstrapInterval, mean } from '../lib/statistics.ts'
import { score } from './score.ts'
import { type EvaluationItem, type EvaluationTask, evaluationTasks } from './suite-items.ts'

/** Answers one input. `deterministic`: by code, the same every time. Throws where it cannot. */
export interface Solver {
  readonly deterministic: boolean
  readonly solve: (input: unknown, signal: AbortSignal) => Promise<unknown>
}

export interface EvaluationResult {
  readonly id: string
  readonly task: EvaluationTask
  readonly output: unknown
  readonly score: number
  readonly deterministic: boolean
  /** What was expected, where that is one of a few classes: each has a mean of its own. */
  readonly class?: string
  /** Why there is no output: it counts as wrong. */
  readonly error?: string
}

/** What a run comes to. Scores of answers by code are told apart from those of live models. */
export interface EvaluationSummary {
  readonly suite: string
  readonly n: number
  readonly metrics: Readonly<Record<string, number>>
  readonly ci95: Readonly<Record<string, readonly [number, number]>>
  readonly seed: number
  readonly versions: Readonly<Record<string, string>>
}

/** Runs every item; an item whose solver fails scores 0 and says why. */
export async function* runSuite(
  items: readonly EvaluationItem[],
  solvers: Partial<Record<EvaluationTask, Solver>>,
  signal: AbortSignal,
): AsyncGenerator<EvaluationResult> {
  for (const { id, task, input, expected } of items) {
    signal.throwIfAborted()
    const solver = solvers[task]
    const deterministic = solver?.deterministic ?? false
    const named = classOf(task, expected)
    const base = { id, task, deterministic, ...(named === undefined ? {} : { class: named }) }
    if (solver === undefined) {
      yield { ...base, output: null, score: 0, error: `'${task}' takes a model: name one with --model` }
      continue
    }
    try {
      const output = await solver.solve(input, signal)
      yield { ...base, output, score: score(task, output, expected) }
    } catch (error) {
      if (signal.aborted) throw error
      yield { ...base, output: null, score: 0, error: messageOf(error) }
    }
  }
}

/** Means over all items, by task, and by who answered, each with its interval. */
export function summarise(
  suite: string,
  results: readonly EvaluationResult[],
  seed: number,
  versions: Readonly<Record<string, string>>,
): EvaluationSummary {
  const random = seededRandom(seed)
  const groups: Record<string, readonly EvaluationResult[]> = { score: results }
  for (const task of evaluationTasks) groups[`score_${task}`] = results.filter(result => result.task === task)
  groups.score_deterministic = results.filter(result => result.deterministic)
  groups.score_model = results.filter(result => !result.deterministic)
  const metrics: Record<string, number> = {
    errors: results.filter(result => result.error !== undefined).length,
  }
  const ci95: Record<string, readonly [number, number]> = {}
  for (const [name, members] of Object.entries(groups)) {
    if (members.length === 0) continue
    const scores = members.map(result => result.score)
    metrics[name] = mean(scores)
    ci95[name] = bootstrapInterval(scores, random)
  }
  for (const task of evaluationTasks) {
    const live = results.filter(result => result.task === task && !result.deterministic)
    if (live.length > 0) metrics[`live_${task}`] = mean(live.map(result => result.score))
  }
  // A good mean hides a class that is always wrong: each is told by itself, and gates hold each against the least score.
  const classed = Map.groupBy(
    results.filter(result => result.class !== undefined),
    result => `${result.deterministic ? 'class' : 'live'}_${result.task}/${result.class}`,
  )
  for (const [name, members] of classed) metrics[name] = mean(members.map(result => result.score))
  return { suite, n: results.length, metrics, ci95, seed, versions }
}

/** Classes of the tasks that sort things into a few. */
function classOf(task: EvaluationTask, expected: unknown): string | undefined {
  if (task !== 'triage' && task !== 'mail') return undefined
  return String(expected).toLowerCase()
}
