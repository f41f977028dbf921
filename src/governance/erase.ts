import { appendEntries } from '../ledger/database-ledger.ts'
import { eraseDataKeys } from '../ledger/stored-data-keys.ts'
import { AppError } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database, Sql } from '../lib/database.ts'
import {
  casesNaming,
  chatsNaming,
  conversationsOf,
  type DeletedRows,
  deleteCases,
  deleteChats,
  deleteMails,
  lockCases,
  mailsNaming,
  mergedInto,
  whyKept,
} from '../store/delete-cases.ts'
import { takeGroupingTurn } from '../store/grouping-state.ts'
import { eraseVaultRows } from '../store/vaults.ts'

export interface ErasureParts {
  readonly database: Database
  readonly clock: Clock
  /** The keyed digest under which a case's vault lies. */
  readonly vaultScope: (tenant: string, caseId: string) => string
  /** A keyed digest: what was erased must be provable without being kept. */
  readonly digest: (value: string) => string
}

export interface Erased {
  readonly cases: number
  readonly rows: DeletedRows
  /** Cases that were left, with the reason. */
  readonly kept: readonly { readonly id: string; readonly why: 'legal-hold' | 'action-in-motion' }[]
}

interface CaseErasure {
  readonly tenant: string
  readonly caseIds: readonly string[]
  /** `user:alice`, `job:retention`. */
  readonly actor: string
  readonly reason: string
  /**
   * Closed, and without an alert for long: nothing is added to them, so those who take alerts in wait for the end of the
   * transaction only, and not while much is deleted. If something is added all the same, PostgreSQL ends one of the two, which
   * is tried again.
   */
  readonly atRest?: boolean
  /** Anything more to delete and record in the same transaction. */
  readonly also?: (sql: Sql) => Promise<Readonly<Record<string, number | string>>>
}

/**
 * Deletes cases with everything under them, destroys the keys of what the ledger keeps about them sealed, and the map
 * of their placeholders. The ledger's entries stay: their chain holds, their content can be read by nobody. Cases
 * under legal hold, and those with an action in motion, are left.
 */
export async function eraseCases(parts: ErasureParts, erasure: CaseErasure): Promise<Erased> {
  const { tenant, actor, reason, atRest = false } = erasure
  return parts.database.transaction(async sql => {
    // Every process forgets what it remembers of these cases before it groups another alert.
    if (!atRest) await takeGroupingTurn(sql, tenant)
    const kept = await whyKept(sql, tenant, erasure.caseIds)
    const free = erasure.caseIds.filter(id => kept.every(each => each.id !== id))
    const going = await lockCases(sql, tenant, free)
    const merged = await mergedInto(sql, tenant, going)
    const all = [...new Set([...going, ...merged])]
    const conversations = await conversationsOf(sql, tenant, all)
    const rows = await deleteCases(sql, tenant, going, merged)
    await eraseScopes(parts, sql, tenant, [...all, ...conversations.flatMap(scopesOfConversation)])
    const more = (await erasure.also?.(sql)) ?? {}
    if (atRest && all.length > 0) await takeGroupingTurn(sql, tenant)
    if (all.length > 0 || Object.keys(more).length > 0) {
      const body = { reason, cases: all, rows, ...more }
      const subject = all.length === 1 ? (all[0] ?? '') : 'erasure'
      await appendEntries(sql, [{ kind: 'key-erased', tenant, actor, subject, body }], parts.clock.now())
    }
    return { cases: all.length, rows, kept }
  })
}

/** The scopes in which a chat or a run of a playbook asks models: see `chat/turn/plan-question.ts`. */
const scopesOfConversation = (id: string) => [id, `${id}.plan`]

/** After this nobody can read what the ledger keeps sealed under these scopes, nor whom their placeholders stand for. */
async function eraseScopes(
  parts: ErasureParts,
  sql: Sql,
  tenant: string,
  scopes: readonly string[],
): Promise<void> {
  const vaults = scopes.map(scope => parts.vaultScope(tenant, scope))
  await eraseVaultRows(sql, tenant, vaults)
  await eraseDataKeys(sql, tenant, scopes)
}

/** Deletes chats with their attachments, and what makes readable what models were asked in them. */
export async function eraseChats(
  parts: ErasureParts,
  sql: Sql,
  tenant: string,
  ids: readonly string[],
): Promise<number> {
  await eraseScopes(parts, sql, tenant, ids.flatMap(scopesOfConversation))
  return deleteChats(sql, tenant, ids)
}

/** Whom an erasure is about: an entity as cases name it. */
export interface Subject {
  readonly type: string
  readonly value: string
}

export interface ErasurePreview {
  readonly cases: readonly {
    readonly id: string
    readonly title: string
    readonly status: string
    readonly kept: 'legal-hold' | 'action-in-motion' | null
  }[]
  readonly mails: number
  /** Chats in which it is named. */
  readonly chats: number
}

/** What naming this person, host or address would delete. Deletes nothing. */
export async function previewErasure(
  database: Database,
  tenant: string,
  subject: Subject,
): Promise<ErasurePreview> {
  const cases = await casesNaming(database, tenant, subject)
  const kept = await whyKept(
    database,
    tenant,
    cases.map(({ id }) => id),
  )
  const mails = await mailsOf(database, tenant, subject)
  const chats = await chatsNaming(database, tenant, subject.value)
  return {
    cases: cases.map(each => ({ ...each, kept: kept.find(({ id }) => id === each.id)?.why ?? null })),
    mails: mails.length,
    chats: chats.length,
  }
}

/**
 * Erases every case that names a person, every mail with their address, and every chat in which they are named. Throws `conflict` where the preview that was
 * agreed to counted other cases: what nobody has seen is not deleted.
 */
export async function eraseSubject(
  parts: ErasureParts,
  request: {
    readonly tenant: string
    readonly subject: Subject
    readonly actor: string
    readonly reason: string
    readonly agreedCases: number
  },
): Promise<Erased & { readonly mails: number; readonly chats: number }> {
  const { tenant, subject, actor, reason } = request
  const cases = await casesNaming(parts.database, tenant, subject)
  if (cases.length !== request.agreedCases)
    throw new AppError(
      'conflict',
      `${cases.length} cases name ${subject.value} now, and ${request.agreedCases} were agreed to: look again`,
    )
  let mails = 0
  let chats = 0
  const erased = await eraseCases(parts, {
    tenant,
    caseIds: cases.map(({ id }) => id),
    actor,
    reason,
    also: async sql => {
      mails = await deleteMails(sql, tenant, await mailsOf(sql, tenant, subject))
      chats = await eraseChats(parts, sql, tenant, await chatsNaming(sql, tenant, subject.value))
      return {
        mails,
        chats,
        subject_type: subject.type,
        subject_digest: parts.digest(`${subject.type}:${subject.value}`),
      }
    },
  })
  return { ...erased, mails, chats }
}

const mailsOf = (sql: Sql, tenant: string, { value }: Subject) =>
  value.includes('@') ? mailsNaming(sql, tenant, value) : Promise.resolve([])
