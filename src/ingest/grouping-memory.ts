import { GroupingEngine } from '../group/grouping-engine.ts'
import type { GroupingOptions } from '../group/grouping-options.ts'
import type { Clock } from '../lib/clock.ts'
import type { Sql } from '../lib/database.ts'
import type { IdSource } from '../lib/ids.ts'
import type { StoredIdentity } from '../store/alerts.ts'
import { casesSettledSince, growingCases, takeGroupingTurn } from '../store/grouping-state.ts'

/** A transaction that settled a case may commit this much after the time it wrote down. */
const commitDelayMs = 5 * 60_000

interface TenantMemory {
  engine: GroupingEngine
  epoch: number
  settledCheckedMs: number
  newest: Newest | undefined
}

/**
 * What the newest turn of this process stores, or has stored. Who holds it, and finds it still here at the next turn, knows
 * that nobody was between: all that is stored is this, and what a query sees that was asked since.
 */
export interface Newest {
  readonly identities: readonly StoredIdentity[]
}

/**
 * Keeps the grouping engine of each tenant in step with the database, whoever else groups there. The database's row
 * lock lets one batch group at a time over all processes; its epoch tells whether another process was here since,
 * and only then are the cases loaded again. A batch that fails has left the engine ahead of the database, so the
 * engine is thrown away with it.
 */
export class GroupingMemory {
  readonly #tenants = new Map<string, TenantMemory>()
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #options: GroupingOptions
  readonly #ids: IdSource
  readonly #clock: Clock

  constructor(options: GroupingOptions, ids: IdSource, clock: Clock) {
    this.#options = options
    this.#ids = ids
    this.#clock = clock
  }

  /** Runs one batch of a tenant after the other within this process. */
  exclusively<Result>(tenant: string, action: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(tenant) ?? Promise.resolve()
    const mine = before
      .catch(() => undefined)
      .then(action)
      .catch(error => {
        this.#tenants.delete(tenant)
        throw error
      })
    this.#turns.set(tenant, mine)
    return mine
  }

  /** The engine, up to date, for use within this transaction only. */
  async current(sql: Sql, tenant: string): Promise<GroupingEngine> {
    const nowMs = this.#clock.now()
    const epoch = await takeGroupingTurn(sql, tenant)
    const memory = this.#tenants.get(tenant)
    const fresh = memory?.epoch === epoch - 1 ? memory : await this.#load(sql, tenant)
    const settled = await casesSettledSince(sql, tenant, fresh.settledCheckedMs - commitDelayMs)
    for (const id of settled) fresh.engine.forget(id)
    fresh.settledCheckedMs = nowMs
    fresh.epoch = epoch
    return fresh.engine
  }

  /** Of this process's newest turn, unless another process was here since or the batch failed. */
  newest(tenant: string): Newest | undefined {
    return this.#tenants.get(tenant)?.newest
  }

  /** Called in a batch's turn, once it is known what it stores. */
  stores(tenant: string, identities: readonly StoredIdentity[]): void {
    const memory = this.#tenants.get(tenant)
    if (memory !== undefined) memory.newest = { identities }
  }

  async #load(sql: Sql, tenant: string): Promise<TenantMemory> {
    const { sameKindWindowMs, linkWindowMs, maxOpenCases } = this.#options
    const engine = new GroupingEngine(this.#options, this.#ids)
    const windowMs = Math.max(sameKindWindowMs, linkWindowMs)
    engine.restore(await growingCases(sql, tenant, windowMs, maxOpenCases))
    const memory = { engine, epoch: 0, settledCheckedMs: this.#clock.now(), newest: undefined }
    this.#tenants.set(tenant, memory)
    return memory
  }
}
