import { z } from 'zod'
import type { AskModel } from '../../domain/model-question.ts'
import type { Job } from '../../queue/jobs.ts'
import { findMail, setMailJudgement } from '../../store/mail-messages.ts'
import { readMail } from '../read-mail.ts'
import type { MailParts } from '../receive-mail.ts'
import { defaultBounds } from './bounded-verdict.ts'
import { type Judgement, judgeMail } from './judge-mail.ts'

const payload = z.object({ id: z.string() })

/** Handles `mail-judge`: asks the model, where there is one, and keeps what it said beside the mail. */
export async function handleMailJudgement(
  parts: MailParts,
  ask: AskModel | undefined,
  job: Job,
  signal: AbortSignal,
): Promise<void> {
  const { id } = payload.parse(job.payload)
  const row = ask && (await findMail(parts.database, job.tenant, id))
  if (ask === undefined || row === undefined) return
  const given = {
    tenant: job.tenant,
    id,
    mail: readMail(await parts.files.read(row.raw, row.sha256), []),
    report: row.report,
    bounds: defaultBounds,
  }
  const judgement: Judgement = await judgeMail(ask, given, signal)
  const verdict = judgement.kind === 'judged' ? judgement.verdict : row.verdict
  await setMailJudgement(parts.database, job.tenant, id, judgement, verdict)
}
