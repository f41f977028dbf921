import { type Problem, problem } from '../lib/problem.ts'
import { type DetectionNode, detectionTree, type FieldNode } from './detection-tree.ts'
import type { EventFields } from './event-fields.ts'
import type { SigmaRule } from './sigma-rule.ts'
import { compileValue, type Placeholders } from './value-matcher.ts'

/** Whether an event is what a rule looks for. */
export type EventTest = (fields: EventFields) => boolean

/** A rule's detection, compiled; `matches` is missing where a part of it cannot be evaluated. */
export interface CompiledDetection {
  readonly matches: EventTest | undefined
  readonly problems: readonly Problem[]
}

/** Compiles searches and conditions of a rule. Log source is checked apart, by `log-source.ts`. */
export function compileDetection(rule: SigmaRule, placeholders: Placeholders = {}): CompiledDetection {
  const { tree, problems } = detectionTree(rule)
  const compiler = { placeholders, problems: [...problems] }
  const matches = compile(tree, compiler)
  return { matches: compiler.problems.length > 0 ? undefined : matches, problems: compiler.problems }
}

interface Compiler {
  readonly placeholders: Placeholders
  readonly problems: Problem[]
}

function compile(node: DetectionNode, compiler: Compiler): EventTest {
  switch (node.kind) {
    case 'field':
      return node.field === undefined
        ? compileKeyword(node, compiler)
        : compileField(node.field, node, compiler)
    case 'not': {
      const inner = compile(node.of, compiler)
      return event => !inner(event)
    }
    case 'some': {
      const parts = node.of.map(part => compile(part, compiler))
      return event => parts.filter(part => part(event)).length >= node.count
    }
    case 'and':
    case 'or': {
      const parts = node.of.map(part => compile(part, compiler))
      return node.kind === 'and'
        ? event => parts.every(part => part(event))
        : event => parts.some(part => part(event))
    }
  }
}

function compileField(field: string, node: FieldNode, compiler: Compiler): EventTest {
  if (node.modifiers.includes('exists')) {
    const wanted = String(node.value) === 'true'
    return event => event.values(field).length > 0 === wanted
  }
  const run = valueTest(node, node.modifiers, compiler)
  return event => {
    const values = event.values(field)
    // An absent field is a null one.
    return values.length === 0 ? node.value === null : values.some(actual => run(actual, event))
  }
}

/** A keyword may stand anywhere in any value. */
function compileKeyword(node: FieldNode, compiler: Compiler): EventTest {
  const anchored = node.modifiers.some(name => ['re', 'startswith', 'endswith', 'cidr'].includes(name))
  const run = valueTest(node, anchored ? node.modifiers : [...node.modifiers, 'contains'], compiler)
  return event => {
    for (const actual of event.all()) if (run(actual, event)) return true
    return false
  }
}

function valueTest(node: FieldNode, modifiers: readonly string[], compiler: Compiler) {
  const result = compileValue(node.value, modifiers, compiler.placeholders)
  if (result.kind === 'test') return result.test
  compiler.problems.push(
    problem('value', `${node.field ?? 'keyword'}: ${result.message}`, `/detection/${node.search}`),
  )
  return () => false
}
