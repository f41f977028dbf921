import { runInWorker } from '../lib/run-in-worker.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import type { WazuhEvent } from '../wazuh-rules/event.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { Session } from '../wazuh-rules/session.ts'
import type { PastEvent } from './prove-draft.ts'

/** One condition of an exception: a field has exactly this value. */
export interface ExceptionCondition {
  readonly field: string
  readonly value: string
}

/** An exception for a noisy rule, and what it would have done to the events that it was drawn from. */
export interface TunedException {
  readonly ruleId: number
  readonly conditions: readonly ExceptionCondition[]
  readonly text: string
  /** Alerts that people called noise and that it would have kept away. */
  readonly quieted: number
  /** Alerts that were noise and would still come. */
  readonly left: number
  /** Alerts that were attacks, or that nobody has judged, and that it would have hidden. */
  readonly hidden: number
  /** Logs that it quiets and logs that it leaves alone, for its tests. Events without a log have none. */
  readonly examples: { readonly quieted: readonly string[]; readonly kept: readonly string[] }
}

const mostExamples = 3

const noise = new Set(['false_positive', 'benign_true_positive'])
const mostConditions = 3
/** Fewer examples than this are chance. */
const fewestExamples = 3

/**
 * Looks for what the noise of a rule has in common and its other alerts have not, and proposes it as a rule of level 0
 * below the noisy one. Values that stand in an attack or in an alert that nobody judged are never taken: `hidden` is
 * measured by running the exception, and an exception that hides anything is not proposed.
 */
export function tuneException(
  ruleId: number,
  exceptionId: number,
  past: readonly PastEvent[],
  base: RulesetFiles,
): TunedException | undefined {
  const fired = eventsOf(ruleId, past, base)
  const noisy = fired.filter(({ verdict }) => noise.has(verdict ?? ''))
  const wanted = fired.filter(({ verdict }) => !noise.has(verdict ?? ''))
  if (noisy.length < fewestExamples) return undefined
  const conditions = chooseConditions(noisy, wanted)
  if (!conditions) return undefined
  const text = writeException(ruleId, exceptionId, conditions)
  const still = new Set(
    eventsOf(ruleId, past, { ...base, rules: [...base.rules, { name: 'exception.xml', text }] }).map(
      ({ source }) => source,
    ),
  )
  const gone = (list: readonly Fired[]) => list.filter(({ source }) => !still.has(source))
  const quieted = gone(noisy)
  const hidden = gone(wanted).length
  if (hidden > 0 || quieted.length === 0) return undefined
  const logs = (list: readonly Fired[]) => list.flatMap(({ log }) => log ?? []).slice(0, mostExamples)
  const kept = fired.filter(({ source }) => still.has(source))
  return {
    ruleId,
    conditions,
    text,
    quieted: quieted.length,
    left: noisy.length - quieted.length,
    hidden,
    examples: { quieted: logs(quieted), kept: logs(kept) },
  }
}

interface Fired {
  readonly source: string
  readonly verdict: string | undefined
  readonly values: ReadonlyMap<string, string>
  readonly log: string | undefined
}

function eventsOf(ruleId: number, past: readonly PastEvent[], files: RulesetFiles): Fired[] {
  const { ruleset } = loadRuleset(files)
  const session = new Session(ruleset, {
    location: 'past',
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  })
  return past.flatMap(({ source, verdict, content, atSeconds, origin }) => {
    const { event } =
      typeof content === 'string'
        ? session.process(toByteText(content), atSeconds, origin)
        : session.processDecoded(content, atSeconds, origin)
    return event.rule?.id === ruleId
      ? [{ source, verdict, values: valuesOf(event), log: typeof content === 'string' ? content : undefined }]
      : []
  })
}

function valuesOf(event: WazuhEvent): Map<string, string> {
  const values = new Map<string, string>(Object.entries(event.fields))
  event.dynamicNames.forEach((name, index) => {
    const value = event.dynamicValues[index] ?? ''
    if (value !== '' && value.length < 200 && !values.has(name)) values.set(name, value)
  })
  values.set('hostname', event.hostname)
  return values
}

/** Greedy: the condition that most of the noise shares, then those that set the wanted alerts apart. */
function chooseConditions(
  noisy: readonly Fired[],
  wanted: readonly Fired[],
): ExceptionCondition[] | undefined {
  const chosen: ExceptionCondition[] = []
  let rest = noisy
  let endangered = wanted
  for (;;) {
    const best = candidates(rest, chosen).map(condition => {
      const kept = rest.filter(one => has(one, condition))
      const hit = endangered.filter(one => has(one, condition))
      return {
        condition,
        kept,
        hit,
        score: kept.length / rest.length - hit.length / Math.max(1, endangered.length),
      }
    })
    best.sort((a, b) => b.score - a.score || b.kept.length - a.kept.length)
    const [first] = best
    if (!first || first.kept.length < fewestExamples) return undefined
    if (endangered.length > 0 && first.hit.length === endangered.length) return undefined
    chosen.push(first.condition)
    rest = first.kept
    endangered = first.hit
    if (endangered.length === 0) return chosen
    if (chosen.length === mostConditions) return undefined
  }
}

function candidates(events: readonly Fired[], chosen: readonly ExceptionCondition[]): ExceptionCondition[] {
  const seen = new Map<string, ExceptionCondition>()
  for (const { values } of events)
    for (const [field, value] of values)
      if (!chosen.some(condition => condition.field === field) && value !== '')
        seen.set(`${field}\0${value}`, { field, value })
  return [...seen.values()]
}

function has({ values }: Fired, { field, value }: ExceptionCondition): boolean {
  return values.get(field) === value
}

const ownElements = new Set([
  'srcport',
  'dstport',
  'user',
  'url',
  'id',
  'hostname',
  'status',
  'protocol',
  'system_name',
  'data',
  'extra_data',
  'action',
])

function writeException(
  ruleId: number,
  exceptionId: number,
  conditions: readonly ExceptionCondition[],
): string {
  const rows = conditions.map(condition => `    ${writeCondition(condition)}\n`).join('')
  return `<group name="local,exception,">
  <rule id="${exceptionId}" level="0">
    <if_sid>${ruleId}</if_sid>
${rows}    <description>Exception to rule ${ruleId}</description>
  </rule>
</group>
`
}

function writeCondition({ field, value }: ExceptionCondition): string {
  const exact = `^${fromByteText(value).replaceAll(/[\\^$.*+?()[\]{}|<\-/#&]/g, '\\$&')}$`
  if (field === 'srcip' || field === 'dstip')
    return /^[\d.]+$|^[\da-fA-F:]+$/.test(value)
      ? `<${field}>${value}</${field}>`
      : `<match type="pcre2">${exact.slice(1, -1)}</match>`
  if (field === 'srcuser' || field === 'dstuser') return `<user type="pcre2">${exact}</user>`
  if (ownElements.has(field)) return `<${field} type="pcre2">${exact}</${field}>`
  return `<field name="${fromByteText(field)}" type="pcre2">${exact}</field>`
}

export interface TuneQuestion {
  readonly ruleId: number
  readonly exceptionId: number
  readonly past: readonly { readonly raw: string; readonly verdict: string | null }[]
  readonly base: RulesetFiles
}

const timeoutMs = 60_000

/** The same on stored alerts, in a process of its own: it runs the past twice. */
export function tuneInWorker(
  question: TuneQuestion,
  signal: AbortSignal,
): Promise<TunedException | undefined> {
  return runInWorker(new URL('./tune-exception.worker.ts', import.meta.url), question, timeoutMs, signal)
}
