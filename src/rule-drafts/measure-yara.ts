import type { DraftCase } from '../domain/rule-draft.ts'
import { type AddedTechniques, standingAmong } from '../knowledge/attack-knowledge.ts'
import { placeholderShape } from '../redact/placeholder.ts'
import type { Finding } from '../wazuh-rules/finding.ts'
import { scanCorpus } from '../yara/clean-corpus.ts'
import { lintYara, techniquesOf } from '../yara/lint-rules.ts'
import {
  type CheckedSource,
  checkSource,
  customaryVariables,
  RuleSet,
  type ScanResult,
  type YaraOptions,
} from '../yara/rule-set.ts'
import { YaraProcess } from '../yara/yara-process.ts'
import type { Measured, MeasureQuestion } from './measure-draft.ts'
import type { JudgedSample, Proof } from './prove-draft.ts'

/** Where files lie that no rule should match. */
export interface CleanFiles {
  readonly folders: readonly string[]
}

export const yaraLimits: YaraOptions = {
  variables: customaryVariables,
  timeoutMs: 20_000,
  memoryBytes: 1024 ** 3,
  fileLimitBytes: 32 * 1024 ** 2,
}

const mostRules = 20

/** Compiles a YARA draft, scans its texts and samples, then clean files until the budget is over: all in YARA's own process. */
export async function measureYara(
  question: MeasureQuestion,
  clean: CleanFiles,
  signal: AbortSignal,
): Promise<Measured> {
  const { text, fileName, cases, samples, budgetMs, origin, deep, added = new Map() } = question
  const endsAt = performance.now() + budgetMs
  const yara = new YaraProcess()
  try {
    const source = await checkSource(yara, { name: fileName, bytes: Buffer.from(text) }, yaraLimits, signal)
    const errors = errorsOf(source, origin)
    if (errors.length > 0) return { kind: 'refused', findings: errors, text }
    const ruleSet = new RuleSet(yara, [source], yaraLimits)
    const judgedCases: Proof['cases'][number][] = []
    for (const one of cases) judgedCases.push(await judgeText(one, ruleSet, signal))
    const judged: JudgedSample[] = []
    for (const sample of samples) judged.push(await judgeSample(sample, ruleSet, signal))
    const corpus =
      !deep || clean.folders.length === 0
        ? undefined
        : await scanCorpus(ruleSet, clean.folders, Math.max(1000, endsAt - performance.now()), signal)
    return {
      kind: 'proven',
      text,
      ruleIds: [],
      findings: warningsOf(source, added),
      proof: {
        cases: judgedCases,
        samples: judged,
        tallies: [],
        pastEvents: 0,
        cutShort: corpus?.cutShort ?? false,
        ...(corpus === undefined ? {} : { corpus }),
      },
    }
  } finally {
    yara.close()
  }
}

function errorsOf(source: CheckedSource, origin: MeasureQuestion['origin']): Finding[] {
  const errors: Finding[] = source.errors.map(entry => ({ ...entry, severity: 'error' }))
  const refuse = (code: string, message: string, where?: string) =>
    errors.push({ code, message, severity: 'error', ...(where === undefined ? {} : { where }) })
  if (source.includes.length > 0) refuse('include', 'a draft includes no other file: put the rules into it')
  if (errors.length > 0) return errors
  if (source.rules.length === 0 || source.rules.length > mostRules)
    refuse('rule-count', `a draft has 1 to ${mostRules} rules; this one has ${source.rules.length}`)
  for (const { name, modifiers, line } of source.rules) {
    if (origin === 'model' && modifiers.includes('global'))
      refuse('hides-matches', `${name}: a global rule can silence every other rule`, `line ${line}`)
    if (source.rules.filter(other => other.name === name).length > 1)
      refuse('rule-name', `${name} stands twice`, `line ${line}`)
  }
  if (origin === 'model')
    for (const { code, message, where } of lintYara(source.text))
      if (code === 'unsafe-regex') refuse(code, message, where)
  if (source.text.search(placeholderShape) >= 0)
    refuse(
      'placeholder',
      'the draft holds a placeholder: a rule must not depend on a name that was hidden from the model',
    )
  return errors
}

function warningsOf(source: CheckedSource, added: AddedTechniques): Finding[] {
  const unknown = source.rules.flatMap(rule =>
    techniquesOf(rule)
      .filter(id => standingAmong(added, id) === 'unknown')
      .map(id => ({
        code: 'unknown-technique',
        message: `${rule.name}: ATT&CK has no technique ${id}`,
        where: `line ${rule.line}`,
      })),
  )
  return [...source.warnings, ...lintYara(source.text), ...unknown].map(entry => ({
    ...entry,
    severity: 'warning',
  }))
}

async function judgeText(one: DraftCase, ruleSet: RuleSet, signal: AbortSignal) {
  const found = await ruleSet.scan({ kind: 'bytes', bytes: Buffer.from(one.log) }, {}, signal)
  const rule = found.matches[0]?.rule
  return { ...one, rule, pass: found.problems.length === 0 && (rule !== undefined) === one.fires }
}

async function judgeSample(
  { name, mustMatch, bytes }: MeasureQuestion['samples'][number],
  ruleSet: RuleSet,
  signal: AbortSignal,
): Promise<JudgedSample> {
  const found: ScanResult = await ruleSet.scan({ kind: 'bytes', bytes }, { filename: name }, signal)
  const rules = [...new Set(found.matches.map(({ rule }) => rule))]
  const [trouble] = found.problems
  return {
    name,
    sha256: found.sha256,
    mustMatch,
    rules,
    pass: trouble === undefined && rules.length > 0 === mustMatch,
    ...(trouble === undefined ? {} : { trouble: trouble.message }),
  }
}
