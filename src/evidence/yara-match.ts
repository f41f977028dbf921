import type { Alert } from '../domain/alert.ts'
import type { EvidenceDraft } from '../domain/evidence.ts'
import { cutText } from '../lib/cut-text.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { CaseContext, YaraRuleFact } from './case-context.ts'
import { techniqueDraft, techniqueOf } from './technique.ts'

const maxMatches = 10
const maxMetaLength = 300

/** A match of YARA on an endpoint, as its script reported it. */
export interface YaraReport {
  readonly rule: string
  readonly tags: string
  readonly strings: string
  readonly path: string
  readonly sha256: string
  readonly size: string
  /** Why the file was scanned: `syscheck`, `data` (an execution), `proposal`. */
  readonly trigger: string
}

/** Reads a match out of an alert, or `undefined` where it is none. */
export function yaraReport(alert: Alert): YaraReport | undefined {
  const text = (name: string) => {
    const value = readPointer(alert.document, `/data/tocsin/${name}`)
    return typeof value === 'string' ? value : ''
  }
  if (text('event') !== 'yara_match') return undefined
  return {
    rule: text('rule'),
    tags: text('tags'),
    strings: text('strings'),
    path: text('path'),
    sha256: text('sha256'),
    size: text('size'),
    trigger: text('trigger'),
  }
}

/**
 * What matched and where, what the rule's own metadata says, on how many hosts the same file was seen, and the ATT&CK
 * techniques that the metadata names: facts by code, beside which a model's summary is held.
 */
export function yaraMatch(context: CaseContext): EvidenceDraft[] {
  const reports = context.alerts
    .flatMap(alert => {
      const report = yaraReport(alert)
      return report === undefined ? [] : [{ alert, report }]
    })
    .slice(0, maxMatches)
  const matches = reports.map(
    ({ alert, report }): EvidenceDraft => ({
      kind: 'yara-match',
      source: alert.key,
      pointer: '/data/tocsin',
      quote: [
        `YARA rule ${report.rule} matched ${report.path} on ${alert.agent.name}`,
        report.strings === '' ? '' : `strings ${report.strings}`,
        report.tags === '' ? '' : `tags ${report.tags}`,
        `${report.size} bytes`,
        `SHA-256 ${report.sha256}`,
        report.trigger === 'data' ? 'scanned because it was run' : '',
      ]
        .filter(part => part !== '')
        .join('; ')
        .toWellFormed(),
      // The name of the file is whoever dropped it's choice.
      trust: 'attacker-controlled',
      label: `YARA match of ${report.rule}`,
    }),
  )
  const named = new Set(reports.map(({ report }) => report.rule))
  const rules = (context.yaraRules ?? []).filter(({ rule }) => named.has(rule))
  return [...matches, ...rules.flatMap(fact => ruleFacts(context, fact)), ...prevalence(context)]
}

function ruleFacts(context: CaseContext, fact: YaraRuleFact): EvidenceDraft[] {
  const entries = Object.entries(fact.meta).map(
    ([key, value]) => [key, cutText(String(value).replace(/\s+/g, ' '), maxMetaLength)] as const,
  )
  const said = entries.map(([key, value]) => `${key} = ${value}`).join('; ')
  const tags = fact.tags.length === 0 ? '' : ` (tags ${fact.tags.join(', ')})`
  const about: EvidenceDraft = {
    kind: 'yara-rule',
    source: `yara-pack/${fact.pack}`,
    pointer: '',
    quote: `${fact.rule}${tags}: ${said === '' ? 'no metadata' : said}`.toWellFormed(),
    trust: 'knowledge-base',
    label: `What the rule pack ${fact.pack} says about ${fact.rule}`,
  }
  const ids = new Set(entries.flatMap(([, value]) => value.match(/\bT\d{4}(?:\.\d{3})?\b/g) ?? []))
  const techniques = [...ids].flatMap(id => {
    const found = techniqueOf(context, id)
    return found === undefined ? [] : [techniqueDraft(id, found, `, named by the YARA rule ${fact.rule}`)]
  })
  return [about, ...techniques]
}

function prevalence(context: CaseContext): EvidenceDraft[] {
  return (context.prevalence ?? []).map(({ sha256, hosts, hostCount, firstSeenMs }) => ({
    kind: 'file-prevalence',
    source: `prevalence/${sha256}`,
    pointer: '',
    quote: `The file with SHA-256 ${sha256} was reported on ${hostCount} ${hostCount === 1 ? 'host' : 'hosts'} (${hosts.join(', ')}), first on ${new Date(firstSeenMs).toISOString()}`,
    trust: 'observed',
    label: 'On how many hosts this file was seen',
    facts: { hosts: hostCount },
  }))
}
