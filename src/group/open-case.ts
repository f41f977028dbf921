import type { AlertFacts, Entity } from '../domain/alert.ts'
import type { CaseDraft } from '../domain/case.ts'
import { entityKey } from '../domain/entity-key.ts'
import { severityOfLevel } from '../domain/verdict.ts'
import { cutText } from '../lib/cut-text.ts'
import { caseTitle } from './case-title.ts'
import { type Linkable, linkablesOf } from './link-score.ts'

const maxEntities = 200
/**
 * Characters of a case's entities, and of the links of one. Some hundred names and paths; tens of thousands of cases full
 * of the longest values that an alert can hold would fill the memory, at each start anew.
 */
const maxEntityText = 8000
/** Of a rule's description: a title shows less. */
const maxRuleText = 200
const maxKeys = 64

/**
 * A case that can still grow. Its lists are bounded; what they leave out is in the stored alerts. Nearly all of them hold one
 * to five things, in tens of thousands of cases: each is an array without room to spare, replaced by `concat` where it
 * grows (one that grows in place, or by spreading, keeps room for sixteen more).
 */
export interface OpenCase {
  readonly id: string
  topRule: string
  topHost: string
  maxLevel: number
  firstSeenMs: number
  lastSeenMs: number
  alertCount: number
  revision: number
  rules: readonly string[]
  entities: readonly Entity[]
  entityText: number
  linkText: number
  hosts: readonly string[]
  /** Keys of `linkables`, by which alerts of other rules can be linked. */
  links: readonly string[]
  techniques: readonly string[]
  tactics: readonly string[]
  /** The newest last. */
  keys: readonly string[]
  /** The engine's batch that touched it last. */
  touchedIn: number
  /** A title that a restored case had; kept until an alert outranks it. */
  title: string | undefined
}

export function openCase(id: string, alert: AlertFacts): OpenCase {
  return {
    id,
    topRule: shortRule(alert),
    topHost: alert.agent.name,
    maxLevel: -1,
    firstSeenMs: alert.timestampMs,
    lastSeenMs: alert.timestampMs,
    alertCount: 0,
    revision: 0,
    rules: [],
    entities: [],
    entityText: 0,
    linkText: 0,
    hosts: [],
    links: [],
    techniques: [],
    tactics: [],
    keys: [],
    touchedIn: -1,
    title: undefined,
  }
}

/**
 * Takes one alert in. `keys` are the group and process keys under which further alerts will find the case, `links`
 * the keys of what can link others to it. Returns the group and process keys that had to go for the new ones.
 */
export function addToCase(
  target: OpenCase,
  alert: AlertFacts,
  keys: readonly string[],
  links: readonly Linkable[],
): string[] {
  if (alert.rule.level > target.maxLevel) {
    target.maxLevel = alert.rule.level
    target.topRule = shortRule(alert)
    target.topHost = alert.agent.name
    target.title = undefined
  }
  target.firstSeenMs = Math.min(target.firstSeenMs, alert.timestampMs)
  target.lastSeenMs = Math.max(target.lastSeenMs, alert.timestampMs)
  target.alertCount++
  target.revision++
  target.rules = united(target.rules, [alert.rule.id])
  target.hosts = united(target.hosts, [alert.agent.name])
  target.techniques = united(target.techniques, alert.rule.mitre.ids)
  target.tactics = united(target.tactics, alert.rule.mitre.tactics)
  for (const entity of alert.entities) noteEntity(target, entity)
  for (const { key } of links) noteLink(target, key)
  const { kept, dropped } = newestOf(target.keys, keys)
  target.keys = kept
  return dropped
}

function noteEntity(target: OpenCase, entity: Entity): void {
  if (target.entities.length >= maxEntities || target.entities.some(known => isSameEntity(known, entity)))
    return
  const text = entityKey(entity).length
  if (target.entityText + text > maxEntityText) return
  target.entities = target.entities.concat(entity)
  target.entityText += text
}

/** In whatever role. Entities that come again are mostly the same object. */
const isSameEntity = (a: Entity, b: Entity) => a === b || (a.value === b.value && a.type === b.type)

function noteLink(target: OpenCase, key: string): void {
  if (target.links.length >= maxEntities || target.links.includes(key)) return
  if (target.linkText + key.length > maxEntityText) return
  target.links = target.links.concat(key)
  target.linkText += key.length
}

/** Each once, up to the bound; the same list where nothing is new. */
function united(list: readonly string[], values: readonly string[]): readonly string[] {
  let result = list
  if (list.length === 0 && values.length <= maxKeys) result = unique(values) // The rule's own list, mostly.
  for (const value of values) {
    if (result.length < maxKeys && !result.includes(value)) result = result.concat(value)
  }
  return result
}

const none: string[] = []

/** The newest keys are the ones that can still match. */
function newestOf(known: readonly string[], keys: readonly string[]) {
  const before = known.length - keys.length
  if (keys.every((key, at) => known[before + at] === key)) return { kept: known, dropped: none }
  const all = [...known.filter(key => !keys.includes(key)), ...unique(keys)]
  return { kept: all.slice(-maxKeys), dropped: all.slice(0, -maxKeys) }
}

export function draftOf(source: OpenCase): CaseDraft {
  return {
    id: source.id,
    title: source.title ?? caseTitle(source.topRule, source.topHost, source.rules.length),
    severity: severityOfLevel(source.maxLevel),
    maxLevel: source.maxLevel,
    firstSeenMs: source.firstSeenMs,
    lastSeenMs: source.lastSeenMs,
    alertCount: source.alertCount,
    revision: source.revision,
    entities: source.entities,
    techniques: source.techniques,
    tactics: source.tactics,
    groupKeys: source.keys,
  }
}

/** A copy: a slice of a long text holds all of it in memory. */
function shortRule({ rule: { description } }: AlertFacts): string {
  if (description.length <= maxRuleText) return description
  return Buffer.from(cutText(description, maxRuleText), 'utf16le').toString('utf16le')
}

function lengthOf(texts: Iterable<string>): number {
  let length = 0
  for (const text of texts) length += text.length
  return length
}

const unique = (values: readonly string[]) => (values.length < 2 ? values : [...new Set(values)])

/** An open case again from what was stored of it. */
export function reopenCase(draft: CaseDraft): OpenCase {
  const entities = draft.entities.filter(
    (entity, at) => draft.entities.findIndex(known => isSameEntity(known, entity)) === at,
  )
  const links = linkablesOf(draft.entities).map(({ key }) => key)
  return {
    id: draft.id,
    topRule: draft.title,
    topHost: '',
    maxLevel: draft.maxLevel,
    firstSeenMs: draft.firstSeenMs,
    lastSeenMs: draft.lastSeenMs,
    alertCount: draft.alertCount,
    revision: draft.revision,
    rules: unique(
      draft.groupKeys
        .filter(key => !/^(?:process|attack|logon|served|script|upload)\|/.test(key))
        .map(key => key.split('|')[0]?.split(' ')[0] ?? ''),
    ),
    entities,
    entityText: lengthOf(entities.map(entityKey)),
    linkText: lengthOf(links),
    // Group keys end in `|HOST|principal`; host entities are folded, so they cannot stand in for agent names.
    hosts: unique(
      draft.groupKeys.filter(key => !key.startsWith('attack|')).flatMap(key => key.split('|')[1] ?? []),
    ),
    links,
    techniques: unique(draft.techniques),
    tactics: unique(draft.tactics),
    keys: unique(draft.groupKeys),
    touchedIn: -1,
    title: draft.title,
  }
}
