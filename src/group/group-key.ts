import type { Alert, AlertFacts, Entity } from '../domain/alert.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'

/** The keys under which an alert finds the case of its kind, and those of the processes and logons that it names. */
export interface GroupKeys {
  readonly kind: string
  readonly processes: readonly string[]
}

/** What grouping asks of an alert. */
export interface Groupable extends AlertFacts {
  readonly groupKeys: GroupKeys
  /** All of it. Asked only for what opens a case or is linked to one: it may have to be read again. */
  whole(): Alert
}

/** An alert that is held as a whole, for grouping. */
export function groupable(alert: Alert): Groupable {
  return { ...alert, groupKeys: groupKeysOf(alert), whole: () => alert }
}

export function groupKeysOf(alert: Alert): GroupKeys {
  return { kind: groupKey(alert), processes: [...processKeys(alert), ...logonKeys(alert)] }
}

/**
 * What further alerts of the same kind share: the rule, what the rule is about where it is a container for many things
 * (a sensor's signature, a folder under file monitoring), the host, and who did it (the source address, else the
 * acting user). The target is left out on purpose: one attacker trying many accounts is one case.
 */
function groupKey(alert: Alert): string {
  const principal = principalOf(alert.entities)
  const who = principal === undefined ? '' : `${principal.type}:${cutText(principal.value, longestPrincipal)}`
  return `${alert.rule.id}${subjectOf(alert)}|${alert.agent.name}|${who}`
}

/** A case holds many keys, and tens of thousands of cases are held. */
const longestPrincipal = 120

function subjectOf(alert: Alert): string {
  const signature = textAt(alert, '/data/alert/signature')
  if (signature !== undefined) return ` ${keyPart(signature)}`
  const path = textAt(alert, '/syscheck/path')
  return path === undefined ? '' : ` ${keyPart(folderOf(path))}`
}

/** The first two folders of a path: an update writes to many files of one, an attacker to a few of another. */
function folderOf(path: string): string {
  const separator = path.includes('\\') ? '\\' : '/'
  return path.split(separator).slice(0, -1).slice(0, 3).join(separator)
}

/** `|` parts the keys. */
function keyPart(text: string): string {
  return cutText(text, 120).replaceAll('|', '/')
}

function textAt(alert: Alert, pointer: string): string | undefined {
  const value = readPointer(alert.document, pointer)
  return typeof value === 'string' ? value : undefined
}

/** The entity that acts: the source address, else the acting user, else the account that it happened to. */
export function principalOf(entities: readonly Entity[]): Entity | undefined {
  return (
    entities.find(entity => entity.type === 'address' && entity.role === 'source') ??
    entities.find(entity => entity.type === 'user' && entity.role === 'actor') ??
    entities.find(entity => entity.type === 'user')
  )
}

const logons =
  /^(?:authentication_(?:fail(?:ed|ures)|success)|invalid_login|login_denied|win_authentication_failed)$/

/** Failed and successful logons from one address to one host are one story, whatever rules tell it: `logon|HOST|ADDRESS`. */
function logonKeys(alert: Alert): string[] {
  if (!alert.rule.groups.some(group => logons.test(group))) return []
  const source = alert.entities.find(({ type, role }) => type === 'address' && role === 'source')
  return source === undefined ? [] : [`logon|${alert.agent.name}|${source.value}`]
}

const windowsMembers = ['processGuid', 'parentProcessGuid', 'sourceProcessGUID'] as const

/** Sysmon's process identities, which tie a process to its parent and to what it did: `process|HOST|{guid}`. */
function processKeys(alert: Alert): string[] {
  const keys: string[] = []
  for (const value of processIdentities(alert)) {
    if (typeof value === 'string' && value.length > 10 && value.length < 80 && /[1-9a-f]/i.test(value)) {
      keys.push(`process|${alert.agent.name}|${value}`)
    }
  }
  return keys
}

function processIdentities(alert: Alert): unknown[] {
  if (alert.generation === 5) {
    return ['/process/entity_id', '/process/parent/entity_id'].map(pointer =>
      readPointer(alert.document, pointer),
    )
  }
  const eventData = readPointer(alert.document, '/data/win/eventdata')
  if (eventData === null || typeof eventData !== 'object') return []
  // An object of a parsed document: its members are unknown until looked at.
  return windowsMembers.map(member => (eventData as { readonly [key: string]: unknown })[member])
}
