import { z } from 'zod'
import type { Json } from '../lib/canonical-json.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import type { Problem } from '../lib/problem.ts'
import { repairDocument } from '../normalize/inspect-document.ts'
import { replayOf } from '../wazuh-rules/alert-replay.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { RuleBacktest, type RuleTally } from '../wazuh-rules/rule-backtest.ts'
import type { Ruleset } from '../wazuh-rules/ruleset.ts'
import { Session, type Verdict } from '../wazuh-rules/session.ts'
import type { BacktestSource } from './backtest-source.ts'
import type { Progress } from './backtest-state.ts'
import type { Io } from './command.ts'
import { logClock } from './log-clock.ts'

/** Lines read again, uncounted, before a run goes on: correlation rules need their recent past. */
const warmUpLines = 20_000
const saveEveryLines = 10_000
const barWidth = 20
/** Logs before this one are run by code that is not yet compiled; their times say nothing. */
const measuredFrom = 5000

/** The present ruleset, the same with the draft in it, and the ids of the draft's rules. */
export interface Rulesets {
  readonly before: Ruleset
  readonly after: Ruleset
  readonly watched: readonly string[]
}

export interface BacktestResult {
  readonly tallies: readonly RuleTally[]
  readonly lines: number
  /** Alerts that could not be run again. */
  readonly impossible: number
  /** What a log costs more than with the present ruleset; undefined where there were too few to measure. */
  readonly microseconds: number | undefined
  readonly problems: readonly Problem[]
}

/** Guards that both sessions see the same logs in the same order. */
export class BacktestRun {
  readonly #rulesets: Rulesets
  readonly #before: Session
  readonly #after: Session
  readonly #backtest: RuleBacktest
  readonly #verdicts: ReadonlyMap<string, string>
  readonly #timeOf = logClock(Math.floor(Date.now() / 1000))
  readonly #resumeAt: number
  readonly #problems: { code: string; message: string; where: string }[] = []
  readonly #places: { readonly line: number; readonly place: Json }[] = []
  #from: Progress['from']
  #line = 0
  #run = 0
  #impossible: number
  #beforeMs = 0
  #afterMs = 0

  constructor(
    rulesets: Rulesets,
    verdicts: ReadonlyMap<string, string>,
    location: string,
    earlier: Progress | undefined,
  ) {
    const options = { location, agent: undefined, managerName: 'localhost' }
    this.#rulesets = rulesets
    this.#before = new Session(rulesets.before, { ...options, prefilter: fastPrefilter() })
    this.#after = new Session(rulesets.after, { ...options, prefilter: fastPrefilter() })
    this.#verdicts = verdicts
    this.#backtest = new RuleBacktest(rulesets.watched, earlier?.tallies)
    this.#resumeAt = earlier?.line ?? 0
    this.#impossible = earlier?.impossible ?? 0
    this.#from = earlier?.from
  }

  async all(
    source: BacktestSource,
    kind: 'logs' | 'alerts',
    io: Io,
    save: (progress: Progress) => void,
  ): Promise<void> {
    if (this.#resumeAt > 0) io.stderr(`going on after line ${this.#resumeAt}\n`)
    this.#line = this.#from?.line ?? 0
    for await (const { line, done, place } of source.lines(this.#from?.place)) {
      if (io.signal.aborted) break
      this.#line++
      this.#keepPlace(place)
      if (this.#line <= this.#resumeAt - warmUpLines || line === '') continue
      if (kind === 'logs') this.#log(line)
      else this.#alert(line)
      if (this.#line % saveEveryLines === 0 && this.#line > this.#resumeAt) {
        save(this.#progress())
        io.stderr(this.#bar(done))
      }
    }
    save(this.#progress())
  }

  /** The newest place that is far enough back for sessions to warm up from it. */
  #keepPlace(place: Json | undefined): void {
    if (place === undefined || this.#line % saveEveryLines !== 0) return
    this.#places.push({ line: this.#line, place })
    const far = this.#places.findLast(({ line }) => line <= this.#line - warmUpLines)
    if (far) this.#from = far
    if (this.#places.length > 2 + warmUpLines / saveEveryLines) this.#places.shift()
  }

  #bar(done: number | undefined): string {
    const hits = this.#backtest.tallies().reduce((sum, tally) => sum + tally.hits, 0)
    const counts = `${this.#line} lines, ${hits} hits`
    if (done === undefined) return `${counts}\n`
    const filled = Math.round(done * barWidth)
    const bar = '#'.repeat(filled) + '-'.repeat(barWidth - filled)
    return `[${bar}] ${Math.round(done * 100)} %  ${counts}\n`
  }

  #progress(): Progress {
    const line = Math.max(this.#line, this.#resumeAt)
    return { line, impossible: this.#impossible, tallies: this.#backtest.tallies(), from: this.#from }
  }

  #log(line: string): void {
    const log = line.split('\0', 1)[0] ?? ''
    const seconds = this.#timeOf(log)
    this.#count(String(this.#line), seconds, session => session.process(log, seconds))
  }

  #alert(line: string): void {
    const counted = this.#line > this.#resumeAt
    const parsed = alertSchema.safeParse(parseJsonLine(line))
    if (!parsed.success) {
      this.#refuse('not-an-alert', 'the line is not a JSON object', counted)
      return
    }
    const alert = parsed.data._source ?? parsed.data
    const id = parsed.data._id ?? (typeof alert.id === 'string' ? alert.id : String(this.#line))
    const replay = replayOf(alert, this.#rulesets.after.decoders)
    switch (replay.kind) {
      case 'impossible':
        this.#refuse('not-replayable', replay.reason, counted)
        return
      case 'log':
        this.#count(id, replay.atSeconds, session =>
          session.process(replay.log, replay.atSeconds, replay.origin),
        )
        return
      case 'fields':
        this.#count(id, replay.atSeconds, session =>
          session.processDecoded(replay.event, replay.atSeconds, replay.origin),
        )
    }
  }

  #refuse(code: string, message: string, counted: boolean): void {
    if (!counted) return
    this.#impossible++
    if (this.#problems.length < 20) this.#problems.push({ code, message, where: `line ${this.#line}` })
  }

  #count(source: string, seconds: number, process: (session: Session) => Verdict): void {
    const start = performance.now()
    const before = process(this.#before)
    const middle = performance.now()
    const after = process(this.#after)
    if (++this.#run > measuredFrom) {
      this.#beforeMs += middle - start
      this.#afterMs += performance.now() - middle
    }
    if (this.#line <= this.#resumeAt) return
    const day = new Date(seconds * 1000).toISOString().slice(0, 10)
    this.#backtest.count({ source, day, verdict: this.#verdicts.get(source), before, after })
  }

  result(): BacktestResult {
    const measured = this.#run - measuredFrom
    const difference = (this.#afterMs - this.#beforeMs) * 1000
    return {
      tallies: this.#backtest.tallies(),
      lines: Math.max(this.#line, this.#resumeAt),
      impossible: this.#impossible,
      microseconds: measured < 1000 ? undefined : Math.round((difference / measured) * 10) / 10,
      problems: this.#problems,
    }
  }
}

const alertFields = z.record(z.string(), z.json())
const alertSchema = z
  .looseObject({ _id: z.string().optional(), _source: alertFields.optional() })
  .and(alertFields)

/** The JSON value of a line of bytes, repaired as intake does; null where it is none. */
export function parseJsonLine(line: string): Json {
  return repairDocument(jsonOrNothing(fromByteText(line)))
}
