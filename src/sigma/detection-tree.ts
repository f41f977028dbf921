import type { Json } from '../lib/canonical-json.ts'
import { isRecord } from '../lib/is-record.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { type Condition, parseCondition, searchesOf } from './condition.ts'
import type { SigmaRule } from './sigma-rule.ts'
import { valueModifiers } from './value-matcher.ts'

/** A rule's detection as one tree: what the engine evaluates, and what converters write in other languages. */
export type DetectionNode =
  | { readonly kind: 'and' | 'or'; readonly of: readonly DetectionNode[] }
  | { readonly kind: 'not'; readonly of: DetectionNode }
  /** At least `count` of them. */
  | { readonly kind: 'some'; readonly count: number; readonly of: readonly DetectionNode[] }
  | FieldNode

/** One value against one field; a keyword has no field and may stand in any. */
export interface FieldNode {
  readonly kind: 'field'
  readonly field: string | undefined
  readonly modifiers: readonly string[]
  readonly value: Json
  /** The search it stands in, for messages. */
  readonly search: string
}

const listModifiers = ['all', 'neq']

/** Reads searches and conditions into a tree; what cannot be read is in `problems`, and the tree is then not whole. */
export function detectionTree(rule: SigmaRule): {
  readonly tree: DetectionNode
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const searches = new Map(
    Object.entries(rule.searches).map(
      ([name, definition]) => [name, searchNode(definition, name, problems)] as const,
    ),
  )
  const conditions = rule.conditions.flatMap(text => {
    const result = parseCondition(text)
    if (result.kind === 'parsed') return [conditionNode(result.condition, searches, problems)]
    problems.push(problem('condition', result.message, '/detection/condition'))
    return []
  })
  const [only, ...others] = conditions
  return { tree: only !== undefined && others.length === 0 ? only : { kind: 'or', of: conditions }, problems }
}

function conditionNode(
  condition: Condition,
  searches: ReadonlyMap<string, DetectionNode>,
  problems: Problem[],
): DetectionNode {
  const fail = (message: string): DetectionNode => {
    problems.push(problem('condition', message, '/detection/condition'))
    return { kind: 'or', of: [] }
  }
  switch (condition.kind) {
    case 'search':
      return (
        searches.get(condition.name) ??
        fail(`the condition names '${condition.name}', which is not a search of the rule`)
      )
    case 'not':
      return { kind: 'not', of: conditionNode(condition.of, searches, problems) }
    case 'and':
    case 'or':
      return { kind: condition.kind, of: condition.of.map(part => conditionNode(part, searches, problems)) }
    case 'some': {
      const of = searchesOf(condition.pattern, [...searches.keys()]).flatMap(name => searches.get(name) ?? [])
      if (of.length === 0) return fail(`'${condition.pattern}' names no search of the rule`)
      if (condition.count === 'all' || condition.count === of.length) return { kind: 'and', of }
      return condition.count === 1 ? { kind: 'or', of } : { kind: 'some', count: condition.count, of }
    }
  }
}

/** A mapping is an AND of fields, a list an OR of mappings or keywords, a bare value a keyword. */
function searchNode(definition: Json, search: string, problems: Problem[]): DetectionNode {
  if (isRecord(definition)) {
    return {
      kind: 'and',
      of: Object.entries(definition).map(([key, value]) => keyNode(key, value, search, problems)),
    }
  }
  if (Array.isArray(definition))
    return { kind: 'or', of: definition.map(item => searchNode(item, search, problems)) }
  return { kind: 'field', field: undefined, modifiers: [], value: definition, search }
}

/** `Image|endswith: [a, b]`: one leaf a value, any of them, or all with the modifier `all`. */
function keyNode(key: string, value: Json, search: string, problems: Problem[]): DetectionNode {
  const [field = '', ...modifiers] = key.split('|')
  const unknown = modifiers.find(name => ![...listModifiers, 'exists', ...valueModifiers].includes(name))
  if (unknown !== undefined) {
    problems.push(
      problem('modifier', `'${unknown}' in '${key}' is not a Sigma modifier`, `/detection/${search}`),
    )
  }
  const leaves = (Array.isArray(value) ? value : [value]).map(
    (item): FieldNode => ({
      kind: 'field',
      field: field === '' ? undefined : field,
      modifiers: modifiers.filter(name => !listModifiers.includes(name)),
      value: item,
      search,
    }),
  )
  const [first] = leaves
  const node: DetectionNode =
    first !== undefined && leaves.length === 1
      ? first
      : { kind: modifiers.includes('all') ? 'and' : 'or', of: leaves }
  return modifiers.includes('neq') ? { kind: 'not', of: node } : node
}
