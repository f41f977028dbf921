import type { Alert } from '../domain/alert.ts'

/** A field to count by: how people call it, what it is called in an answer, and its values in an alert. */
export interface Dimension {
  readonly words: RegExp
  readonly one: string
  readonly many: string
  readonly valuesOf: (alert: Alert) => readonly string[]
}

const entities = (type: string, role?: RegExp) => (alert: Alert) => [
  ...new Set(
    alert.entities
      .filter(entity => entity.type === type && (role === undefined || role.test(entity.role)))
      .map(entity => entity.value),
  ),
]

/** The most special first: `source addresses` before `addresses`. */
export const dimensions: readonly Dimension[] = [
  {
    words:
      /\b(source|src|attack\w*|remote|client|offending|external)\s+(ips?|addresses|address|hosts?)\b|\battackers?\b/,
    one: 'source address',
    many: 'source addresses',
    valuesOf: entities('address', /source/),
  },
  {
    words: /\b(dest\w*|dst|target)\s+(ips?|addresses|address)\b/,
    one: 'destination address',
    many: 'destination addresses',
    valuesOf: entities('address', /target|destination/),
  },
  {
    words: /\b(ips?|ip addresses|addresses|ip address)\b/,
    one: 'address',
    many: 'addresses',
    valuesOf: entities('address'),
  },
  {
    words: /\b(agents?|hosts?|machines?|servers?|endpoints?|computers?|systems?|assets?)\b/,
    one: 'host',
    many: 'hosts',
    valuesOf: alert => [alert.agent.name],
  },
  { words: /\b(users?|accounts?|usernames?)\b/, one: 'user', many: 'users', valuesOf: entities('user') },
  {
    words: /\b(mitre|att&ck|techniques?|ttps?)\b/,
    one: 'technique',
    many: 'techniques',
    valuesOf: alert => alert.rule.mitre.ids,
  },
  { words: /\btactics?\b/, one: 'tactic', many: 'tactics', valuesOf: alert => alert.rule.mitre.tactics },
  {
    words: /\brule groups?\b|\bgroups?\b|\bcategor(y|ies)\b/,
    one: 'rule group',
    many: 'rule groups',
    valuesOf: alert => alert.rule.groups,
  },
  {
    words: /\b(rules?|alert types?|kinds? of alerts?|detections?|signatures?)\b/,
    one: 'rule',
    many: 'rules',
    valuesOf: alert => [`${alert.rule.id} (${alert.rule.description})`],
  },
  { words: /\bcves?\b|\bvulnerabilit(y|ies)\b/, one: 'CVE', many: 'CVEs', valuesOf: entities('cve') },
  { words: /\b(hash(es)?|sha-?256|md5|sha-?1)\b/, one: 'hash', many: 'hashes', valuesOf: entities('hash') },
  {
    words: /\b(process(es)?|programs?|executables?|binar(y|ies))\b/,
    one: 'process',
    many: 'processes',
    valuesOf: entities('process'),
  },
  { words: /\b(files?|paths?)\b/, one: 'file', many: 'files', valuesOf: entities('file') },
  { words: /\b(domains?|host ?names?)\b/, one: 'domain', many: 'domains', valuesOf: entities('domain') },
  { words: /\burls?\b/, one: 'URL', many: 'URLs', valuesOf: entities('url') },
  { words: /\bservices?\b/, one: 'service', many: 'services', valuesOf: entities('service') },
  {
    words: /\bdecoders?\b/,
    one: 'decoder',
    many: 'decoders',
    valuesOf: alert => (alert.decoder === undefined ? [] : [alert.decoder]),
  },
  {
    words: /\b(locations?|log files?|log sources?)\b/,
    one: 'log source',
    many: 'log sources',
    valuesOf: alert => [alert.location],
  },
  { words: /\blevels?\b/, one: 'level', many: 'levels', valuesOf: alert => [String(alert.rule.level)] },
  {
    words: /\bhours?\b/,
    one: 'hour',
    many: 'hours',
    valuesOf: alert => [`${new Date(alert.timestampMs).toISOString().slice(0, 13)}:00Z`],
  },
  {
    words: /\b(days?|dates?)\b/,
    one: 'day',
    many: 'days',
    valuesOf: alert => [new Date(alert.timestampMs).toISOString().slice(0, 10)],
  },
]

/** How many alerts have each value, most first; equal counts by value. */
export function countBy(alerts: readonly Alert[], dimension: Dimension): [value: string, count: number][] {
  const counts = new Map<string, number>()
  for (const alert of alerts)
    for (const value of dimension.valuesOf(alert)) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}
