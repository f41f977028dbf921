import { AppError } from '../lib/app-error.ts'
import type { Sql } from '../lib/database.ts'
import { recordsAsOf } from '../store/governance-records.ts'
import { frameworkOf } from './frameworks.ts'
import { keepRecord, type RecordParts } from './keep-record.ts'
import { recordKinds } from './record-kinds.ts'

// Evidence that no record here can be: an organisation says, by a named person and for a time, what it does about a control.
// It stands beside what is counted and changes no status: nobody here has checked it.

/** What an organisation says of one control. */
export interface OwnStatement {
  /** Who answers for the control; empty: as the mapping proposes. */
  readonly owner: string
  /** What is missing, in the organisation's words. */
  readonly gap: string
  /** What it does. */
  readonly statement: string
  /** Where that can be seen: a document, a ticket. */
  readonly reference: string
  /** Who says so. */
  readonly by: string
  /** ISO 8601. */
  readonly at: string
  /** The last day on which it holds; empty where nothing is stated. */
  readonly expires: string
  /** Whether it still held when the period ended. */
  readonly in_force: boolean
  readonly version: number
}

const dayMs = 86_400_000
/** Longer than a year nobody should rely on it without looking again. */
const longestDays = 366

const idOf = (framework: string, control: string) => `statement:${framework}:${control}`

/**
 * Keeps what the organisation says of one control: the next version of it, the older ones stay. Throws `bad-request` for a
 * control that is none, a date that is past or further than a year; `conflict` where somebody was quicker.
 */
export async function keepStatement(
  parts: RecordParts,
  tenant: string,
  about: { readonly framework: string; readonly control: string; readonly before: number },
  content: Readonly<Record<'owner' | 'gap' | 'statement' | 'reference' | 'expires', string>>,
  by: string,
): Promise<void> {
  const { framework, control, before } = about
  if (!frameworkOf(framework)?.controls.some(({ id }) => id === control))
    throw new AppError('bad-request', `${framework} has no control '${control}'`)
  const ends = content.expires === '' ? undefined : Date.parse(content.expires) + dayMs
  const nowMs = parts.clock.now()
  if (ends !== undefined && !(ends > nowMs && ends <= nowMs + (longestDays + 1) * dayMs))
    throw new AppError('bad-request', 'expires: a day from today on, within a year')
  const record = { kind: 'statement', id: idOf(framework, control), before } as const
  await keepRecord(parts, tenant, { ...record, content: { ...content, framework, control } }, by)
}

/** What an organisation said of the controls of a framework before the end of a period, by the control's id. */
export async function readStatements(
  sql: Sql,
  tenant: string,
  framework: string,
  toMs: number,
): Promise<ReadonlyMap<string, OwnStatement>> {
  const rows = await recordsAsOf(sql, tenant, 'statement', toMs)
  return new Map(
    rows.flatMap(({ content, version, byId, byName, atMs }) => {
      const { framework: of, control, ...said } = recordKinds.statement.parse(content)
      const ends = said.expires === '' ? 0 : Date.parse(said.expires) + dayMs
      const at = new Date(atMs).toISOString()
      const own = { ...said, by: byName ?? byId, at, in_force: ends >= toMs, version }
      return of === framework ? [[control, own] as const] : []
    }),
  )
}

/** For people: what is stated, by whom, and that nobody here has checked it. */
export function statementLines(own: OwnStatement | null): string[] {
  if (own === null) return []
  const { statement, reference, by, at, expires } = own
  const held = own.in_force ? `holds until ${expires}` : `EXPIRED on ${expires}`
  const where = reference === '' ? '' : ` See: ${reference}.`
  return [
    ...(statement === ''
      ? []
      : [`Stated by ${by} on ${at.slice(0, 10)}, ${held}, not checked by Tocsin: ${statement}${where}`]),
    ...(own.gap === '' ? [] : [`Gap named by ${by} on ${at.slice(0, 10)}: ${own.gap}`]),
  ]
}
