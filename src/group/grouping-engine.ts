import type { Alert, AlertFacts } from '../domain/alert.ts'
import type { CaseAssignment, CaseDraft, GroupingResult } from '../domain/case.ts'
import type { IdSource } from '../lib/ids.ts'
import { EntityRarity } from './entity-rarity.ts'
import { type ActOf, type Groupable, groupable, principalOf } from './group-key.ts'
import type { GroupingOptions } from './grouping-options.ts'
import {
  attackedPlace,
  attackMark,
  attackMarksFor,
  comesFromElsewhere,
  type Linkable,
  linkablesOf,
  linkScore,
} from './link-score.ts'
import { addToCase, draftOf, type OpenCase, openCase, reopenCase } from './open-case.ts'

/** Case ids kept per shared entity: the newest ones are the ones that can still match. */
const maxCasesPerLink = 16

/** An alert with all the keys under which it is looked up. */
interface SeenAlert {
  readonly alert: Groupable
  readonly keys: readonly string[]
  readonly links: readonly Linkable[]
  readonly isAttack: boolean
}

/** A batch while it is grouped. */
export interface BatchOfAlerts {
  /** Puts the next alert, in order of time, into exactly one case. */
  place(alert: Groupable): CaseAssignment
  /** Every case that was opened or grew, as it stands after the batch. */
  end(): CaseDraft[]
}

/**
 * Puts alerts into cases as they stream by: first by kind (`group-key.ts`), then across rules by what they share
 * (`link-score.ts`). It holds only cases that can still grow, so its memory is bounded, and it gives the same answer
 * for the same alerts in the same order. It does no I/O: whoever stores its results calls `restore` after a restart,
 * and `forget` for cases that a person closed, merged or split.
 */
export class GroupingEngine {
  /** Least recently touched first, by batches. */
  readonly #cases = new Map<string, OpenCase>()
  #batch = 0
  /** Those of this batch, in the order in which they were touched first. */
  #touched: OpenCase[] = []
  readonly #byKey = new Map<string, string>()
  /** The newest last. */
  readonly #byLink = new Map<string, readonly string[]>()
  readonly #rarity: EntityRarity
  readonly #options: GroupingOptions
  readonly #ids: IdSource

  constructor(options: GroupingOptions, ids: IdSource) {
    this.#options = options
    this.#ids = ids
    this.#rarity = new EntityRarity(options.hubHosts)
  }

  /** How many cases can still grow. */
  get openCases(): number {
    return this.#cases.size
  }

  /** Groups a batch, in the order given. Each alert is put into exactly one case. */
  assign(alerts: readonly Alert[], graveActOf: ActOf = () => ''): GroupingResult {
    const batch = this.begin()
    return {
      assignments: alerts.map(alert => batch.place(groupable(alert, graveActOf))),
      cases: batch.end(),
    }
  }

  /** Groups a batch whose alerts come one by one. Nothing else may be grouped until its end. */
  begin(): BatchOfAlerts {
    this.#batch++
    this.#touched = []
    let newestMs: number | undefined
    return {
      place: alert => {
        const assignment = this.#assignOne(alert)
        this.#closeBeyond(this.#options.maxOpenCases)
        newestMs = alert.timestampMs
        return assignment
      },
      end: () => {
        this.#closeOlderThan(newestMs)
        return this.#touched.map(draftOf)
      },
    }
  }

  /** Takes up cases from the store again, oldest first, after a restart. */
  restore(drafts: readonly CaseDraft[]): void {
    for (const draft of drafts) {
      this.forget(draft.id)
      const reopened = reopenCase(draft)
      this.#index(reopened, reopened.keys, linkablesOf(draft.entities))
    }
    this.#closeBeyond(this.#options.maxOpenCases)
  }

  /** No further alert joins the case: it was closed, merged away or split by a person. */
  forget(caseId: string): void {
    const known = this.#cases.get(caseId)
    if (known === undefined) return
    this.#cases.delete(caseId)
    for (const key of known.keys) if (this.#byKey.get(key) === caseId) this.#byKey.delete(key)
    for (const key of known.links) {
      const others = this.#byLink.get(key)?.filter(id => id !== caseId) ?? []
      if (others.length === 0) this.#byLink.delete(key)
      else this.#byLink.set(key, others)
    }
  }

  #assignOne(alert: Groupable): CaseAssignment {
    const { kind, processes, web } = alert.groupKeys
    const links = linkablesOf(alert.entities)
    for (const { key } of links) this.#rarity.note(key, alert.agent.name)
    const same = this.#caseOfKind(kind, alert)
    if (same !== undefined) {
      const seen = { alert, keys: [kind, ...processes], links, isAttack: false }
      return this.#add(same, seen, 'same-kind', sameKindReason(alert, this.#options))
    }
    const isAttack = this.#options.speaksOfAttack(alert.whole())
    const seen = {
      alert,
      keys: [kind, ...processes, ...web.seeks, ...attackMarksFor(alert, isAttack)],
      links,
      isAttack,
    }
    const link = this.#bestLink(seen)
    if (link !== undefined) {
      return this.#add(link.target, seen, 'linked', `shares ${link.shared.join(', ')} with this case`)
    }
    return this.#add(openCase(this.#ids.next('case'), alert), seen, 'opened', 'the first alert of this case')
  }

  #caseOfKind(kind: string, alert: AlertFacts): OpenCase | undefined {
    const id = this.#byKey.get(kind)
    const target = id === undefined ? undefined : this.#cases.get(id)
    return target !== undefined && this.#isNear(target, alert, this.#options.sameKindWindowMs)
      ? target
      : undefined
  }

  #bestLink(seen: SeenAlert): { target: OpenCase; shared: readonly string[] } | undefined {
    let best: { target: OpenCase; shared: readonly string[]; score: number } | undefined
    for (const id of this.#candidates(seen)) {
      const target = this.#cases.get(id)
      if (target === undefined || !this.#isNear(target, seen.alert, this.#options.linkWindowMs)) continue
      const { score, shared } = linkScore(seen.alert, seen.links, seen.keys, target, this.#rarity)
      // Candidates come oldest first, so that the older case wins a tie.
      if (score >= this.#options.linkThreshold && score > (best?.score ?? 0)) best = { target, shared, score }
    }
    return best
  }

  #candidates({ keys, links }: SeenAlert): string[] {
    const ids = new Set<string>()
    for (const key of keys) {
      const id = this.#byKey.get(key)
      if (id !== undefined) ids.add(id)
    }
    for (const { key } of links) {
      const sharing = this.#byLink.get(key)
      if (sharing === undefined || this.#rarity.isHub(key)) continue
      for (const id of sharing) ids.add(id)
    }
    return [...ids].sort()
  }

  #isNear(target: OpenCase, alert: AlertFacts, windowMs: number): boolean {
    const { timestampMs } = alert
    const span = Math.max(target.lastSeenMs, timestampMs) - Math.min(target.firstSeenMs, timestampMs)
    return (
      timestampMs <= target.lastSeenMs + windowMs &&
      timestampMs >= target.firstSeenMs - windowMs &&
      span <= this.#options.maxSpanMs
    )
  }

  #add(target: OpenCase, seen: SeenAlert, kind: CaseAssignment['kind'], why: string): CaseAssignment {
    const { kind: kindKey, processes, web } = seen.alert.groupKeys
    // More of the same kind, nine in ten alerts, leaves no mark but that of an upload.
    const left = kind === 'same-kind' ? web.leaves : [...web.leaves, ...marksLeftBy(seen, kind)]
    const keys = [kindKey, ...processes, ...left]
    for (const key of addToCase(target, seen.alert, keys, seen.links)) this.#byKey.delete(key)
    this.#index(target, keys, seen.links)
    return { alertKey: seen.alert.key, caseId: target.id, kind, why }
  }

  /** Makes the case one of the batch, findable by these keys and by those of the links that it has. */
  #index(target: OpenCase, keys: readonly string[], links: readonly Pick<Linkable, 'key'>[]): void {
    if (target.touchedIn !== this.#batch) {
      // Once a batch: a map in which each alert moves its case is mostly holes, over which it then has to walk.
      target.touchedIn = this.#batch
      this.#touched.push(target)
      this.#cases.delete(target.id)
      this.#cases.set(target.id, target)
    }
    for (const key of keys) this.#byKey.set(key, target.id)
    for (const { key } of links) if (target.links.includes(key)) this.#indexLink(key, target.id)
  }

  #indexLink(key: string, caseId: string): void {
    const ids = this.#byLink.get(key) ?? []
    if (ids.at(-1) === caseId) return
    this.#byLink.set(key, [...ids.filter(id => id !== caseId), caseId].slice(-maxCasesPerLink))
  }

  #closeBeyond(limit: number): void {
    if (this.#cases.size <= limit) return
    for (const id of this.#cases.keys()) {
      if (this.#cases.size <= limit) return
      this.forget(id)
    }
  }

  #closeOlderThan(nowMs: number | undefined): void {
    if (nowMs === undefined) return
    const horizon = nowMs - Math.max(this.#options.sameKindWindowMs, this.#options.linkWindowMs)
    for (const [id, target] of this.#cases) {
      if (target.lastSeenMs >= horizon) return
      this.forget(id)
    }
  }
}

/**
 * An attack marks its host, and the host's own addresses, so that what follows finds the case. One that comes in from
 * somewhere else may have failed, and anybody can send more of them: it leaves a mark that gives way to that of an act on the
 * host itself.
 */
function marksLeftBy({ alert, keys, isAttack }: SeenAlert, kind: CaseAssignment['kind']): string[] {
  const fromAttackedHost = kind === 'linked' && keys.some(key => key.startsWith('attack|address|'))
  if (!isAttack && !fromAttackedHost) return []
  const own = alert.entities.filter(entity => entity.type === 'address' && entity.role === 'subject')
  return [
    attackMark(comesFromElsewhere(alert) ? 'attempt' : 'host', attackedPlace(alert)),
    ...own.map(entity => attackMark('address', entity.value)),
  ]
}

function sameKindReason(alert: AlertFacts, options: GroupingOptions): string {
  const principal = principalOf(alert.entities)
  const by = principal === undefined ? '' : ` from ${principal.type} ${principal.value}`
  return `the same rule ${alert.rule.id} on ${alert.agent.name}${by} within ${options.sameKindWindowMs / 60_000} min`
}
