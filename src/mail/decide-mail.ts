import { mailShareJob } from '../domain/job-kinds.ts'
import type { MailVerdict } from '../domain/mail.ts'
import { appendEntries } from '../ledger/database-ledger.ts'
import { enqueue } from '../queue/jobs.ts'
import { decideMail } from '../store/mail-messages.ts'
import type { MailParts } from './receive-mail.ts'
import { isShared } from './share-job.ts'

/** Sets a person's verdict, with its entry in the ledger. False where there is no such mail. */
export function decideOnMail(
  { database, tenant, clock }: MailParts,
  id: string,
  decision: { readonly verdict: MailVerdict; readonly by: string; readonly reason: string },
): Promise<boolean> {
  return database.transaction(async sql => {
    const atMs = clock.now()
    if (!(await decideMail(sql, tenant, id, { ...decision, atMs }))) return false
    const body = { verdict: decision.verdict }
    if (isShared(decision.verdict))
      await enqueue(sql, tenant, [{ kind: mailShareJob, key: `${id}-${atMs}`, payload: { id } }], atMs)
    await appendEntries(
      sql,
      [{ kind: 'verdict-set', tenant, actor: `user:${decision.by}`, subject: id, body }],
      atMs,
    )
    return true
  })
}
