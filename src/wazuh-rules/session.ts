import { Accumulator } from './accumulate.ts'
import { correlates } from './correlate.ts'
import { decodeEvent } from './decode.ts'
import type { Decoder } from './decoder.ts'
import { orderableFields, type PreDecoded, type StaticField, WazuhEvent } from './event.ts'
import { EventHistory } from './event-history.ts'
import { FirstTimeSeen } from './first-time-seen.ts'
import { decodeJson } from './plugins/json-plugin.ts'
import { decodeOssecAlert } from './plugins/ossec-alert-plugin.ts'
import { decodePf } from './plugins/pf-plugin.ts'
import type { PluginRunner } from './plugins/plugin.ts'
import { decodeSonicWall } from './plugins/sonicwall-plugin.ts'
import { decodeSymantec } from './plugins/symantec-plugin.ts'
import { preDecode } from './pre-decode.ts'
import { type Prefilter, plainPrefilter } from './prefilter.ts'
import type { Rule, RuleNode } from './rule.ts'
import type { Ruleset } from './ruleset.ts'

/** Where a session's logs come from. Byte texts. */
export interface SessionOptions {
  readonly location: string
  /** An agent, or undefined for the manager's own logs. */
  readonly agent: { readonly id: string; readonly name: string; readonly ip: string } | undefined
  readonly managerName: string
  readonly prefilter?: Prefilter
}

/** Where one log comes from, where that is not the session's own place. */
export interface LogOrigin {
  readonly agent: SessionOptions['agent']
  readonly location: string
}

/** An event that something else has decoded already: Windows events, alerts of the past. */
export interface DecodedEvent {
  readonly log: string
  readonly decoder: Decoder
  /** Fixed and dynamic fields alike, dynamic ones by their full name. */
  readonly fields: ReadonlyMap<string, string>
}

/** `analysisd.memory_size`: events that correlation can look back on. */
const rememberedEvents = 8192
/** `<log_alert_level>`, default. */
const alertLevel = 3

/** What came of one log. */
export interface Verdict {
  readonly event: WazuhEvent
  /** Whether Wazuh would write an alert. */
  readonly alert: boolean
}

/** State of one rule within a session. */
interface RuleState {
  firedTimes: number
  ignoredSince: number
  readonly byId: EventHistory
  readonly byGroup: EventHistory
}

/**
 * One run of the engine over a stream of logs, as `wazuh-logtest` keeps one per session: counters, histories,
 * first-time-seen values. Rules are shared, state is not.
 */
export class Session {
  readonly #ruleset: Ruleset
  readonly #options: SessionOptions
  readonly #prefilter: Prefilter
  readonly #states: (RuleState | undefined)[] = []
  readonly #events = new EventHistory()
  readonly #histories = new Map<WazuhEvent, EventHistory[]>()
  readonly #firstTimeSeen = new FirstTimeSeen()
  readonly #accumulator = new Accumulator()
  readonly #lastOutputs = new Map<string, string>()
  readonly #runPlugin: PluginRunner
  /** Worked out when first needed: most sessions are short. */
  #mostSkipped: number | undefined
  readonly #location: string
  readonly #locationLower: string

  constructor(ruleset: Ruleset, options: SessionOptions) {
    this.#ruleset = ruleset
    this.#options = options
    this.#prefilter = options.prefilter ?? plainPrefilter
    const { agent, location } = options
    this.#location = fullLocation(location, agent)
    this.#locationLower = this.#location.toLowerCase()
    this.#runPlugin = (name, event) => {
      switch (name) {
        case 'JSON_Decoder':
          return decodeJson(event)
        case 'PF_Decoder':
          return decodePf(event)
        case 'SonicWall_Decoder':
          return decodeSonicWall(event)
        case 'SymantecWS_Decoder':
          return decodeSymantec(event)
        case 'OSSECAlert_Decoder':
          return decodeOssecAlert(event, id => ruleset.rules.byId.get(Number(id)))
      }
    }
  }

  /** Takes one log (byte text) that arrives at the given second, from the session's own place or the given one. */
  process(log: string, arrivedAtSeconds: number, origin?: LogOrigin): Verdict {
    const event = this.#newEvent(preDecode(log), arrivedAtSeconds, origin)
    this.#prefilter.begin(event)
    decodeEvent(event, this.#ruleset.decoders, this.#prefilter, this.#runPlugin)
    this.#accumulator.apply(event)
    return { event, alert: this.#applyRules(event) }
  }

  /** Takes an event whose fields are known: rules only. */
  processDecoded(input: DecodedEvent, arrivedAtSeconds: number, origin?: LogOrigin): Verdict {
    const { log, decoder, fields } = input
    const bare = { fullLog: log, log, timestamp: undefined, hostname: undefined, programName: undefined }
    const event = this.#newEvent(bare, arrivedAtSeconds, origin)
    this.#prefilter.begin(event)
    event.decoder = decoder
    event.category = decoder.type
    for (const [name, value] of fields) {
      // The set was built from the names of the type.
      if (orderableFields.has(name)) event.fields[name as StaticField] = value
      else event.addDynamic(name, value)
    }
    return { event, alert: this.#applyRules(event) }
  }

  #newEvent(input: PreDecoded, arrivedAt: number, origin: LogOrigin | undefined): WazuhEvent {
    const { managerName } = this.#options
    const agent = origin ? origin.agent : this.#options.agent
    const location = origin ? fullLocation(origin.location, agent) : this.#location
    return new WazuhEvent(input, {
      arrivedAt,
      agentId: agent?.id ?? '000',
      location,
      locationLower: origin ? location.toLowerCase() : this.#locationLower,
      hostname: agent ? agent.name : (input.hostname ?? managerName),
    })
  }

  /** Finds the rule and remembers the event. True where there is an alert. */
  #applyRules(event: WazuhEvent): boolean {
    if (event.category === 'ossec-alert') return false
    for (const root of this.#ruleset.rules.roots) {
      if (root.rule.body.category !== event.category) continue
      const rule = this.#match(event, root)
      if (!rule) continue
      event.rule = rule
      if (rule.body.level === 0 || this.#isIgnored(rule, event)) return false
      this.#remember(rule, event)
      return rule.body.level >= alertLevel
    }
    return false
  }

  #match(event: WazuhEvent, node: RuleNode): Rule | undefined {
    const { rule } = node
    if (!this.#passes(event, rule)) return undefined
    if (node.children.length > 0) {
      const candidates = this.#prefilter.rules(event, node)
      const { nodes } = candidates
      for (let at = candidates.next(0); at < nodes.length; at = candidates.next(at + 1)) {
        const child = nodes[at]
        const found = child && this.#match(event, child)
        if (found) return found
      }
    }
    if (rule.body.noAlert) return undefined
    event.firedTimes = ++this.#state(rule).firedTimes
    return rule
  }

  #passes(event: WazuhEvent, rule: Rule): boolean {
    const { body } = rule
    if (body.decodedAs !== undefined && body.decodedAs !== event.decoder?.name) return false
    for (const test of body.tests) {
      if (test.onLog && !test.negated && !this.#prefilter.mayMatch(test.onLog)) return false
      if (!test.passes(event)) return false
    }
    if (body.checkDiff && !this.#hasChanged(event, rule)) return false
    if (body.firstTimeSeen && !this.#firstTimeSeen.isNew(event)) return false
    for (const list of body.lists) if (!list.passes(event)) return false
    return this.#correlates(event, rule)
  }

  #correlates(event: WazuhEvent, rule: Rule): boolean {
    const { correlation, checkDiff, level } = rule.body
    if (!correlation || checkDiff || rule.search === 'none') return true
    const history = this.#historyFor(rule)
    if (history && correlates(event, history, correlation, rule.search, level)) return true
    event.previous = []
    return false
  }

  #historyFor(rule: Rule): EventHistory | undefined {
    switch (rule.search) {
      case 'sid':
        return rule.matchedRule && this.#state(rule.matchedRule).byId
      case 'group':
        return this.#state(rule).byGroup
      case 'events':
        return this.#events
      case 'none':
        return undefined
    }
  }

  /** `check_diff`: the first output of a host is remembered, and a later one counts where it differs. */
  #hasChanged(event: WazuhEvent, rule: Rule): boolean {
    const key = `${rule.id} ${event.hostname}`
    const last = this.#lastOutputs.get(key)
    if (last === event.log) return false
    this.#lastOutputs.set(key, event.log)
    if (last === undefined) return false
    event.previous[0] = 'Previous output:'
    event.previous[1] = last
    event.previousLog = last
    return true
  }

  #isIgnored(rule: Rule, event: WazuhEvent): boolean {
    const { ignoreSeconds } = rule.body
    if (ignoreSeconds === 0) return false
    const state = this.#state(rule)
    if (state.ignoredSince === 0) state.ignoredSince = event.arrivedAt
    else if (event.arrivedAt - state.ignoredSince < ignoreSeconds) return true
    else state.ignoredSince = 0
    return false
  }

  #remember(rule: Rule, event: WazuhEvent): void {
    const histories: EventHistory[] = []
    if (rule.countedById) histories.push(this.#state(rule).byId)
    else for (const counter of rule.countedByGroup) histories.push(this.#state(counter).byGroup)
    for (const history of histories) history.add(event)
    this.#events.add(event)
    if (histories.length > 0) this.#histories.set(event, histories)
    if (this.#events.size > rememberedEvents) this.#forget(event)
  }

  /** Drops the ten oldest events, and further ones as long as they are older than any rule looks back. */
  #forget(latest: WazuhEvent): void {
    this.#mostSkipped ??= Math.max(
      0,
      ...this.#ruleset.rules.rules.map(rule => rule.body.correlation?.skip ?? 0),
    )
    for (let dropped = 0; ; dropped++) {
      const oldest = this.#events.oldest()
      if (!oldest || oldest === latest) return
      if (dropped >= 10 && latest.arrivedAt - oldest.arrivedAt <= this.#mostSkipped) return
      this.#events.dropOldest()
      for (const history of this.#histories.get(oldest) ?? []) history.dropOldest()
      this.#histories.delete(oldest)
    }
  }

  #state(rule: Rule): RuleState {
    const known = this.#states[rule.index]
    if (known) return known
    const state = { firedTimes: 0, ignoredSince: 0, byId: new EventHistory(), byGroup: new EventHistory() }
    this.#states[rule.index] = state
    return state
  }
}

function fullLocation(location: string, agent: SessionOptions['agent']): string {
  return agent ? `(${agent.name}) ${agent.ip}->${location}` : location
}
