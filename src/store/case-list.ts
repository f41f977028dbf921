import { type CaseStatus, caseStatuses } from '../domain/case.ts'
import { leanings, urgencyOf } from '../domain/queue-place.ts'
import { type Severity, severities, type Verdict } from '../domain/verdict.ts'
import type { Sql } from '../lib/database.ts'
import { type CaseRow, selectCasesFrom } from './case-row.ts'

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

/** A part of what a filter finds. */
interface PartFilter extends CaseFilter {
  readonly urgency?: number
}

export type CaseSort = 'priority' | 'severity' | 'newest' | 'oldest' | 'due' | 'alerts'

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
    columns: ['urgency', 'last_seen_ms', 'id'],
    direction: 'desc',
    positionOf: row => [row.urgency, row.lastSeenMs, row.id],
  },
  // Has no index of its own, see `bySeverity`.
  severity: {
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

/** One page of cases. */
export async function listCases(
  sql: Sql,
  tenant: string,
  filter: CaseFilter,
  page: CasePageRequest,
): Promise<CaseRows> {
  const common = await isCommon(sql, tenant, filter)
  const rows =
    page.sort === 'severity'
      ? await readBySeverity(sql, tenant, filter, page, common)
      : await readMerged(sql, tenant, [filter], page, common)
  const { positionOf } = sorts[page.sort]
  const shown = rows.slice(0, page.limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > page.limit && last ? positionOf(last) : undefined }
}

/**
 * Each filter's cases in order, merged. Where open and closed ones are wanted together, each kind is read in its own order
 * from its end of the index: one query over both would sort them all.
 */
async function readMerged(
  sql: Sql,
  tenant: string,
  filters: readonly PartFilter[],
  page: CasePageRequest,
  common: boolean,
): Promise<CaseRow[]> {
  const parts = filters.flatMap(filter => {
    const status = filter.status ?? caseStatuses
    const open = status.filter(name => name !== 'closed')
    const closed = status.filter(name => name === 'closed')
    return [open, closed].flatMap(part => (part.length > 0 ? [{ ...filter, status: part }] : []))
  })
  const found = await Promise.all(parts.map(part => readPage(sql, tenant, part, page, common)))
  const { direction, positionOf } = sorts[page.sort]
  const sign = direction === 'asc' ? 1 : -1
  return found.flat().sort((a, b) => sign * comparePositions(positionOf(a), positionOf(b)))
}

/**
 * By severity alone, out of the index of the order `priority`: the three urgencies of each severity, newest first, merged.
 * An index for this order would have to be written with every alert, and is hardly ever read.
 */
async function readBySeverity(
  sql: Sql,
  tenant: string,
  filter: CaseFilter,
  { after, limit }: CasePageRequest,
  common: boolean,
): Promise<CaseRow[]> {
  const [from, ...within] = after ?? []
  const rows: CaseRow[] = []
  for (const [step, severity] of [...severities.entries()].reverse()) {
    if (rows.length > limit) break
    if (typeof from === 'number' && step > from) continue
    if (filter.severity?.includes(severity) === false) continue
    const parts = leanings.map(leaning => ({ ...filter, urgency: urgencyOf(severity, leaning) }))
    const page = { sort: 'newest', after: step === from ? within : undefined, limit } as const
    rows.push(...(await readMerged(sql, tenant, parts, page, common)))
  }
  return rows
}

export interface CasePageRequest {
  readonly sort: CaseSort
  readonly after: CasePosition | undefined
  readonly limit: number
}

/**
 * Up to one row more than the page holds, to tell whether there is a next one. Common words are first looked for in the
 * cases that come first: most likely they fill the page, and looking all of their cases up would take long.
 */
async function readPage(
  sql: Sql,
  tenant: string,
  filter: PartFilter,
  page: CasePageRequest,
  common: boolean,
): Promise<CaseRow[]> {
  const { columns, direction } = sorts[page.sort]
  const order = `order by ${columns.map(column => `c.${column} ${direction}`).join(', ')}`
  const read = (text: 'in-first' | 'in-all') => {
    const where = conditions(tenant, filter)
    if (page.after?.length === columns.length) {
      const names = columns.map(column => `c.${column}`).join(', ')
      const values = page.after.map(value => where.value(value)).join(', ')
      where.add(`(${names}) ${direction === 'asc' ? '>' : '<'} (${values})`)
    }
    let source = 'cases'
    if (text === 'in-first') {
      source = `(select * from cases c where ${where.takeText()} ${order} limit ${walkedCases})`
      addTextOfEach(where, filter)
    } else addTextOfAll(where, filter)
    return sql.query<CaseRow>(
      `${selectCasesFrom(source)} where ${where.text()} ${order} limit ${where.value(page.limit + 1)}`,
      where.values,
    )
  }
  if (common) {
    const rows = await read('in-first')
    if (rows.length > page.limit) return rows
  }
  return read('in-all')
}

function comparePositions(a: CasePosition, b: CasePosition): number {
  for (const [index, value] of a.entries()) {
    const other = b[index]
    if (other !== undefined && value !== other) return value < other ? -1 : 1
  }
  return 0
}

/**
 * How many cases match. Counting stops at `cap`, and at fewer for words that many cases hold: a number on a screen is not
 * worth a scan of all. `capped`: there may be more.
 */
export async function countCases(
  sql: Sql,
  tenant: string,
  filter: CaseFilter,
  cap: number,
): Promise<{ readonly count: number; readonly capped: boolean }> {
  if (await isCommon(sql, tenant, filter)) {
    const where = conditions(tenant, filter)
    const source = `(select * from cases c where ${where.takeText()} order by c.id desc limit ${walkedCases})`
    addTextOfEach(where, filter)
    const some = await countFrom(sql, source, where, Math.min(manyMatches, cap))
    if (some >= Math.min(manyMatches, cap)) return { count: some, capped: true }
  }
  const where = conditions(tenant, filter)
  addTextOfAll(where, filter)
  const count = await countFrom(sql, 'cases', where, cap + 1)
  return { count: Math.min(count, cap), capped: count > cap }
}

async function countFrom(sql: Sql, source: string, where: Where, limit: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*) as count
     from (select from ${source} c where ${where.text()} limit ${where.value(limit)}) as matching`,
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

  /** The conditions so far, which then no longer count among these. */
  takeText(): string {
    return this.#parts.splice(0).join(' and ')
  }
}

/** All but the words that are looked for; `$1` is the tenant. */
function conditions(tenant: string, filter: PartFilter): Where {
  const where = new Where()
  const owner = where.value(tenant)
  where.add(`c.tenant_id = ${owner}`)
  addStatus(where, filter.status ?? caseStatuses)
  if (filter.urgency !== undefined) where.add(`c.urgency = ${where.value(filter.urgency)}`)
  else if (filter.severity !== undefined) addSeverity(where, filter.severity)
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
  return where
}

/** Also as the stretch of the index that they lie in. */
function addSeverity(where: Where, wanted: readonly Severity[]): void {
  where.add(`c.severity = any(${where.value(wanted.map(name => severities.indexOf(name)))})`)
  const within = wanted.flatMap(severity => leanings.map(leaning => urgencyOf(severity, leaning)))
  if (within.length > 0)
    where.add(`c.urgency between ${where.value(Math.min(...within))} and ${where.value(Math.max(...within))}`)
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

/** What no more cases than this hold is looked up at once. */
const fewMatches = 4000
/** So many cases are looked at one by one for words that more hold, before all of those are looked up. */
const walkedCases = 2500
/** Of what is common, no more are counted. */
const manyMatches = 100

/** What is looked for: words of titles and headlines by their beginnings, and entities by theirs. */
function words(filter: CaseFilter): { query: string; beginning: string; id: string } | undefined {
  const text = filter.text?.trim() ?? ''
  if (text === '') return undefined
  // Each piece between blanks as PostgreSQL's own parser cuts it, which keeps addresses, host names and paths whole.
  const pieces = text.split(/\s+/).filter(piece => /[\p{L}\p{N}]/u.test(piece))
  return {
    query: pieces.map(piece => `'${piece.replaceAll(/['\\]/g, '$&$&')}':*`).join(' & '),
    beginning: `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`,
    id: text,
  }
}

/** Whether more than a few thousand cases hold what is looked for. */
async function isCommon(sql: Sql, tenant: string, filter: CaseFilter): Promise<boolean> {
  const wanted = words(filter)
  if (wanted === undefined) return false
  const [row] = await sql.query<{ found: number }>(
    `select greatest(
       (select count(*) from (select from case_words
         where tenant_id = $1 and words @@ to_tsquery('simple', $2) limit $4) as w),
       (select count(*) from (select from case_entities where tenant_id = $1 and value like $3 limit $4) as e)
     ) as found`,
    [tenant, wanted.query, wanted.beginning, fewMatches + 1],
  )
  return (row?.found ?? 0) > fewMatches
}

/** As a condition on each case: what many have is found soon. */
function addTextOfEach(where: Where, filter: CaseFilter): void {
  const wanted = words(filter)
  if (wanted === undefined) return
  // `offset 0` keeps the planner from looking all matches up first.
  where.add(`(c.id = ${where.value(wanted.id)}
    or exists (select from case_words w where w.tenant_id = c.tenant_id and w.case_id = c.id
      and w.words @@ to_tsquery('simple', ${where.value(wanted.query)}) offset 0)
    or exists (select from case_entities e where e.tenant_id = c.tenant_id and e.case_id = c.id
      and e.value like ${where.value(wanted.beginning)} offset 0))`)
}

/** As a set of cases: what few have is found soon. */
function addTextOfAll(where: Where, filter: CaseFilter): void {
  const wanted = words(filter)
  if (wanted === undefined) return
  where.add(`c.id in (
    select case_id from case_words where tenant_id = $1 and words @@ to_tsquery('simple', ${where.value(wanted.query)})
    union
    select case_id from case_entities where tenant_id = $1 and value like ${where.value(wanted.beginning)}
    union
    select id from cases where tenant_id = $1 and id = ${where.value(wanted.id)})`)
}
