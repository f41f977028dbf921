import { z } from 'zod'
import type { AskModel } from '../../domain/model-question.ts'
import type { Solver } from '../../evaluation/run-suite.ts'
import { AppError } from '../../lib/app-error.ts'
import { draftRule } from '../../rule-drafts/draft-rule.ts'
import { measureInWorker } from '../../rule-drafts/measure-draft.ts'

const inputSchema = z.object({ request: z.string(), samples: z.array(z.unknown()).max(10) })
const rounds = 2
const budgetMs = 20_000

/** Drafts a Sigma rule as the product does: the model proposes, code runs it on the samples and says what was wrong. */
export function ruleSolver(ask: AskModel): Solver {
  return {
    deterministic: false,
    async solve(input, signal) {
      const { request, samples } = inputSchema.parse(input)
      const logs = samples.map(sample => JSON.stringify(sample))
      const outcome = await draftRule(
        {
          kind: 'sigma',
          tenant: 'default',
          draftId: 'evaluation',
          request,
          samples: logs,
          surroundings: [],
          material: [],
          zones: null,
        },
        logs.map(log => ({ log, fires: true })),
        {
          ask,
          complete: text => text,
          measure: (text, cases) =>
            measureInWorker(
              {
                kind: 'sigma',
                text,
                fileName: 'evaluation.yml',
                origin: 'model',
                cases,
                base: { decoders: [], rules: [], lists: [] },
                takenIds: [],
                past: [],
                samples: [],
                deep: false,
                budgetMs,
              },
              signal,
            ),
        },
        rounds,
        signal,
      )
      if (outcome.kind === 'drafted') return outcome.text
      if (outcome.kind === 'no-sound-draft')
        throw new AppError('no-answer', outcome.findings[0]?.message ?? 'no draft could be run')
      throw new AppError('no-answer', outcome.reason)
    },
  }
}
