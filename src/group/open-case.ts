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
 * A case that can still grow. Its lists are bounded; what they leave out is in the stored alerts. Lists that hold one or two
 * things in nearly every case are arrays: of sets, tens of thousands of open cases would be twice as large.
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
  readonly rules: string[]
  readonly entities: Map<string, Entity>
  entityText: number
  linkText: number
  readonly hosts: string[]
  /** Keys of `linkables`, by which alerts of other rules can be linked. */
  readonly links: Set<string>
  readonly techniques: string[]
  readonly tactics: string[]
  readonly keys: Set<string>
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
    entities: new Map(),
    entityText: 0,
    linkText: 0,
    hosts: [],
    links: new Set(),
    techniques: [],
    tactics: [],
    keys: new Set(),
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
  note(target.rules, alert.rule.id)
  note(target.hosts, alert.agent.name)
  for (const entity of alert.entities) {
    if (target.entities.size >= maxEntities) break
    const key = entityKey(entity)
    if (target.entities.has(key) || target.entityText + key.length > maxEntityText) continue
    target.entities.set(key, entity)
    target.entityText += key.length
  }
  for (const { key } of links) {
    if (target.links.size >= maxEntities) break
    if (target.links.has(key) || target.linkText + key.length > maxEntityText) continue
    target.links.add(key)
    target.linkText += key.length
  }
  for (const id of alert.rule.mitre.ids) note(target.techniques, id)
  for (const tactic of alert.rule.mitre.tactics) note(target.tactics, tactic)
  return keepNewest(target.keys, keys)
}

/** Each once, up to the bound. */
function note(list: string[], value: string): void {
  if (list.length < maxKeys && !list.includes(value)) list.push(value)
}

/** The newest keys are the ones that can still match. */
function keepNewest(kept: Set<string>, keys: readonly string[]): string[] {
  for (const key of keys) {
    kept.delete(key)
    kept.add(key)
  }
  if (kept.size <= maxKeys) return []
  const dropped = [...kept].slice(0, kept.size - maxKeys)
  for (const key of dropped) kept.delete(key)
  return dropped
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
    entities: [...source.entities.values()],
    techniques: [...source.techniques],
    tactics: [...source.tactics],
    groupKeys: [...source.keys],
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

const unique = (values: readonly string[]) => [...new Set(values)]

/** An open case again from what was stored of it. */
export function reopenCase(draft: CaseDraft): OpenCase {
  const entities = new Map(draft.entities.map(entity => [entityKey(entity), entity]))
  const links = new Set(linkablesOf(draft.entities).map(({ key }) => key))
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
        .filter(key => !/^(?:process|attack|logon)\|/.test(key))
        .map(key => key.split('|')[0]?.split(' ')[0] ?? ''),
    ),
    entities,
    entityText: lengthOf(entities.keys()),
    linkText: lengthOf(links),
    // Group keys end in `|HOST|principal`; host entities are folded, so they cannot stand in for agent names.
    hosts: unique(
      draft.groupKeys.filter(key => !key.startsWith('attack|')).flatMap(key => key.split('|')[1] ?? []),
    ),
    links,
    techniques: unique(draft.techniques),
    tactics: unique(draft.tactics),
    keys: new Set(draft.groupKeys),
    title: draft.title,
  }
}
