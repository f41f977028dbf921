import { createHash } from 'node:crypto'
import type { Alert, NormalizedLine, QuarantinedLine } from '../domain/alert.ts'
import { messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { type Fields, fieldAt, fieldsOf, textOf } from './field.ts'
import { findEntities } from './find-entities.ts'
import { faultsOf, repairDocument } from './inspect-document.ts'
import { parseTimestamp } from './parse-timestamp.ts'
import { readFindingRule, readRule } from './read-rule.ts'

/** Longer lines go to quarantine: analysisd's own limit for one event is 64 KB, so this is no alert of Wazuh's. */
export const maxLineBytes = 4 * 1024 * 1024

export interface LineOrigin {
  /** For people: `alerts.ndjson line 12`. */
  readonly where: string
  /** The time for alerts that carry none, in milliseconds since the epoch. */
  readonly receivedAtMs: number
}

/**
 * Reads one line: a Wazuh 4 alert, an indexer hit (`{_id, _index, _source}`) or a Wazuh 5 finding. Takes bytes, so
 * that they can be kept exactly. Never throws: what cannot be read is quarantined with its reason.
 */
export function normalizeLine(line: Uint8Array, origin: LineOrigin): NormalizedLine {
  if (line.length > maxLineBytes)
    return quarantined('too-large', `the line is ${line.length} bytes long`, line, origin)
  const raw = decode(line)
  let parsed: unknown
  try {
    parsed = JSON.parse(raw.text)
  } catch (error) {
    return quarantined('not-json', `the line is not JSON: ${reasonOf(error)}`, line, origin)
  }
  return normalizeParsed(parsed, raw, line, origin)
}

/**
 * The same for a hit that a client has already parsed. `line` is its JSON text as received; where the client gives
 * only the object, pass `Buffer.from(JSON.stringify(hit))`.
 */
export function normalizeHit(hit: unknown, line: Uint8Array, origin: LineOrigin): NormalizedLine {
  return normalizeParsed(hit, decode(line), line, origin)
}

interface RawText {
  readonly text: string
  readonly valid: boolean
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: false })

function decode(line: Uint8Array): RawText {
  const text = lenient.decode(line)
  // A line that really holds U+FFFD is rare; only then are the bytes compared.
  return { text, valid: !text.includes('\uFFFD') || Buffer.from(text).equals(line) }
}

function normalizeParsed(
  parsed: unknown,
  raw: RawText,
  line: Uint8Array,
  origin: LineOrigin,
): NormalizedLine {
  const faults: string[] = [...faultsOf(parsed), ...(raw.valid ? [] : ['invalid-utf8'])]
  // faultsOf has just proven that the value is plain JSON, or repairDocument has made it so.
  const value = (faults.length === 0 ? parsed : repairDocument(parsed)) as Json
  const outer = fieldsOf(value)
  const isHit = outer._source !== undefined
  // A JSON object's members are JSON.
  const document = (isHit ? fieldsOf(outer._source) : outer) as Alert['document']
  const problems: Problem[] = []
  const alert = readAlert(document, textOf(isHit ? outer._id : undefined), raw.text, origin, problems)
  if (alert === undefined) {
    return quarantined(
      'not-an-alert',
      'the line is JSON, but has no rule of Wazuh 4 or 5 in it',
      line,
      origin,
    )
  }
  const [fault] = faults
  if (fault === undefined) return { kind: 'alert', alert, problems }
  const message = `the line was repaired before it was read (${faults.join(', ')}); the original is in quarantine`
  problems.push(problem(fault, message, origin.where))
  return {
    kind: 'repaired',
    alert,
    problems,
    quarantined: { code: fault, message, where: origin.where, bytes: line },
  }
}

function readAlert(
  document: Alert['document'],
  documentId: string | undefined,
  raw: string,
  origin: LineOrigin,
  problems: Problem[],
): Alert | undefined {
  const isFinding =
    fieldAt(document, ['wazuh', 'rule', 'id']) !== undefined ||
    fieldAt(document, ['wazuh', 'rule', 'title']) !== undefined
  const ruleFields = fieldsOf(document.rule)
  if (!isFinding && ruleFields.id === undefined && ruleFields.level === undefined) return undefined
  const rule = isFinding ? readFindingRule(document) : readRule(ruleFields)
  const manager =
    (isFinding
      ? textOf(fieldAt(document, ['wazuh', 'cluster', 'name']))
      : textOf(fieldAt(document, ['manager', 'name']))) ?? ''
  const ownId = textOf(isFinding ? fieldAt(document, ['event', 'id']) : document.id)
  const id = documentId ?? ownId ?? fallbackId(raw)
  if (documentId === undefined && ownId === undefined) {
    problems.push(problem('missing-id', `the alert has no id; it is known as ${id}`, origin.where))
  }
  const node = textOf(fieldAt(document, ['cluster', 'node'])) ?? ''
  const fullLog = textOf(isFinding ? fieldAt(document, ['event', 'original']) : document.full_log)
  const decoder = textOf(
    fieldAt(document, isFinding ? ['wazuh', 'integration', 'name'] : ['decoder', 'name']),
  )
  return {
    key: isFinding ? id : `${manager}/${node}/${ownId ?? id}`,
    id,
    generation: isFinding ? 5 : 4,
    timestampMs: timestampOf(document, ownId, origin, problems),
    rule,
    agent: readAgent(document, isFinding),
    manager,
    location: textOf(document.location) ?? '',
    ...(decoder === undefined ? {} : { decoder }),
    ...(fullLog === undefined ? {} : { fullLog }),
    entities: findEntities(document, isFinding ? 5 : 4),
    document,
    raw,
  }
}

function readAgent(document: Fields, isFinding: boolean): Alert['agent'] {
  const at = (name: string) =>
    textOf(fieldAt(document, isFinding ? ['wazuh', 'agent', name] : ['agent', name]))
  const ip = isFinding ? textOf(fieldAt(document, ['host', 'ip'])) : at('ip')
  return { id: at('id') ?? '', name: at('name') ?? '', ...(ip === undefined ? {} : { ip }) }
}

/** The alert's own time, else the indexer's, else the seconds that Wazuh 4 puts in its ids, else when it came. */
function timestampOf(
  document: Fields,
  ownId: string | undefined,
  origin: LineOrigin,
  problems: Problem[],
): number {
  const time =
    parseTimestamp(document.timestamp) ??
    parseTimestamp(document['@timestamp']) ??
    parseTimestamp(Number(/^(\d{9,10})\.\d+$/.exec(ownId ?? '')?.[1] ?? Number.NaN))
  if (time !== undefined) return time
  problems.push(
    problem(
      'missing-timestamp',
      'the alert has no readable time; the time of arrival stands in',
      origin.where,
    ),
  )
  return origin.receivedAtMs
}

/** The same text always gets the same id, so that reading a file twice does not make two alerts of it. */
function fallbackId(raw: string): string {
  return `sha256:${createHash('sha256').update(raw).digest('hex').slice(0, 24)}`
}

/** V8's message quotes the line; only what it says before that is kept: hostile text stays out of messages. */
function reasonOf(error: unknown): string {
  return messageOf(error)
    .replace(/,? *["'`].*$/s, '')
    .slice(0, 80)
}

function quarantined(code: string, message: string, line: Uint8Array, origin: LineOrigin): NormalizedLine {
  const entry: QuarantinedLine = { code, message, where: origin.where, bytes: line }
  return { kind: 'quarantined', quarantined: entry }
}
