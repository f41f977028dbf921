import { emptyMailOrganisation } from '../../domain/mail.ts'
import type { AskModel } from '../../domain/model-question.ts'
import type { Solver } from '../../evaluation/run-suite.ts'
import { AppError } from '../../lib/app-error.ts'
import { mailAnalyser } from '../../mail/analyse-mail.ts'
import { defaultBounds } from '../../mail/judgement/bounded-verdict.ts'
import { judgeMail } from '../../mail/judgement/judge-mail.ts'
import { readMail } from '../../mail/read-mail.ts'

/** The verdict of code alone. */
export function mailSolverByCode(): Solver {
  const analyse = mailAnalyser(emptyMailOrganisation)
  return {
    deterministic: true,
    solve: async input => analyse(mailIn(input), 'item', 0).verdict,
  }
}

/** What a model itself says of a mail, asked as the product asks it; what that may change afterwards is not measured. */
export function mailSolverByModel(ask: AskModel): Solver {
  const analyse = mailAnalyser(emptyMailOrganisation)
  return {
    deterministic: false,
    async solve(input, signal) {
      const bytes = mailIn(input)
      const judgement = await judgeMail(
        ask,
        {
          tenant: 'default',
          id: 'evaluation',
          mail: readMail(bytes, []),
          report: analyse(bytes, 'item', 0),
          bounds: defaultBounds,
        },
        signal,
      )
      if (judgement.kind !== 'judged') throw new AppError('no-answer', judgement.reason)
      return judgement.opinion
    },
  }
}

/** A mail as text, or, byte for byte, as `{base64}`. */
function mailIn(input: unknown): Buffer {
  if (typeof input === 'object' && input !== null && 'base64' in input)
    return Buffer.from(String(input.base64), 'base64')
  return Buffer.from(String(input))
}
