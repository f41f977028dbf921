import { stringify } from 'yaml'
import type { Json } from '../lib/canonical-json.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { SigmaEngine } from '../sigma/sigma-engine.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import type { Rule, RuleNode } from '../wazuh-rules/rule.ts'
import type { RuleTree } from '../wazuh-rules/rule-tree.ts'
import type { Ruleset } from '../wazuh-rules/ruleset.ts'
import { Session } from '../wazuh-rules/session.ts'
import {
  categoryField,
  decoderField,
  migratedDecoder,
  migratedEvent,
  migratedField,
} from './migrate-fields.ts'
import { migratePattern } from './migrate-patterns.ts'

/** A custom rule of Wazuh 4 as a Sigma rule over WCS. `output` is missing where nothing sensible is left. */
export interface MigratedRule {
  readonly ruleId: string
  readonly output: string | undefined
  /** `cannot-carry`: it has no counterpart. `not-run`: Sigma says it, Wazuh 5 does not run it. `changed`: it is not quite the same. */
  readonly problems: readonly Problem[]
}

/** Parts of a rule that are one search of the Sigma rule. */
type Selection = Record<string, Json>

interface Writer {
  readonly parents: ReadonlyMap<Rule, readonly Rule[]>
  readonly customs: ReadonlySet<string>
  readonly selections: Record<string, Selection>
  readonly problems: Problem[]
}

/** A rule with more searches than this says nothing to a reader, and Wazuh 5 takes no longer for it than it must. */
const mostSelections = 40

/** Writes the rules of these files as Sigma rules: each with its conditions and those of the rules that it hangs under. */
export function migrateRules({ rules }: Ruleset, files: ReadonlySet<string>): MigratedRule[] {
  const parents = parentsOf(rules)
  return rules.rules
    .filter(({ body }) => files.has(body.file))
    .map(rule => migrateRule(rule, rules, parents, files))
}

function parentsOf({ roots }: RuleTree): Map<Rule, Rule[]> {
  const parents = new Map<Rule, Rule[]>()
  const visit = (nodes: readonly RuleNode[], above: Rule | undefined): void => {
    for (const { rule, children } of nodes) {
      const known = parents.get(rule)
      if (known === undefined) parents.set(rule, above ? [above] : [])
      else if (above && !known.includes(above)) known.push(above)
      // The same children hang under each place of a rule: once is enough to know their parents.
      if (known === undefined || above === undefined) visit(children, rule)
    }
  }
  visit(roots, undefined)
  return parents
}

function migrateRule(
  rule: Rule,
  tree: RuleTree,
  parents: Writer['parents'],
  customs: ReadonlySet<string>,
): MigratedRule {
  const ruleId = String(rule.id)
  const writer: Writer = { parents, customs, selections: {}, problems: [] }
  const say = (code: string, message: string) =>
    writer.problems.push(problem(code, message, `rule ${rule.id}`))
  if (rule.body.level === 0) {
    const below = [...(parents.get(rule) ?? [])].map(({ id }) => id).join(', ')
    say(
      'cannot-carry',
      `level 0 keeps alerts of rule ${below} away: add its conditions to the filter of that rule`,
    )
    return { ruleId, output: undefined, problems: writer.problems }
  }
  if (rule.search !== 'none') return migrateCorrelation(rule, writer)
  const condition = conditionOf(rule, writer)
  const exceptions = exceptionsOf(rule, tree, writer)
  if (rule.body.ignoreSeconds > 0)
    say(
      'changed',
      `it was silent for ${rule.body.ignoreSeconds} s after it fired: throttle the monitor instead`,
    )
  if (Object.keys(writer.selections).length > mostSelections)
    say(
      'cannot-carry',
      `it hangs under so many rules that it needs more than ${mostSelections} searches: name fewer parents`,
    )
  const lost = writer.problems.some(({ code }) => code === 'cannot-carry')
  const output = lost
    ? undefined
    : write(rule, { ...writer.selections, condition: [condition, ...exceptions].join(' and ') })
  return { ruleId, output, problems: writer.problems }
}

/** The rule's own searches, and those of what it hangs under: `(parent or parent) and own`. */
function conditionOf(rule: Rule, writer: Writer): string {
  const own = ownCondition(rule, writer)
  const above = (writer.parents.get(rule) ?? []).filter(({ id }) => id >= 10)
  if (Object.keys(writer.selections).length > mostSelections) return own ?? ''
  const chains = [...new Set(above.map(parent => conditionOf(parent, writer)).filter(Boolean))]
  const chain = chains.length > 1 ? `(${chains.map(part => `(${part})`).join(' or ')})` : chains[0]
  return [chain, own].filter(Boolean).join(' and ')
}

function ownCondition(rule: Rule, writer: Writer): string | undefined {
  const { body, id } = rule
  const say = (code: string, message: string) => writer.problems.push(problem(code, message, `rule ${id}`))
  const name = `rule_${id}`
  const parts: string[] = []
  let number = 0
  const add = (selection: Selection, negated: boolean) => {
    const key = number === 0 ? name : `${name}_${number + 1}`
    number++
    writer.selections[key] = selection
    parts.push(negated ? `not ${key}` : key)
  }
  const positive: Selection = {}
  if (body.decodedAs !== undefined) positive[decoderField] = migratedDecoder(fromByteText(body.decodedAs))
  if (body.category !== 'syslog' && (writer.parents.get(rule) ?? []).every(parent => parent.id < 10))
    positive[categoryField] = body.category
  const negative: { readonly field: string; readonly key: string; readonly values: readonly string[] }[] = []
  for (const { field: test, expression, negated } of body.tests) {
    if (expression === undefined) {
      say('cannot-carry', `<${test}> has no counterpart in Sigma`)
      continue
    }
    const field = migratedField(test)
    if (field === undefined) {
      say(
        'cannot-carry',
        `the field of '${test}' has no place in WCS: let a decoder write it into one that has`,
      )
      continue
    }
    // A leading ! of osmatch negates the whole pattern.
    const turned = expression.type === 'osmatch' && expression.source.startsWith('!')
    const pattern = migratePattern(
      turned ? { type: 'osmatch', source: expression.source.slice(1) } : expression,
    )
    if (pattern.kind === 'cannot') {
      say('cannot-carry', `${test}: ${pattern.reason}`)
      continue
    }
    const key = [field, ...pattern.modifiers].join('|')
    const value = pattern.values.length === 1 ? (pattern.values[0] ?? '') : [...pattern.values]
    if (negated !== turned) negative.push({ field, key, values: pattern.values })
    else if (Object.hasOwn(positive, key)) add({ [key]: value }, false)
    else positive[key] = value
  }
  // What lacks the field did not match either, negated or not.
  for (const { field } of negative) positive[`${field}|exists`] = true
  if (Object.keys(positive).length > 0) add(positive, false)
  for (const { key, values } of negative) add({ [key]: [...values] }, true)
  for (const { field, kind } of body.lists.map(list => ({ field: list.field, kind: list.kind })))
    say(
      'cannot-carry',
      `the list lookup ${kind} on ${field}: make the list a KVDB and let a decoder enrich the event`,
    )
  if (body.checkDiff || body.firstTimeSeen)
    say(
      'cannot-carry',
      `${body.checkDiff ? 'check_diff' : 'if_fts'} remembers earlier events, which Sigma rules do not`,
    )
  return parts.length === 0 ? undefined : parts.join(' and ')
}

/** Custom children of level 0 keep alerts of a rule away: they become its filters. */
function exceptionsOf(rule: Rule, { rules }: RuleTree, writer: Writer): string[] {
  return rules
    .filter(
      child =>
        child.body.level === 0 &&
        writer.customs.has(child.body.file) &&
        (writer.parents.get(child) ?? []).includes(rule),
    )
    .flatMap(child => {
      const own = ownCondition(child, writer)
      return own === undefined ? [] : [`not (${own})`]
    })
}

/** Counting over time: Sigma says it in a correlation, and Wazuh 5 does not run those. */
function migrateCorrelation(rule: Rule, writer: Writer): MigratedRule {
  const { body, matchedRule } = rule
  const say = (code: string, message: string) =>
    writer.problems.push(problem(code, message, `rule ${rule.id}`))
  const ruleId = String(rule.id)
  const { correlation } = body
  const own = body.tests.length + body.lists.length > 0
  if (matchedRule === undefined || correlation === undefined)
    say('cannot-carry', 'it counts a group of rules: name the one rule that it counts')
  const groupBy = (correlation?.same ?? []).map(field => migratedField(field)).flatMap(field => field ?? [])
  const different =
    correlation !== undefined && correlation.different.length + correlation.differentDynamic.length > 0
  if (correlation && (correlation.matchedRegex || correlation.sameDynamic.length > 0 || different || own))
    say('cannot-carry', 'besides counting, it compares or tests events: that has no counterpart')
  if (!matchedRule || !correlation || writer.problems.length > 0)
    return { ruleId, output: undefined, problems: writer.problems }
  const condition = conditionOf(matchedRule, writer)
  if (writer.problems.some(({ code }) => code === 'cannot-carry'))
    return { ruleId, output: undefined, problems: writer.problems }
  const name = `counted_by_${rule.id}`
  const counted = write(matchedRule, { ...writer.selections, condition }, name)
  const counting = stringify(
    {
      ...headingOf(rule),
      correlation: {
        type: 'event_count',
        rules: [name],
        ...(groupBy.length > 0 ? { 'group-by': groupBy } : {}),
        timespan: `${correlation.timeframeSeconds}s`,
        condition: { gte: correlation.skip + 2 },
      },
    },
    { lineWidth: 0 },
  )
  say(
    'not-run',
    'Wazuh 5 runs no Sigma correlations: count with an Alerting monitor over the findings of the first rule',
  )
  return { ruleId, output: `${counted}---\n${counting}`, problems: writer.problems }
}

/** A UUID that is the same each time a rule is migrated: sha-like bits are not needed, only that ids differ. */
function idOf(rule: Rule, part: string): string {
  const number = rule.id.toString(16).padStart(12, '0')
  return `70c51000-0000-4000-8000-${part}${number.slice(part.length)}`
}

function headingOf(rule: Rule) {
  const { body } = rule
  return {
    title: fromByteText(body.description).slice(0, 250) || `Wazuh rule ${rule.id}`,
    id: idOf(rule, ''),
    status: 'experimental',
    description: `Migrated from Wazuh 4 rule ${rule.id} of level ${body.level}.`,
    level: levelOf(body.level),
  }
}

function write(rule: Rule, detection: Record<string, Json>, name?: string): string {
  const { level, ...heading } = headingOf(rule)
  return stringify(
    {
      ...heading,
      ...(name === undefined ? {} : { name, id: idOf(rule, 'c') }),
      ...(rule.body.mitre.length > 0
        ? { tags: rule.body.mitre.map(id => `attack.${id.toLowerCase()}`) }
        : {}),
      logsource: { product: 'wazuh' },
      detection,
      level,
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  )
}

function levelOf(level: number): string {
  if (level >= 15) return 'critical'
  if (level >= 12) return 'high'
  if (level >= 7) return 'medium'
  return level >= 4 ? 'low' : 'informational'
}

/** On which logs a rule and what became of it agree. */
export interface MigrationProof {
  readonly ruleId: string
  readonly both: number
  readonly onlyWazuh: number
  readonly onlySigma: number
  readonly examples: readonly {
    readonly line: number
    readonly log: string
    readonly found: 'wazuh' | 'sigma'
  }[]
}

const mostExamples = 3

/**
 * Runs sample logs through both. A Wazuh rule counts as found where it or a rule below it fired; another rule that came
 * first hides it, which Sigma rules do not do to each other: such logs are differences, and said to be.
 */
export function proveMigration(
  logs: readonly string[],
  ruleset: Ruleset,
  migrated: readonly MigratedRule[],
  nowSeconds: number,
): MigrationProof[] {
  const session = new Session(ruleset, {
    location: 'migration',
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  })
  const parents = parentsOf(ruleset.rules)
  const engines = migrated.flatMap(({ ruleId, output }) => {
    if (output === undefined) return []
    const documents = parseSigma(output)
    const deciding = documents.at(-1)?.content?.id
    return [
      {
        ruleId,
        deciding,
        engine: new SigmaEngine(documents),
        both: 0,
        onlyWazuh: 0,
        onlySigma: 0,
        examples: [] as MigrationProof['examples'][number][],
      },
    ]
  })
  for (const [index, log] of logs.entries()) {
    const { event } = session.process(toByteText(log), nowSeconds)
    const fired = new Set<Rule>()
    const climb = (rule: Rule): void => {
      if (fired.has(rule)) return
      fired.add(rule)
      for (const parent of parents.get(rule) ?? []) climb(parent)
    }
    // A rule of level 0 keeps the alert away: nothing was found.
    if (event.rule && event.rule.body.level > 0) climb(event.rule)
    const document = migratedEvent(event)
    for (const one of engines) {
      const byWazuh = [...fired].some(({ id }) => String(id) === one.ruleId)
      const bySigma = one.engine
        .evaluate(document)
        .some(({ ruleId, match }) => match && ruleId === one.deciding)
      if (byWazuh && bySigma) one.both++
      if (byWazuh === bySigma) continue
      if (byWazuh) one.onlyWazuh++
      else one.onlySigma++
      if (one.examples.length < mostExamples)
        one.examples.push({ line: index + 1, log: log.slice(0, 300), found: byWazuh ? 'wazuh' : 'sigma' })
    }
  }
  return engines.map(({ ruleId, both, onlyWazuh, onlySigma, examples }) => ({
    ruleId,
    both,
    onlyWazuh,
    onlySigma,
    examples,
  }))
}
