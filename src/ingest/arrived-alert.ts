import { graveActOf } from '../assess/grave-act.ts'
import type { Alert, NormalizedLine, QuarantinedLine } from '../domain/alert.ts'
import { isOwnEnrichment } from '../domain/own-enrichment.ts'
import { type Groupable, type GroupKeys, groupKeysOf } from '../group/group-key.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import type { JobDraft } from '../queue/jobs.ts'
import type { NewAlert } from '../store/alerts.ts'
import { withoutNul } from '../store/copy-rows.ts'
import { spokenTexts } from '../verify/spoken-texts.ts'

/** One line as a source read it. `where` is for people: `alerts.json byte 1024`. */
export interface SourceLine {
  readonly bytes: Uint8Array
  readonly where: string
}

/** A line that was read: what came of it, and what of it could not be taken as it stood. */
export interface ArrivedLine {
  readonly alert?: ArrivedAlert
  readonly quarantined?: QuarantinedLine
}

export interface Arrival {
  readonly receivedAtMs: number
  /** Jobs that other features want done about an alert. */
  readonly followUps: (alert: Alert) => readonly JobDraft[]
}

/** Reads a line as it comes in. Never throws. */
export function readArrivedLine(line: SourceLine, arrival: Arrival): ArrivedLine {
  const read = normalizeLine(line.bytes, { where: line.where, receivedAtMs: arrival.receivedAtMs })
  if (read.kind === 'quarantined') return { quarantined: read.quarantined }
  const alert = new ArrivedAlert(read, line, arrival)
  return read.kind === 'repaired' ? { alert, quarantined: read.quarantined } : { alert }
}

type ReadableLine = Exclude<NormalizedLine, { readonly kind: 'quarantined' }>

/**
 * An alert between its reading and its storing: what grouping and the store ask of it. The parsed document and its texts
 * are ten times that and are left behind: a batch waits while the one before it is stored, and what waits is copied by the
 * collector again and again (measured: a seventh of ingest's time).
 */
export class ArrivedAlert implements Groupable, NewAlert {
  readonly key: string
  readonly id: string
  readonly generation: Alert['generation']
  readonly timestampMs: number
  readonly rule: Alert['rule']
  readonly agent: Alert['agent']
  readonly location: string
  readonly entities: Alert['entities']
  readonly json: Uint8Array
  readonly groupKeys: GroupKeys
  readonly speaksToModel: boolean
  /** Tocsin's own enrichment coming back: taken in again it would be enriched without end. */
  readonly isOwn: boolean
  readonly followUps: readonly JobDraft[]
  readonly #line: SourceLine
  readonly #receivedAtMs: number

  constructor(read: ReadableLine, line: SourceLine, arrival: Arrival) {
    const { alert } = read
    this.key = alert.key
    this.id = alert.id
    this.generation = alert.generation
    this.timestampMs = alert.timestampMs
    this.rule = alert.rule
    this.agent = alert.agent
    this.location = alert.location
    this.entities = alert.entities.slice() // Without the room to grow that it was gathered with.
    // JSON that needed no repair is text without NUL as it came: its bytes are stored as they are.
    this.json = read.kind === 'alert' ? line.bytes : Buffer.from(withoutNul(alert.raw))
    this.groupKeys = groupKeysOf(alert, graveActOf)
    this.speaksToModel = spokenTexts(alert, 1, this.json).length > 0
    this.isOwn = isOwnEnrichment(alert)
    this.followUps = arrival.followUps(alert)
    this.#line = line
    this.#receivedAtMs = arrival.receivedAtMs
  }

  /** Everything, read from the line again. */
  whole(): Alert {
    const read = normalizeLine(this.#line.bytes, {
      where: this.#line.where,
      receivedAtMs: this.#receivedAtMs,
    })
    if (read.kind === 'quarantined') throw new Error(`${this.#line.where} was an alert and is none now`)
    return read.alert
  }
}
