import { z } from 'zod'
import { compileDetection } from '../sigma/detection.ts'
import { SigmaEngine } from '../sigma/sigma-engine.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'

const expectedSchema = z.object({ fires: z.array(z.unknown()), silent: z.array(z.unknown()) })

/**
 * Runs a drafted Sigma rule on events that its author never saw: the lesser of the share of attacks that it sees and the share
 * of ordinary events on which it is silent, so that a rule that fires on everything, or on nothing, is worth nothing. 0 for one
 * that does not compile.
 */
export function scoreRule(output: unknown, expected: unknown): number {
  const cases = expectedSchema.safeParse(expected)
  if (!cases.success || typeof output !== 'string') return 0
  try {
    const documents = parseSigma(output)
    const rules = documents.flatMap(({ content }) => (content === undefined ? [] : [content]))
    const broken = rules.some(rule => rule.kind === 'rule' && compileDetection(rule).problems.length > 0)
    if (rules.length === 0 || broken) return 0
    const hits = (event: unknown) => new SigmaEngine(documents).evaluate(event).some(({ match }) => match)
    const { fires, silent } = cases.data
    const seen = fires.filter(hits).length / Math.max(1, fires.length)
    const quiet = silent.filter(event => !hits(event)).length / Math.max(1, silent.length)
    return Math.min(seen, quiet)
  } catch {
    return 0 // A rule that breaks the engine is a bad rule.
  }
}
