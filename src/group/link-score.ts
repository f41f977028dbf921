import type { AlertFacts, Entity } from '../domain/alert.ts'
import { entityKey } from '../domain/entity-key.ts'
import { isLoopback, isPrivateAddress } from '../domain/network-address.ts'
import type { EntityRarity } from './entity-rarity.ts'
import type { OpenCase } from './open-case.ts'

/** An entity by which an alert can be linked to a case of other rules, and how much sharing it says. */
export interface Linkable {
  readonly entity: Entity
  readonly key: string
  readonly weight: number
}

/** Marks a case that holds an act of an attack on a host, an attempt from elsewhere, or one that comes from an attacked host. */
export function attackMark(place: 'host' | 'attempt' | 'address', value: string): string {
  return `attack|${place}|${value}`
}

/** The host, or of what the manager itself fetched or was sent, the log: a cloud account and a firewall are not one place. */
export function attackedPlace({ agent, location }: AlertFacts): string {
  return agent.id === '000' ? `${agent.name} ${location}` : agent.name
}

/** Whether another machine did it: a source address that is not the host's own. Sysmon's is where a connection begins. */
export function comesFromElsewhere({ entities }: AlertFacts): boolean {
  const own = new Set(
    entities.flatMap(({ type, role, value }) => (type === 'address' && role === 'subject' ? [value] : [])),
  )
  return entities.some(
    ({ type, role, value, pointer }) =>
      type === 'address' &&
      role === 'source' &&
      pointer !== '/data/win/eventdata/sourceIp' &&
      !isLoopback(value) &&
      !own.has(value),
  )
}

/** An agent that stops while its host is attacked was most likely stopped. */
const fallsSilent = /^(?:wazuh|ossec) agent (?:stopped|disconnected|removed)/i

/** Under which marks an alert finds attacks that it may belong to. */
export function attackMarksFor(alert: AlertFacts, isAttack: boolean): string[] {
  const lateral = isAttack || alert.rule.mitre.tactics.includes('Lateral Movement')
  const sources = alert.entities.filter(entity => entity.type === 'address' && entity.role === 'source')
  const isOnHost = !comesFromElsewhere(alert)
  const place = attackedPlace(alert)
  return [
    // Attacks from two places on one host are two until something else ties them: the internet never stops knocking.
    ...(isOnHost && (isAttack || fallsSilent.test(alert.rule.description))
      ? [attackMark('host', place), attackMark('attempt', place)]
      : []),
    ...(lateral ? sources.map(entity => attackMark('address', entity.value)) : []),
  ]
}

/** Those of an alert's entities that can link it; the host is not among them: it says too little by itself. */
export function linkablesOf(entities: readonly Entity[]): Linkable[] {
  const ordinary = entities.some(entity => entity.type === 'process' && isOrdinaryPath(entity.value))
  const found: Linkable[] = []
  for (const entity of entities) {
    // The hash of cmd.exe is on every Windows host; only that of an unusual program says something.
    if (entity.type === 'hash' && ordinary) continue
    const linkable = linkableOf(entity)
    if (linkable.weight > 0 && !found.some(known => known.key === linkable.key)) found.push(linkable)
  }
  return found
}

/** Entities come again and again as the same objects (`normalize/find-entities.ts`). */
const linkables = new WeakMap<Entity, Linkable>()

function linkableOf(entity: Entity): Linkable {
  const known = linkables.get(entity)
  if (known !== undefined) return known
  // A file that one alert saw written and another saw run is one thing.
  const key = entity.type === 'process' ? `file:${entity.value}` : entityKey(entity)
  const made = { entity, key, weight: entityWeight(entity) }
  linkables.set(entity, made)
  return made
}

/** From how many alerts on failures from an address are no slip, so that whoever gets in from there may be the guesser. */
const manyFailures = 3

/** A success with an account that the case does not name: behind a jump host or proxy one person's slip is no other's. */
function isLogonOfAnother(alert: AlertFacts, links: readonly Linkable[], target: OpenCase): boolean {
  const users = links.filter(({ entity }) => entity.type === 'user')
  return (
    alert.rule.groups.includes('authentication_success') &&
    users.length > 0 &&
    !users.some(({ key }) => target.links.includes(key))
  )
}

/** How strongly an alert belongs to a case of other rules, and what they share, for a person. */
export interface LinkScore {
  readonly score: number
  readonly shared: readonly string[]
}

/**
 * Adds up what an alert shares with a case. Weights by how much sharing says: a process identity or a file hash is
 * nearly proof, the same account on the same host is strong, the host alone is weak. Two alerts on one busy host must
 * not meet by the host alone, so the default threshold (3) needs two kinds of thing in common and ATT&CK on both
 * sides, or one that is nearly proof. Hubs (SYSTEM, a domain controller, a NAT address) count nothing.
 */
export function linkScore(
  alert: AlertFacts,
  links: readonly Linkable[],
  keys: readonly string[],
  target: OpenCase,
  rarity: EntityRarity,
): LinkScore {
  const shared: string[] = []
  let score = 0
  if (keys.some(key => key.startsWith('process|') && target.keys.includes(key))) {
    score += 3
    shared.push('the same process')
  }
  const sameLogons = keys.some(key => key.startsWith('logon|') && target.keys.includes(key))
  if (sameLogons && (!isLogonOfAnother(alert, links, target) || target.alertCount >= manyFailures)) {
    score += 3
    shared.push('logons from the same address')
  }
  const mark = keys.find(key => key.startsWith('attack|') && target.keys.includes(key))
  if (mark !== undefined) {
    score += mark.startsWith('attack|address|') ? 3 : mark.startsWith('attack|host|') ? 2.5 : 2
    shared.push(mark.startsWith('attack|address|') ? 'its source, a host under attack' : 'an attack')
  }
  if (keys.some(key => key.startsWith('served|') && target.keys.includes(key))) {
    score += 3
    shared.push('the new script that it asks for')
  } else if (keys.some(key => /^(?:upload|script)\|/.test(key) && target.keys.includes(key))) {
    score += 2.5
    shared.push('an upload and a new script within minutes')
  }
  if (target.hosts.includes(alert.agent.name)) {
    score += 1
    shared.push(`the host ${alert.agent.name}`)
  }
  for (const { entity, key, weight } of links) {
    if (!target.links.includes(key) || rarity.isHub(key)) continue
    score += weight
    shared.push(`the ${entity.type} ${entity.value}`)
  }
  if (score > 0 && alert.rule.mitre.ids.length > 0 && target.techniques.length > 0) {
    score += 1
    const next = alert.rule.mitre.tactics.find(tactic => !target.tactics.includes(tactic))
    shared.push(next === undefined ? 'ATT&CK tactics in common' : `a further ATT&CK tactic (${next})`)
  }
  return { score, shared }
}

function entityWeight(entity: Entity): number {
  switch (entity.type) {
    case 'hash':
      return 3
    case 'file':
    case 'process':
      return isOrdinaryPath(entity.value) ? 0 : 2
    case 'domain':
    case 'service':
      return 2
    case 'address':
      return entity.role === 'subject' ? 0 : isPrivateAddress(entity.value) ? 1 : 2
    case 'user':
      return 1.5
    default:
      return 0
  }
}

function isOrdinaryPath(path: string): boolean {
  return /^c:\\windows\\(?:(?:system32|syswow64)\\.|explorer\.exe$)|^c:\\program files|^\/(?:usr\/)?s?bin\//.test(
    path,
  )
}
