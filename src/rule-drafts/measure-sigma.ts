import type { DraftCase } from '../domain/rule-draft.ts'
import { type AddedTechniques, standingAmong } from '../knowledge/attack-knowledge.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { readPointer } from '../lib/json-pointer.ts'
import type { Problem } from '../lib/problem.ts'
import { placeholderShape } from '../redact/placeholder.ts'
import { wazuhLevels } from '../sigma/convert/to-wazuh.ts'
import { compileDetection } from '../sigma/detection.ts'
import { type DetectionNode, detectionTree } from '../sigma/detection-tree.ts'
import { SigmaEngine } from '../sigma/sigma-engine.ts'
import { parseSigma, type SigmaCorrelation, type SigmaDocument, type SigmaRule } from '../sigma/sigma-rule.ts'
import { schemaProblems, techniquesOfTags } from '../sigma/sigma-schema.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import { translatePcre } from '../wazuh-rules/pcre-translate.ts'
import { RuleBacktest } from '../wazuh-rules/rule-backtest.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'
import type { JudgedCase } from './prove-draft.ts'

const mostRules = 20

/** Checks a Sigma draft, runs its cases (events as JSON, several of them one after the other), then the past alerts. */
export function measureSigma(question: MeasureQuestion): Measured {
  const { text, origin, cases, past, budgetMs, added = new Map() } = question
  const endsAt = performance.now() + budgetMs
  const documents = parseSigma(text)
  const errors = errorsOf(text, documents, origin)
  if (errors.length > 0) return { kind: 'refused', findings: errors, text }
  const rules = documents.flatMap(({ content }) => (content === undefined ? [] : [content]))
  const findings = warningsOf(text, documents, rules, added)
  const deciding = decidingRules(rules)
  const judged = cases.map(one => judgeCase(one, documents, deciding))
  const byId = new Map(rules.map(rule => [rule.id, rule]))
  const backtest = new RuleBacktest(deciding)
  const engine = new SigmaEngine(documents)
  let pastEvents = 0
  let cutShort = false
  for (const [index, { raw, verdict }] of past.entries()) {
    if (performance.now() > endsAt) {
      cutShort = true
      break
    }
    const [event] = parseJsonDocuments(raw).value
    if (event === undefined) continue
    pastEvents++
    for (const { ruleId, match } of engine.evaluate(event)) {
      if (!match || !deciding.has(ruleId)) continue
      const { level = '', title = '' } = byId.get(ruleId) ?? {}
      backtest.countHit({
        ruleId,
        level: wazuhLevels[level] ?? wazuhLevels.medium ?? 0,
        description: title,
        ...factsOf(event),
        verdict: verdict ?? undefined,
        source: String(index + 1),
        log: raw,
      })
    }
  }
  const proof = { cases: judged, tallies: backtest.tallies(), pastEvents, cutShort }
  return { kind: 'proven', text, ruleIds: [], findings, proof }
}

function errorsOf(
  text: string,
  documents: readonly SigmaDocument[],
  origin: MeasureQuestion['origin'],
): Finding[] {
  const problems: Problem[] = documents.flatMap(({ content, problems: own }) =>
    content === undefined ? own : content.kind === 'rule' ? compileDetection(content).problems : [],
  )
  const ids = new Set<string>()
  for (const { content } of documents) {
    if (content === undefined) continue
    if (ids.has(content.id)) problems.push({ code: 'rule-id', message: `the id ${content.id} stands twice` })
    ids.add(content.id)
  }
  if (documents.length > mostRules)
    problems.push({ code: 'rule-count', message: `a draft has 1 to ${mostRules} rules` })
  if (text.search(placeholderShape) >= 0)
    problems.push({
      code: 'placeholder',
      message:
        'the draft holds a placeholder: a rule must not depend on a name that was hidden from the model',
    })
  // Our engine is RE2, which no pattern can hang; whoever else runs the rule may backtrack.
  const strict = origin === 'model'
  return [
    ...problems.map(entry => ({ ...entry, severity: 'error' as const })),
    ...(strict ? explosivePatterns(documents).map(entry => ({ ...entry, severity: 'error' as const })) : []),
  ]
}

/** Regular expressions that a backtracking matcher can need exponential time for. */
function explosivePatterns(documents: readonly SigmaDocument[]): Problem[] {
  const found: Problem[] = []
  const visit = (node: DetectionNode): void => {
    if (node.kind === 'not') visit(node.of)
    else if (node.kind !== 'field') for (const part of node.of) visit(part)
    else if (node.modifiers.includes('re') && typeof node.value === 'string') {
      const pattern = translatePcre(node.value)
      if (pattern.kind !== 'invalid' && pattern.explosive)
        found.push({
          code: 'catastrophic-regex',
          message: `${node.field ?? 'keyword'}: '${node.value.slice(0, 60)}' repeats a part that itself repeats or branches, which can take exponential time elsewhere: let the inner repetition match in one way only`,
        })
    }
  }
  for (const { content } of documents) if (content?.kind === 'rule') visit(detectionTree(content).tree)
  return found
}

type Content = SigmaRule | SigmaCorrelation

function warningsOf(
  text: string,
  documents: readonly SigmaDocument[],
  rules: readonly Content[],
  added: AddedTechniques,
): Finding[] {
  const invented = rules.flatMap(rule => (rule.kind === 'rule' ? techniquesOfTags(rule.tags) : []))
  return [
    ...documents.flatMap(({ problems }) => problems),
    ...schemaProblems(text),
    ...invented
      .filter(id => standingAmong(added, id) === 'unknown')
      .map(id => ({ code: 'unknown-technique', message: `ATT&CK has no technique ${id}` })),
    ...explosivePatterns(documents),
    ...(invented.length === 0
      ? [{ code: 'no-technique', message: 'no tag names an ATT&CK technique, such as attack.t1059.001' }]
      : []),
  ].map(entry => ({ ...entry, severity: 'warning' }))
}

/** The rules that stand for the draft: those that no correlation of it counts. */
function decidingRules(rules: readonly Content[]): Set<string> {
  const counted = new Set(rules.flatMap(rule => (rule.kind === 'correlation' ? rule.rules : [])))
  return new Set(
    rules.filter(({ id, name }) => !counted.has(id) && !(name && counted.has(name))).map(({ id }) => id),
  )
}

function judgeCase(
  one: DraftCase,
  documents: readonly SigmaDocument[],
  deciding: ReadonlySet<string>,
): JudgedCase {
  const engine = new SigmaEngine(documents)
  const { value: events, problems } = parseJsonDocuments(one.log)
  let rule: string | undefined
  for (const event of events)
    for (const { ruleId, match } of engine.evaluate(event)) if (match && deciding.has(ruleId)) rule ??= ruleId
  // An event that cannot be read proves nothing either way.
  const readable = events.length > 0 && problems.length === 0
  return { ...one, rule, pass: readable && (rule !== undefined) === one.fires }
}

/** Host, day and rule of a past alert, bare or as an indexer hit. */
function factsOf(event: unknown): {
  readonly host: string
  readonly day: string
  readonly insteadOf: string
} {
  const alert = readPointer(event, '/_source') ?? event
  const text = (pointer: string) => {
    const value = readPointer(alert, pointer)
    return typeof value === 'string' ? value : undefined
  }
  return {
    host: text('/agent/name') ?? '',
    day: (text('/timestamp') ?? text('/@timestamp') ?? '').slice(0, 10),
    insteadOf: text('/rule/id') ?? 'none',
  }
}
