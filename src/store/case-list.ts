import { type CaseStatus, caseStatuses } from '../domain/case.ts'
import { type Severity, severities, type Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'
import { type CaseRow, selectCases } from './case-row.ts'

export interface CaseFilter {
  readonly status?: readonly CaseStatus[] | undefined
  readonly severity?: readonly Severity[] | undefined
  readonly verdict?: readonly (Verdict | 'none')[] | undefined
  readonly proposedVerdict?: readonly Verdict[] | undefined
  /** A user's id, or `none`. */
  readonly assignee?: string | undefined
  readonly host?: string | undefined
  readonly user?: string | undefined
  /** Matches sub-techniques too. */
  readonly technique?: string | undefined
  readonly text?: string | undefined
  readonly fromMs?: number | undefined
  readonly toMs?: number | undefined
}

export type CaseSort = 'priority' | 'newest' | 'oldest' | 'due' | 'alerts'

/** Where the last page ended: the values of the sort's columns. */
export type CasePosition = readonly (string | number)[]

interface SortOrder {
  readonly columns: readonly string[]
  readonly direction: 'asc' | 'desc'
  readonly positionOf: (row: CaseRow) => CasePosition
}

// All columns of a sort go in one direction, so that a row comparison can carry on from any row (keyset paging: page
// 1,000 costs what page 1 costs, and rows that arrive meanwhile shift nothing).
const sorts: Record<CaseSort, SortOrder> = {
  priority: {
    columns: ['severity', 'last_seen_ms', 'id'],
    direction: 'desc',
    positionOf: row => [row.severity, row.lastSeenMs, row.id],
  },
  newest: { columns: ['last_seen_ms', 'id'], direction: 'desc', positionOf: row => [row.lastSeenMs, row.id] },
  oldest: { columns: ['last_seen_ms', 'id'], direction: 'asc', positionOf: row => [row.lastSeenMs, row.id] },
  due: { columns: ['due_ms', 'id'], direction: 'asc', positionOf: row => [row.dueMs, row.id] },
  alerts: { columns: ['alert_count', 'id'], direction: 'desc', positionOf: row => [row.alertCount, row.id] },
}

export interface CaseRows {
  readonly rows: readonly CaseRow[]
  /** Where the next page begins; undefined at the end. */
  readonly next: CasePosition | undefined
}

/**
 * One page of cases. Where open and closed ones are wanted together, each kind is read in its own order from its end of
 * the index and the two are merged: one query over both would sort them all.
 */
export async function listCases(
  sql: Sql,
  tenant: string,
  filter: CaseFilter,
  page: CasePageRequest,
): Promise<CaseRows> {
  const status = filter.status ?? caseStatuses
  const open = status.filter(name => name !== 'closed')
  const parts = [open, status.filter(name => name === 'closed')].filter(part => part.length > 0)
  const found = await Promise.all(parts.map(part => readPage(sql, tenant, { ...filter, status: part }, page)))
  const { direction, positionOf } = sorts[page.sort]
  const sign = direction === 'asc' ? 1 : -1
  const rows = found.flat().sort((a, b) => sign * comparePositions(positionOf(a), positionOf(b)))
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > page.limit && last ? positionOf(last) : undefined }
}

export interface CasePageRequest {
  readonly sort: CaseSort
  readonly after: CasePosition | undefined
  readonly limit: number
}

/** Up to one row more than the page holds, to tell whether there is a next one. */
function readPage(sql: Sql, tenant: string, filter: CaseFilter, page: CasePageRequest): Promise<CaseRow[]> {
  const { columns, direction } = sorts[page.sort]
  const where = conditions(tenant, filter)
  if (page.after?.length === columns.length) {
    const names = columns.map(column => `c.${column}`).join(', ')
    const values = page.after.map(value => where.value(value)).join(', ')
    where.add(`(${names}) ${direction === 'asc' ? '>' : '<'} (${values})`)
  }
  const order = columns.map(column => `c.${column} ${direction}`).join(', ')
  return sql.query<CaseRow>(
    `${selectCases} where ${where.text()} order by ${order} limit ${where.value(page.limit + 1)}`,
    where.values,
  )
}

function comparePositions(a: CasePosition, b: CasePosition): number {
  for (const [index, value] of a.entries()) {
    const other = b[index]
    if (other !== undefined && value !== other) return value < other ? -1 : 1
  }
  return 0
}

/** How many cases match, counted up to `cap`: a number on a screen is not worth a scan of all. */
export async function countCases(sql: Sql, tenant: string, filter: CaseFilter, cap: number): Promise<number> {
  const where = conditions(tenant, filter)
  const [row] = await sql.query<{ count: number }>(
    `select count(*) as count from (select 1 from cases c where ${where.text()} limit ${where.value(cap)}) as matching`,
    where.values,
  )
  return row?.count ?? 0
}

/** Conditions with their numbered values. */
class Where {
  readonly values: unknown[] = []
  readonly #parts: string[] = []

  add(condition: string): void {
    this.#parts.push(condition)
  }

  value(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  text(): string {
    return this.#parts.join(' and ')
  }
}

function conditions(tenant: string, filter: CaseFilter): Where {
  const where = new Where()
  const owner = where.value(tenant)
  where.add(`c.tenant_id = ${owner}`)
  addStatus(where, filter.status ?? caseStatuses)
  if (filter.severity !== undefined)
    where.add(`c.severity = any(${where.value(filter.severity.map(name => severities.indexOf(name)))})`)
  if (filter.verdict !== undefined) {
    const none = filter.verdict.includes('none') ? ' or c.verdict is null' : ''
    where.add(`(c.verdict = any(${where.value(filter.verdict)})${none})`)
  }
  if (filter.proposedVerdict !== undefined)
    where.add(`c.proposed_verdict = any(${where.value(filter.proposedVerdict)})`)
  if (filter.assignee === 'none') where.add('c.assignee_id is null')
  else if (filter.assignee !== undefined) where.add(`c.assignee_id = ${where.value(filter.assignee)}`)
  if (filter.fromMs !== undefined) where.add(`c.last_seen_ms >= ${where.value(filter.fromMs)}`)
  if (filter.toMs !== undefined) where.add(`c.first_seen_ms <= ${where.value(filter.toMs)}`)
  if (filter.technique !== undefined) {
    const id = where.value(filter.technique.toUpperCase())
    where.add(
      `exists (select from unnest(c.techniques) as t where t = ${id} or starts_with(t, ${id} || '.'))`,
    )
  }
  for (const type of ['host', 'user'] as const) {
    const value = filter[type]
    if (value !== undefined)
      where.add(`c.id in (select case_id from case_entities
        where tenant_id = ${owner} and type = '${type}' and value = ${where.value(value.toLowerCase())})`)
  }
  if (filter.text !== undefined && filter.text.trim() !== '') addText(where, owner, filter.text.trim())
  return where
}

/**
 * Written with `closed`, which leads the index, wherever it says all that is asked for. Merged cases are closed ones:
 * asking for open ones need not look at them.
 */
function addStatus(where: Where, status: readonly CaseStatus[]): void {
  const open = status.filter(name => name !== 'closed')
  if (open.length === status.length) where.add('not c.closed')
  else where.add('c.merged_into is null')
  if (open.length === 0) where.add('c.closed')
  if (open.length === 1) where.add(`c.status = any(${where.value(status)})`)
}

/** A word that stands in every other case would make each page look all of them up. */
const maxTextMatches = 2000

/** Words of titles and headlines by their beginnings, and entities by theirs; the newest cases where many match. */
function addText(where: Where, owner: string, text: string): void {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  const query = where.value(words.map(word => `${word}:*`).join(' & '))
  const beginning = where.value(`${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`)
  where.add(`c.id in (
    select case_id from (
      select case_id from case_words where tenant_id = ${owner} and words @@ to_tsquery('simple', ${query})
      union
      select case_id from case_entities where tenant_id = ${owner} and value like ${beginning}
      union
      select id from cases where tenant_id = ${owner} and id = ${where.value(text)}
    ) as found order by case_id desc limit ${maxTextMatches})`)
}
