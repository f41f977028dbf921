import { z } from 'zod'
import { emptyInventory } from '../../domain/inventory.ts'
import { type LessonContent, type LessonState, lessonScopes, lessonSources } from '../../domain/lesson.ts'
import { includesRole, type Role } from '../../domain/role.ts'
import { verdicts } from '../../domain/verdict.ts'
import { lessonEvidence } from '../../evidence/lesson.ts'
import { appendEntries } from '../../ledger/database-ledger.ts'
import { AppError } from '../../lib/app-error.ts'
import { digestOf } from '../../lib/canonical-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database, Sql } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { redact, redactionRules } from '../../redact/redact.ts'
import { Vault } from '../../redact/vault.ts'
import { findCase } from '../../store/case-read.ts'
import {
  decideLesson,
  findLesson,
  insertLesson,
  type LessonRow,
  lessonsBeside,
  type ScopeReach,
  scopeReach,
  standsInAlert,
} from '../../store/lessons.ts'
import { checkLesson, type LessonFinding } from './check-lesson.ts'

export interface LessonParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
}

/** Who acts. */
export interface LessonPerson {
  readonly id: string
  readonly displayName: string
  readonly role: Role
}

export const lessonContent = z
  .strictObject({
    source: z.enum(lessonSources),
    caseId: z.string().max(200).nullable(),
    scope: z.enum(lessonScopes),
    scopeValue: z.string().trim().max(500),
    text: z.string().trim().min(10, 'say it in a sentence').max(600),
    verdict: z.enum(verdicts).nullable(),
    days: z.int().min(1).max(365),
  })
  .refine(content => (content.scope === 'everywhere') === (content.scopeValue === ''), {
    path: ['scopeValue'],
    message: 'name the rule, host, technique or title that it is about; nothing for every case',
  })

const dayMs = 86_400_000
const reachDays = 90
/** Pieces of a lesson that are looked for in alerts: long enough that nobody writes them again by chance. */
const pieceLength = 48

/** What a lesson would do, to be looked at before it is saved. */
export interface LessonPreview {
  readonly findings: readonly LessonFinding[]
  /** Exactly as later investigations tell it. */
  readonly told: string
  readonly reach: ScopeReach
  readonly state: 'refused' | 'waiting' | 'active'
  /** Hand it back to save: it stands for what was seen. */
  readonly digest: string
}

/** Looks at a lesson and says what it would do; saves nothing. Throws `not-found` for a case that is not there. */
export async function previewLesson(
  parts: LessonParts,
  tenant: string,
  content: LessonContent,
  person: LessonPerson,
): Promise<LessonPreview> {
  const nowMs = parts.clock.now()
  const around = await surroundings(parts.database, tenant, content, person, nowMs)
  const findings = checkLesson(content, around)
  const state = findings.some(({ kind }) => kind === 'refused')
    ? 'refused'
    : findings.some(({ kind }) => kind === 'second-person')
      ? 'waiting'
      : 'active'
  const fact = {
    ...content,
    id: 'new',
    by: person.displayName,
    createdMs: nowMs,
    expiresMs: nowMs + content.days * dayMs,
  }
  return {
    findings,
    told: lessonEvidence(fact).quote,
    reach: around.reach,
    state,
    // Not over the counts, which change with every alert.
    digest: digestOf({ content, state, kinds: findings.map(({ kind }) => kind) }),
  }
}

/**
 * Saves a lesson that was previewed: in force at once, or waiting for a second person. Throws `conflict` where what was
 * seen no longer holds, `bad-request` for one that the checks refuse.
 */
export async function saveLesson(
  parts: LessonParts,
  tenant: string,
  content: LessonContent,
  seen: string,
  person: LessonPerson,
): Promise<{ readonly id: string; readonly state: LessonState }> {
  const preview = await previewLesson(parts, tenant, content, person)
  if (preview.state === 'refused')
    throw new AppError(
      'bad-request',
      preview.findings.flatMap(each => (each.kind === 'refused' ? each.text : [])).join('; '),
    )
  if (preview.digest !== seen)
    throw new AppError(
      'conflict',
      'what the lesson would do has changed: look at it again before you save it',
    )
  const id = parts.ids.next('lesson')
  const nowMs = parts.clock.now()
  const { days, ...kept } = content
  const row: LessonRow = {
    ...kept,
    id,
    state: preview.state,
    findings: preview.findings,
    createdBy: person.id,
    createdMs: nowMs,
    decidedBy: null,
    decidedMs: null,
    reason: '',
    expiresMs: nowMs + days * dayMs,
  }
  await parts.database.transaction(async sql => {
    await insertLesson(sql, tenant, row)
    await note(sql, tenant, row, null, preview.state, person.id, '', nowMs)
  })
  return { id, state: preview.state }
}

/**
 * A second person lets a waiting lesson be told, or refuses it; whoever taught it, or an approver, revokes one: it is not
 * told from then on. Throws `forbidden` for one's own lesson, `conflict` for one that has moved on.
 */
export async function decideOnLesson(
  parts: LessonParts,
  tenant: string,
  id: string,
  decision: { readonly to: 'active' | 'refused' | 'revoked'; readonly reason: string },
  person: LessonPerson,
): Promise<void> {
  const nowMs = parts.clock.now()
  await parts.database.transaction(async sql => {
    const row = await findLesson(sql, tenant, id)
    if (row === undefined) throw new AppError('not-found', `there is no lesson ${id}`)
    const { to, reason } = decision
    const from = to === 'revoked' ? 'active' : 'waiting'
    const mayDecide = includesRole(person.role, 'approver')
    if (to === 'active' && (row.createdBy === person.id || !mayDecide))
      throw new AppError('forbidden', 'a lesson that reaches far takes a second person who may approve')
    if (to !== 'active' && row.createdBy !== person.id && !mayDecide)
      throw new AppError('forbidden', 'only who taught it, or an approver, takes a lesson back')
    if (to === 'active' && row.expiresMs <= nowMs) throw new AppError('conflict', 'it has expired meanwhile')
    if (!(await decideLesson(sql, tenant, id, { from, to, by: person.id, reason }, nowMs)))
      throw new AppError('conflict', `the lesson is ${row.state}: read it again`)
    await note(sql, tenant, row, row.state, to, person.id, reason, nowMs)
  })
}

async function note(
  sql: Sql,
  tenant: string,
  { id, scope, scopeValue, text, verdict }: LessonRow,
  from: LessonState | null,
  to: LessonState,
  by: string,
  reason: string,
  nowMs: number,
): Promise<void> {
  // The digest, not the words: they may name people, and the ledger is kept for good.
  const body = { setting: 'lesson', from, to, reason, digest: digestOf({ scope, scopeValue, text, verdict }) }
  await appendEntries(sql, [{ kind: 'config-change', tenant, actor: `user:${by}`, subject: id, body }], nowMs)
}

async function surroundings(
  sql: Sql,
  tenant: string,
  content: LessonContent,
  person: LessonPerson,
  nowMs: number,
) {
  const { caseId, text } = content
  if (caseId !== null && (await findCase(sql, tenant, caseId)) === undefined)
    throw new AppError('not-found', `there is no case ${caseId}`)
  const beside = { ...content, by: person.id, sinceMs: nowMs - dayMs, nowMs }
  const [reach, { verdicts: besides, byPerson }, copied] = await Promise.all([
    scopeReach(sql, tenant, content, nowMs - reachDays * dayMs),
    lessonsBeside(sql, tenant, beside),
    caseId === null ? false : standsInAlert(sql, tenant, caseId, piecesOf(text)),
  ])
  const { replacements } = redact(text, new Vault(tenant, 'lesson'), redactionRules(emptyInventory))
  const secrets = [...new Set(replacements.map(each => each.class).filter(each => each.startsWith('secret')))]
  return { reach, besides, byPersonToday: byPerson, copied, secrets }
}

/** Overlapping pieces: a copied run of twice the length holds one of them whole. */
function piecesOf(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1) // As it stands in an alert's JSON.
  const count = Math.max(0, Math.floor((escaped.length - pieceLength) / (pieceLength / 2)) + 1)
  return Array.from({ length: count }, (_, i) =>
    escaped.slice((i * pieceLength) / 2, (i * pieceLength) / 2 + pieceLength),
  )
}
