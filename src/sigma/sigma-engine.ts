import { type Problem, problem } from '../lib/problem.ts'
import { Correlator } from './correlation.ts'
import { compileDetection, type EventTest } from './detection.ts'
import { type EventFields, eventFields } from './event-fields.ts'
import { logSourceFits } from './log-source.ts'
import type { SigmaCorrelation, SigmaDocument, SigmaRule } from './sigma-rule.ts'
import type { Placeholders } from './value-matcher.ts'

/** What one rule says of one event. */
export interface SigmaResult {
  readonly ruleId: string
  readonly match: boolean
  readonly problems: readonly Problem[]
}

interface CompiledRule {
  readonly rule: SigmaRule
  readonly matches: EventTest | undefined
  readonly problems: readonly Problem[]
}

/**
 * Rules and correlations of a set of Sigma documents, evaluated on events in the order of their time. Stateful only
 * where correlations count. A rule whose parts cannot all be evaluated matches nothing and says so in each result.
 */
export class SigmaEngine {
  readonly #rules: readonly CompiledRule[]
  readonly #correlations: readonly {
    readonly correlator: Correlator
    readonly problems: readonly Problem[]
  }[]

  constructor(documents: readonly SigmaDocument[], placeholders: Placeholders = {}) {
    this.#rules = documents.flatMap(({ content, problems }) => {
      if (content?.kind !== 'rule') return []
      const detection = compileDetection(content, placeholders)
      return [{ rule: content, matches: detection.matches, problems: [...problems, ...detection.problems] }]
    })
    const correlations = documents.flatMap(({ content }) =>
      content?.kind === 'correlation' ? [content] : [],
    )
    const names = new Set([...this.#rules.map(({ rule }) => rule), ...correlations].flatMap(namesOf))
    this.#correlations = inOrder(correlations).map(correlation => ({
      correlator: new Correlator(correlation),
      problems: correlation.rules
        .filter(rule => !names.has(rule))
        .map(rule =>
          problem('correlation-rules', `it counts the rule '${rule}', which is not among the rules given`),
        ),
    }))
  }

  /** Evaluates every rule, then every correlation. `event` is parsed JSON. */
  evaluate(event: unknown): SigmaResult[] {
    const fields = eventFields(event)
    const matched: string[] = []
    const results: SigmaResult[] = []
    for (const { rule, matches, problems } of this.#rules) {
      const match = matches !== undefined && logSourceFits(rule.logSource, fields) !== 'no' && matches(fields)
      if (match) matched.push(...namesOf(rule))
      results.push({ ruleId: rule.id, match, problems })
    }
    const timeMs = eventTimeMs(fields)
    for (const { correlator, problems } of this.#correlations) {
      const match = correlator.offer(matched, fields, timeMs)
      if (match) matched.push(...namesOf(correlator.correlation))
      results.push({ ruleId: correlator.correlation.id, match, problems })
    }
    return results
  }
}

function namesOf(content: SigmaRule | SigmaCorrelation): string[] {
  return content.name === undefined || content.name === content.id ? [content.id] : [content.id, content.name]
}

/** Correlations after those that they count; a circle is left in the order given, and never holds. */
function inOrder(correlations: readonly SigmaCorrelation[]): SigmaCorrelation[] {
  const done: SigmaCorrelation[] = []
  let waiting = [...correlations]
  while (waiting.length > 0) {
    const ready = waiting.filter(
      one => !waiting.some(other => other !== one && namesOf(other).some(name => one.rules.includes(name))),
    )
    if (ready.length === 0) return [...done, ...waiting]
    done.push(...ready)
    waiting = waiting.filter(one => !ready.includes(one))
  }
  return done
}

const timeFields = ['@timestamp', 'timestamp', 'UtcTime', 'TimeCreated.SystemTime', 'SystemTime', 'eventTime']

/** When the event happened, in milliseconds since the epoch; 0 where it does not say. */
function eventTimeMs(fields: EventFields): number {
  for (const field of timeFields) {
    const [value] = fields.values(field)
    // Sysmon's UtcTime has a space and no zone.
    const text =
      typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?$/.test(value)
        ? `${value.replace(' ', 'T')}Z`
        : value
    const time =
      typeof text === 'string' ? Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')) : Number.NaN
    if (!Number.isNaN(time)) return time
  }
  return 0
}
