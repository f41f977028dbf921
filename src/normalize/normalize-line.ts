import { createHash } from 'node:crypto'
import type {
  Alert,
  NormalizedLine,
  QuarantinedLine,
  RuleReference,
  WazuhGeneration,
} from '../domain/alert.ts'
import { messageOf } from '../lib/app-error.ts'
import type { Json } from '../lib/canonical-json.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { type Fields, fieldsOf, findingFieldAt, textOf, textsOf } from './field.ts'
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
    parsed = JSON.parse(raw.text.startsWith('\uFEFF') ? raw.text.slice(1) : raw.text)
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

function decode(line: Uint8Array): RawText {
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString('utf8')
  // A line that really holds U+FFFD is rare; only then are the bytes compared.
  return { text, valid: !text.includes('\uFFFD') || Buffer.from(text).equals(line) }
}

function normalizeParsed(
  parsed: unknown,
  raw: RawText,
  line: Uint8Array,
  origin: LineOrigin,
): NormalizedLine {
  const faults: string[] = [...faultsOf(parsed, raw.text), ...(raw.valid ? [] : ['invalid-utf8'])]
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
  const name = overlongName(alert)
  if (name !== undefined) {
    return quarantined('name-too-long', `the ${name} is longer than any of Wazuh's`, line, origin)
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

/**
 * In bytes of UTF-8, what alerts are looked up by: an entry of a database index holds 2,704, and one alert that does not fit
 * would stop its batch, and every try of it. Wazuh's own ids and names are below 130.
 */
const longestNames = { key: 1024, agent: 512, rule: 256 }

function overlongName({ key, agent, rule }: Alert): string | undefined {
  if (isLonger(key, longestNames.key)) return 'id with the names of manager and node'
  if (isLonger(agent.name, longestNames.agent)) return 'name of the agent'
  return isLonger(rule.id, longestNames.rule) ? 'id of the rule' : undefined
}

function isLonger(text: string, bytes: number): boolean {
  // A UTF-16 unit takes three bytes at most.
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes
}

/** The fields that the two generations keep under different names. */
interface AlertNames {
  readonly generation: WazuhGeneration
  readonly rule: RuleReference
  readonly agent: Alert['agent']
  readonly manager: string
  readonly ownId: string | undefined
  readonly fullLog: string | undefined
  readonly decoder: string | undefined
}

/** The members of a document in which the rule of a finding can stand. */
const findingKeys = ['wazuh', 'wazuh.rule', 'wazuh.rule.id', 'wazuh.rule.title']

function namesOf(document: Alert['document'], onUnknownLevel: () => void): AlertNames | undefined {
  // Findings first: a finding carries fields of the event, and a sensor's event has a `rule` of its own. An alert of
  // Wazuh 4 keeps what it decoded under `data`.
  const isFinding =
    findingKeys.some(key => Object.hasOwn(document, key)) &&
    ['id', 'title'].some(name => findingFieldAt(document, ['wazuh', 'rule', name]) !== undefined)
  if (isFinding) return findingNames(document, onUnknownLevel)
  const rule = fieldsOf(document.rule)
  return rule.id !== undefined || rule.level !== undefined ? alertNames(document, rule) : undefined
}

function alertNames(document: Alert['document'], rule: Fields): AlertNames {
  const agent = fieldsOf(document.agent)
  return {
    generation: 4,
    rule: readRule(rule),
    agent: agentOf(textOf(agent.id), textOf(agent.name), textOf(agent.ip)),
    manager: textOf(fieldsOf(document.manager).name) ?? '',
    ownId: textOf(document.id),
    fullLog: textOf(document.full_log),
    decoder: textOf(fieldsOf(document.decoder).name),
  }
}

function findingNames(document: Alert['document'], onUnknownLevel: () => void): AlertNames {
  const at = (...path: string[]) => textsOf(findingFieldAt(document, path))[0]
  return {
    generation: 5,
    rule: readFindingRule(document, onUnknownLevel),
    agent: agentOf(at('wazuh', 'agent', 'id'), at('wazuh', 'agent', 'name'), at('host', 'ip')),
    manager: at('wazuh', 'cluster', 'name') ?? '',
    ownId: at('event', 'id'),
    fullLog: at('event', 'original'),
    decoder: at('wazuh', 'integration', 'name'),
  }
}

/** The last of each id: given again as long as it is the same, since alerts wait in memory. */
const keptAgents = new Map<string, Alert['agent']>()
const mostAgents = 10_000
const longestAgent = 300

function agentOf(id = '', name = '', ip?: string): Alert['agent'] {
  const known = keptAgents.get(id)
  if (known !== undefined && known.name === name && known.ip === ip) return known
  const agent = { id, name, ...(ip === undefined ? {} : { ip }) }
  if (id.length + name.length + (ip?.length ?? 0) <= longestAgent) {
    if (keptAgents.size >= mostAgents) keptAgents.clear()
    keptAgents.set(id, agent)
  }
  return agent
}

function readAlert(
  document: Alert['document'],
  documentId: string | undefined,
  raw: string,
  origin: LineOrigin,
  problems: Problem[],
): Alert | undefined {
  const names = namesOf(document, () =>
    problems.push(
      problem('unknown-level', 'the finding has no level that is known; it counts as medium', origin.where),
    ),
  )
  if (names === undefined) return undefined
  const { generation, rule, agent, manager, ownId, fullLog, decoder } = names
  const id = documentId ?? ownId ?? fallbackId(raw)
  if (documentId === undefined && ownId === undefined) {
    problems.push(problem('missing-id', `the alert has no id; it is known as ${id}`, origin.where))
  }
  const node = textOf(fieldsOf(document.cluster).node) ?? ''
  return {
    // Several rules may speak of one event, and whoever writes a log may choose its id: it alone would make a grave finding
    // the copy of another.
    key: generation === 5 ? (documentId ?? fallbackId(raw)) : `${manager}/${node}/${ownId ?? id}`,
    id,
    generation,
    timestampMs: timestampOf(document, ownId, origin, problems),
    rule,
    agent,
    manager,
    location: textOf(document.location) ?? '',
    ...(decoder === undefined ? {} : { decoder }),
    ...(fullLog === undefined ? {} : { fullLog }),
    entities: findEntities(document, generation),
    document,
    raw,
  }
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
/** What JSON.parse says, without what it quotes of the line, which is an attacker's. */
function reasonOf(error: unknown): string {
  const said = messageOf(error)
  if (/^(?:Unexpected end|Unterminated)/.test(said)) return 'it ends in the middle'
  const position = / at position (\d{1,9})/.exec(said)?.[1]
  return position === undefined
    ? 'it has a character where JSON has none'
    : `at character ${Number(position) + 1} something else should follow`
}

function quarantined(code: string, message: string, line: Uint8Array, origin: LineOrigin): NormalizedLine {
  const entry: QuarantinedLine = { code, message, where: origin.where, bytes: line }
  return { kind: 'quarantined', quarantined: entry }
}
