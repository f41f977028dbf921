import { type Decoder, type DecoderTree, internalDecoders } from './decoder.ts'
import { assumedFileName, type Finding, warning } from './finding.ts'
import type { Rule, RuleNode, RuleTest } from './rule.ts'
import type { RuleTree } from './rule-tree.ts'

/** A rule that cannot fire, and why. */
export interface DeadRule {
  readonly rule: Rule
  readonly kind: 'shadowed' | 'contradiction' | 'missing-field'
  readonly reason: string
  /** The rule that takes its events, where it is shadowed. */
  readonly takenBy?: Rule
}

/**
 * Rules that can never fire: an earlier sibling takes every event that would reach them, they want another decoder than
 * their parent, or they test a field that their decoder never fills. Only what is certain is reported.
 */
export function findDeadRules(rules: RuleTree, decoders: DecoderTree): DeadRule[] {
  const dead = new Map<Rule, DeadRule>()
  const alive = new Set<Rule>()
  const visit = (node: RuleNode, decodedAs: string | undefined): void => {
    const { rule } = node
    const name = rule.body.decodedAs ?? decodedAs
    const reason =
      neverCounts(rule) ??
      contradiction(rule, decodedAs) ??
      missingField(rule, name, decoders) ??
      shadow(node)
    if (reason) dead.set(rule, reason)
    else alive.add(rule)
    for (const child of node.children) visit(child, name)
  }
  for (const root of rules.roots) visit(root, undefined)
  // A rule may hang in several places: one living place is enough.
  return [...dead.values()].filter(({ rule }) => !alive.has(rule))
}

/** The same as findings, for the rules of the given files. */
export function lintTree(
  rules: RuleTree,
  decoders: DecoderTree,
  concerns: (file: string) => boolean,
): { readonly file: string; readonly finding: Finding }[] {
  return findDeadRules(rules, decoders).flatMap(({ rule, kind, reason }) =>
    concerns(rule.body.file)
      ? [
          {
            file: rule.body.file,
            finding: warning(
              `unreachable-${kind}`,
              `rule ${rule.id} can never fire: ${reason}`,
              rule.body.place,
            ),
          },
        ]
      : [],
  )
}

/** A count stops at an event that a correlation of at least this level has used; for level 0 that is every event. */
function neverCounts(rule: Rule): DeadRule | undefined {
  const { level, correlation, checkDiff } = rule.body
  if (level > 0 || !correlation || checkDiff || rule.search === 'none') return undefined
  return {
    rule,
    kind: 'contradiction',
    reason: 'Wazuh never completes a count for a rule of level 0: give it a level',
  }
}

function contradiction(rule: Rule, decodedAs: string | undefined): DeadRule | undefined {
  const own = rule.body.decodedAs
  if (own === undefined || decodedAs === undefined || own === decodedAs) return undefined
  return { rule, kind: 'contradiction', reason: `it wants the decoder '${own}', its parent '${decodedAs}'` }
}

function missingField(
  rule: Rule,
  decodedAs: string | undefined,
  decoders: DecoderTree,
): DeadRule | undefined {
  if (decodedAs === undefined) return undefined
  const fields = fieldsOf(decodedAs, decoders)
  if (!fields) return undefined
  const missing = rule.body.tests.find(test => {
    const name = fieldName(test)
    return name !== undefined && !fields.has(name)
  })
  if (!missing) return undefined
  return {
    rule,
    kind: 'missing-field',
    reason: `the decoder '${decodedAs}' never fills the field '${fieldName(missing)}'`,
  }
}

const fixedFields = new Set([
  'srcip',
  'dstip',
  'srcport',
  'dstport',
  'protocol',
  'action',
  'url',
  'data',
  'extra_data',
  'status',
  'system_name',
  'id',
])

function fieldName({ field }: RuleTest): string | undefined {
  if (field.startsWith('field ')) return field.slice(6)
  return fixedFields.has(field) ? field : undefined
}

/** The fields that events of that decoder can have, in lower case; undefined where code fills them. */
function fieldsOf(name: string, decoders: DecoderTree): Set<string> | undefined {
  if (internalDecoders.includes(name)) return undefined
  const fields = new Set<string>()
  const add = (decoder: Decoder): boolean => {
    for (const field of decoder.order) fields.add(field.toLowerCase())
    return decoder.plugin === undefined
  }
  let found = false
  for (const root of [...decoders.withProgramName, ...decoders.withoutProgramName]) {
    for (const decoder of [root.decoder, ...root.children.map(child => child.decoder)]) {
      const own = decoder.name === name || root.decoder.name === name
      if (!own) continue
      found = true
      if (!add(decoder) || decoder.accumulate || decoder.file === assumedFileName) return undefined
    }
  }
  return found ? fields : undefined
}

/** An earlier sibling that fires whenever this one would. */
function shadow(node: RuleNode): DeadRule | undefined {
  const { rule } = node
  for (const other of node.siblings) {
    if (other === node) return undefined
    if (other.rule === rule || !alwaysFires(other.rule) || !covers(other.rule, rule)) continue
    return {
      rule,
      kind: 'shadowed',
      reason: `rule ${other.rule.id} (level ${other.rule.body.level}) is tried before it and takes every event it would match`,
      takenBy: other.rule,
    }
  }
  return undefined
}

/** Whether the rule fires whenever its plain tests pass. */
function alwaysFires({ body }: Rule): boolean {
  return (
    !body.noAlert && !body.correlation && !body.checkDiff && !body.firstTimeSeen && body.lists.length === 0
  )
}

/** Whether every condition of `wide` is also one of `narrow`. */
function covers(wide: Rule, narrow: Rule): boolean {
  if (wide.body.decodedAs !== undefined && wide.body.decodedAs !== narrow.body.decodedAs) return false
  return wide.body.tests.every(test => narrow.body.tests.some(other => sameTest(test, other)))
}

function sameTest(a: RuleTest, b: RuleTest): boolean {
  if (a.field !== b.field || a.negated !== b.negated || !a.expression || !b.expression) return false
  return a.expression.type === b.expression.type && a.expression.source === b.expression.source
}
