import type { Alert, AlertFacts, Entity } from '../domain/alert.ts'
import { isLoopback } from '../domain/network-address.ts'
import { BoundedMap } from '../lib/bounded-map.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { type WebMarks, webMarksOf } from './web-marks.ts'

/** The keys under which an alert finds the case of its kind, and those of the processes and logons that it names. */
export interface GroupKeys {
  readonly kind: string
  readonly processes: readonly string[]
  /** What ties a request to the script that it brought or asks for. */
  readonly web: WebMarks
}

/** What an alert's command does that ordinary ones do not, `''` for nothing; so that it is a kind by itself. Asked for every alert: it has to be quick. */
export type ActOf = (alert: Alert) => string

/** What grouping asks of an alert. */
export interface Groupable extends AlertFacts {
  readonly groupKeys: GroupKeys
  /** All of it. Asked only for what opens a case or is linked to one: it may have to be read again. */
  whole(): Alert
}

/** An alert that is held as a whole, for grouping. */
export function groupable(alert: Alert, graveActOf: ActOf): Groupable {
  return { ...alert, groupKeys: groupKeysOf(alert, graveActOf), whole: () => alert }
}

export function groupKeysOf(alert: Alert, graveActOf: ActOf): GroupKeys {
  return {
    kind: groupKey(alert, graveActOf(alert)),
    processes: [...processKeys(alert), ...logonKeys(alert)],
    web: webMarksOf(alert),
  }
}

/** Kinds come again and again: one text for each, in one piece and compared by where it stands. */
const kinds = new BoundedMap<string, string>(20_000)

/**
 * What further alerts of the same kind share: the rule, what the rule is about where it is a container for many things
 * (a sensor's signature, a folder under file monitoring), the host, and who did it (the source address, else the
 * acting user). The target is left out on purpose: one attacker trying many accounts is one case. A grave act is a kind by
 * itself: among a thousand commands of the same rule and account it would not be read.
 */
function groupKey(alert: Alert, act: string): string {
  const principal = principalOf(alert.entities)
  const who =
    principal === undefined
      ? auditUser(alert)
      : `${principal.type}:${cutText(principal.value, longestPrincipal)}`
  const what = act === '' ? subjectOf(alert) : ` !${act}`
  const kind = `${alert.rule.id}${what}|${alert.agent.name}|${who}`
  return kinds.touch(kind, () => kind)
}

const noLogin = '4294967295'

/** The kernel names accounts by number: who logged on, else as whom it runs. */
function auditUser(alert: Alert): string {
  const login = textAt(alert, '/data/audit/auid')
  const number =
    login === undefined || login === noLogin || login === '-1' ? textAt(alert, '/data/audit/uid') : login
  return number === undefined ? '' : `uid:${cutText(keyPart(number), 12)}`
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

/** What comes from the host itself comes from everybody on it. */
function isForeignSource({ type, role, value }: Entity): boolean {
  return type === 'address' && role === 'source' && !isLoopback(value)
}

/** The entity that acts: the source address, else the acting user, else the account that it happened to. */
export function principalOf(entities: readonly Entity[]): Entity | undefined {
  return (
    entities.find(isForeignSource) ??
    entities.find(entity => entity.type === 'user' && entity.role === 'actor') ??
    entities.find(entity => entity.type === 'user')
  )
}

const logons =
  /^(?:authentication_(?:fail(?:ed|ures)|success)|invalid_login|login_denied|win_authentication_failed)$/

/** Failed and successful logons from one address to one host are one story, whatever rules tell it: `logon|HOST|ADDRESS`. */
function logonKeys(alert: Alert): string[] {
  if (!alert.rule.groups.some(group => logons.test(group))) return []
  const source = alert.entities.find(isForeignSource)
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
