import type { DraftCase, RuleKind, RuleOrigin } from '../domain/rule-draft.ts'
import { zonesForTlp } from '../domain/tlp.ts'
import { count } from '../lib/count.ts'
import { isRecord } from '../lib/is-record.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { convertSigma, standingAlone } from '../sigma/convert/convert-sigma.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { findCase } from '../store/case-read.ts'
import { readReport } from '../store/intel-reports.ts'
import { findRuleDraft, newestAlerts, rawCaseAlerts } from '../store/rule-drafts.ts'
import { createDraft, type NewDraft } from './draft-life.ts'
import { type DraftLifePorts, refuse, type StepRefused, type StepResult } from './draft-store.ts'
import type { Measured } from './measure-draft.ts'
import { ruleTemplate } from './rule-templates.ts'
import { tuneInWorker } from './tune-exception.ts'

/** What a draft may start from, besides a sentence: something that is here already. */
export interface StartFrom {
  readonly kind: 'case' | 'report' | 'noisy-rule' | 'conversion'
  /** Of the case, the report or the draft; the rule's id for a noisy rule. */
  readonly id: string
}

export interface StartRequest {
  readonly kind: RuleKind
  readonly title: string
  /** Absent: what it starts from, or a template. */
  readonly text?: string | undefined
  readonly cases: readonly DraftCase[]
  readonly from?: StartFrom | undefined
}

/** Starts a draft with what is known already: logs of a case, passages and rules of a report, the exception for a noisy rule. */
export async function startDraft(
  ports: DraftLifePorts,
  tenant: string,
  request: StartRequest,
  person: string,
  signal: AbortSignal,
): Promise<StepResult> {
  const { kind, title, cases, from } = request
  const day = new Date(ports.clock.now()).toISOString().slice(0, 10)
  const plain: NewDraft = {
    kind,
    title,
    text: request.text ?? ruleTemplate(kind, title, day),
    cases,
    origin: null,
  }
  const started = from === undefined ? plain : await gather(ports, tenant, plain, from, signal)
  return 'code' in started ? started : createDraft(ports, tenant, started, person)
}

function gather(
  ports: DraftLifePorts,
  tenant: string,
  plain: NewDraft,
  { kind, id }: StartFrom,
  signal: AbortSignal,
): Promise<NewDraft | StepRefused> {
  switch (kind) {
    case 'case':
      return fromCase(ports, tenant, plain, id)
    case 'report':
      return fromReport(ports, tenant, plain, id)
    case 'noisy-rule':
      return fromNoisyRule(ports, tenant, plain, id, signal)
    case 'conversion':
      return fromSigma(ports, tenant, plain, id)
  }
}

const caseAlerts = 40
const mostCases = 6
const longestLog = 8000

async function fromCase(
  { database }: DraftLifePorts,
  tenant: string,
  plain: NewDraft,
  id: string,
): Promise<NewDraft | StepRefused> {
  const found = await findCase(database, tenant, id)
  if (found === undefined) return refuse('not-found', `there is no case ${id}`)
  const raws = await rawCaseAlerts(database, tenant, id, caseAlerts)
  const alerts = raws.flatMap(raw => parseJsonDocuments(raw).value).map(unwrapped)
  const logs = alerts.flatMap((alert, index) => {
    const log = plain.kind === 'sigma' ? (raws[index] ?? '') : text(alert.full_log)
    return log === '' || log.length > longestLog ? [] : [log]
  })
  const shown = [...new Set(logs)].slice(0, mostCases)
  const rules = new Set(
    alerts.map(({ rule }) => (isRecord(rule) ? `rule ${text(rule.id)}: ${text(rule.description)}` : '')),
  )
  const material = [`Case: ${found.title}\nFired: ${[...rules].filter(Boolean).slice(0, 20).join('; ')}`]
  const cases = plain.kind === 'yara' ? [] : shown.map(log => ({ log, fires: true }))
  return {
    ...plain,
    cases: [...plain.cases, ...cases],
    origin: { kind: 'case', id, title: found.title, material, zones: null },
  }
}

const longestPassage = 4000
const mostPassages = 3

async function fromReport(
  { database }: DraftLifePorts,
  tenant: string,
  plain: NewDraft,
  id: string,
): Promise<NewDraft | StepRefused> {
  const report = await readReport(database, tenant, id)
  if (report === undefined) return refuse('not-found', `there is no report ${id}`)
  const extract = isRecord(report.extract) ? report.extract : {}
  const quoted = (Array.isArray(extract.rules) ? extract.rules : []).filter(isRecord)
  const rule = quoted.find(one => one.kind === plain.kind)
  const quotes = (Array.isArray(extract.techniques) ? extract.techniques : [])
    .filter(isRecord)
    .flatMap(one => (Array.isArray(one.quotes) ? one.quotes.map(text) : []))
  const passages = [
    report.text.slice(0, longestPassage),
    [...new Set(quotes)].join('\n').slice(0, longestPassage),
  ].filter(passage => passage.trim() !== '')
  const origin: RuleOrigin = {
    kind: 'report',
    id,
    title: report.title ?? report.name,
    material: passages.slice(0, mostPassages),
    zones: zonesForTlp(report.tlp) ?? null,
  }
  return { ...plain, text: rule ? text(rule.text) : plain.text, origin }
}

const tunedAlerts = 20_000
const firstCustomId = 100_000

async function fromNoisyRule(
  ports: DraftLifePorts,
  tenant: string,
  plain: NewDraft,
  id: string,
  signal: AbortSignal,
): Promise<NewDraft | StepRefused> {
  if (plain.kind !== 'wazuh') return refuse('bad-request', 'an exception to a rule is a Wazuh rule')
  const past = await newestAlerts(ports.database, tenant, tunedAlerts)
  const tuned = await tuneInWorker(
    { ruleId: Number(id), exceptionId: firstCustomId, past, base: ports.base() },
    signal,
  )
  if (tuned === undefined)
    return refuse(
      'conflict',
      `the noise of rule ${id} has nothing in common that its other alerts have not (or fewer than three of its alerts were judged): there is no exception that hides nothing else`,
    )
  const { quieted, left, hidden, examples } = tuned
  return {
    ...plain,
    text: tuned.text,
    cases: [
      ...examples.quieted.map(log => ({ log, fires: true })),
      ...examples.kept.map(log => ({ log, fires: false })),
    ],
    origin: {
      kind: 'noisy-rule',
      id,
      title: `It quiets ${count(quieted, 'alert')} that people called noise, leaves ${left}, and hides ${count(hidden, 'other')}.`,
      material: [],
      zones: null,
    },
  }
}

async function fromSigma(
  ports: DraftLifePorts,
  tenant: string,
  plain: NewDraft,
  id: string,
): Promise<NewDraft | StepRefused> {
  const source = await findRuleDraft<Measured>(ports.database, tenant, id)
  if (source === undefined) return refuse('not-found', `there is no rule draft ${id}`)
  if (source.kind !== 'sigma' || plain.kind !== 'wazuh')
    return refuse('bad-request', 'a Sigma rule can be turned into a Wazuh rule, nothing else')
  const documents = parseSigma(source.text)
  const conversions = standingAlone(documents).map(document =>
    convertSigma(document, 'wazuh', firstCustomId, documents),
  )
  const [output, ...more] = conversions.flatMap(one => one.output ?? [])
  const problems = conversions.flatMap(one => one.problems.map(({ message }) => message))
  if (output === undefined || more.length > 0)
    return refuse(
      'conflict',
      `it cannot be said as a Wazuh rule: ${problems.join('; ') || 'it is more than one rule'}`,
    )
  return {
    ...plain,
    text: output,
    origin: {
      kind: 'conversion',
      id,
      title: [source.title, ...problems].join('; '),
      material: [],
      zones: null,
    },
  }
}

function unwrapped(value: unknown): { readonly [key: string]: unknown } {
  if (!isRecord(value)) return {}
  return isRecord(value._source) ? value._source : value
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
