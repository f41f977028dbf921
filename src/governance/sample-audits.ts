import { createHash } from 'node:crypto'
import { appendEntries, openDatabaseLedger } from '../ledger/database-ledger.ts'
import { AppError } from '../lib/app-error.ts'
import { digestOf } from '../lib/canonical-json.ts'
import {
  type AuditResult,
  type DrawableBrief,
  drawableBriefs,
  findAudit,
  insertAudits,
  judgeAudit,
} from '../store/output-audits.ts'
import type { RecordParts } from './keep-record.ts'

const dayMs = 86_400_000

/** Who is drawn first, second, … : by a digest of seed and id, so that whoever has both can draw again. */
export function drawSample(briefs: readonly DrawableBrief[], seed: string, count: number): DrawableBrief[] {
  const place = ({ briefId }: DrawableBrief) =>
    createHash('sha256').update(`${seed} ${briefId}`).digest('hex')
  return briefs
    .map(brief => ({ brief, at: place(brief) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .slice(0, count)
    .map(({ brief }) => brief)
}

/**
 * Draws briefs of models from the last `days` for people to judge; returns how many. The seed is the ledger's newest hash,
 * which nobody can choose; seed and list are in the ledger.
 */
export async function drawAudits(
  parts: RecordParts,
  tenant: string,
  draw: { readonly days: number; readonly count: number; readonly by: string },
): Promise<number> {
  const { database, clock, ids } = parts
  const nowMs = clock.now()
  const head = await openDatabaseLedger(database, clock).last()
  const seed = head?.hash ?? '0'.repeat(64)
  return database.transaction(async sql => {
    const briefs = await drawableBriefs(sql, tenant, { fromMs: nowMs - draw.days * dayMs, toMs: nowMs + 1 })
    const drawn = drawSample(briefs, seed, draw.count)
    const audits = drawn.map(brief => ({
      ...brief,
      id: ids.next('audit'),
      drawnBy: draw.by,
      drawnMs: nowMs,
      seed,
      result: null,
      findings: null,
      judgedBy: null,
      judgedMs: null,
    }))
    if (audits.length === 0) return 0
    await insertAudits(sql, tenant, audits)
    const body = {
      setting: 'output-audit',
      step: 'drawn',
      seed,
      of: briefs.length,
      briefs: drawn.map(({ briefId }) => briefId),
    }
    await appendEntries(
      sql,
      [{ kind: 'config-change', tenant, actor: `user:${draw.by}`, subject: 'output-audit', body }],
      nowMs,
    )
    return audits.length
  })
}

/**
 * Records what a person found. Throws `forbidden` for somebody who decided on the case or reviewed the brief, `conflict` where
 * it has been judged.
 */
export async function judgeOutput(
  parts: RecordParts,
  tenant: string,
  id: string,
  judgement: { readonly result: AuditResult; readonly findings: string; readonly by: string },
): Promise<void> {
  const nowMs = parts.clock.now()
  await parts.database.transaction(async sql => {
    const audit = await findAudit(sql, tenant, id)
    if (audit === undefined) throw new AppError('not-found', `there is no audit ${id}`)
    if (audit.result !== null) throw new AppError('conflict', 'somebody has judged it already')
    if (audit.involved.includes(judgement.by))
      throw new AppError(
        'forbidden',
        'you decided on this case: somebody else judges what the model said about it',
      )
    await judgeAudit(sql, tenant, id, judgement, nowMs)
    const body = {
      setting: 'output-audit',
      step: 'judged',
      result: judgement.result,
      findings: digestOf(judgement.findings),
    }
    await appendEntries(
      sql,
      [{ kind: 'config-change', tenant, actor: `user:${judgement.by}`, subject: id, body }],
      nowMs,
    )
  })
}
