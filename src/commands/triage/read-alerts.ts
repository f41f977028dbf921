import type { Alert, QuarantinedLine } from '../../domain/alert.ts'
import { jsonOrNothing } from '../../lib/json-or-nothing.ts'
import { type Problem, problem } from '../../lib/problem.ts'
import { normalizeHit, normalizeLine } from '../../normalize/normalize-line.ts'

/** What a file of alerts held. */
export interface ReadAlerts {
  /** In order of time; equal times in order of the file. */
  readonly alerts: readonly Alert[]
  /** Trouble with lines that are alerts all the same, by alert key. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>
  readonly quarantined: readonly QuarantinedLine[]
}

/** Collects alerts from several inputs and keeps each one once. */
export class AlertReader {
  readonly #alerts = new Map<string, Alert>()
  readonly #problems = new Map<string, Problem[]>()
  readonly #quarantined: QuarantinedLine[] = []
  readonly #receivedAtMs: number

  constructor(receivedAtMs: number) {
    this.#receivedAtMs = receivedAtMs
  }

  /** Reads NDJSON, or one JSON array of alerts. `name` is for people. */
  read(bytes: Buffer, name: string): void {
    const array = jsonArray(bytes)
    if (array !== undefined) {
      for (const [index, hit] of array.entries()) {
        const bytesOfHit = Buffer.from(JSON.stringify(hit))
        this.#take(normalizeHit(hit, bytesOfHit, this.#origin(`${name} item ${index + 1}`)))
      }
      return
    }
    let line = 0
    for (let start = 0; start < bytes.length; ) {
      const found = bytes.indexOf(10, start)
      const end = found === -1 ? bytes.length : found
      line++
      const text = bytes.subarray(start, end)
      if (!isBlank(text)) this.#take(normalizeLine(text, this.#origin(`${name} line ${line}`)))
      start = end + 1
    }
  }

  result(): ReadAlerts {
    return {
      alerts: [...this.#alerts.values()].sort((a, b) => a.timestampMs - b.timestampMs),
      problems: this.#problems,
      quarantined: this.#quarantined,
    }
  }

  #origin(where: string) {
    return { where, receivedAtMs: this.#receivedAtMs }
  }

  #take(line: ReturnType<typeof normalizeLine>): void {
    if (line.kind === 'quarantined') {
      this.#quarantined.push(line.quarantined)
      return
    }
    if (line.kind === 'repaired') this.#quarantined.push(line.quarantined)
    const alert = this.#distinct(line.alert)
    const known = this.#alerts.get(alert.key)
    if (known === undefined) {
      this.#alerts.set(alert.key, alert)
      this.#addProblems(alert.key, line.problems)
    } else if (sameContent(known, alert)) {
      this.#addProblems(known.key, [
        problem('repeated-alert', `the alert ${alert.id} stands in the input more than once`),
      ])
    } else {
      this.#quarantineDuplicate(alert)
    }
  }

  /** An indexer can hold one alert under two document ids; both were asked about, so both are answered. */
  #distinct(alert: Alert): Alert {
    const known = this.#alerts.get(alert.key)
    return known === undefined || known.id === alert.id
      ? alert
      : { ...alert, key: `${alert.key}#${alert.id}` }
  }

  #quarantineDuplicate(alert: Alert): void {
    this.#quarantined.push({
      code: 'duplicate-id',
      message: `another alert with the id ${alert.id} and different content came before`,
      where: alert.id,
      bytes: Buffer.from(alert.raw),
    })
  }

  #addProblems(key: string, problems: readonly Problem[]): void {
    if (problems.length > 0) this.#problems.set(key, [...(this.#problems.get(key) ?? []), ...problems])
  }
}

function sameContent(a: Alert, b: Alert): boolean {
  return (
    a.timestampMs === b.timestampMs &&
    a.rule.id === b.rule.id &&
    a.fullLog === b.fullLog &&
    a.agent.id === b.agent.id
  )
}

function isBlank(line: Uint8Array): boolean {
  return line.every(byte => byte === 32 || byte === 9 || byte === 13)
}

/** A whole file that is one JSON array (as some exports are), else `undefined`. */
function jsonArray(bytes: Buffer): unknown[] | undefined {
  if (!/^\s*\[/.test(bytes.subarray(0, 64).toString('latin1'))) return undefined
  // Not an array after all: read it by lines, which says what is wrong with each.
  const value = jsonOrNothing(bytes.toString('utf8'))
  return Array.isArray(value) ? value : undefined
}
