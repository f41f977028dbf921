import { type Problem, problem } from '../lib/problem.ts'
import { type Condition, parseCondition, searchesOf } from './condition.ts'
import type { EventFields } from './event-fields.ts'
import { isRecord, type Plain, type SigmaRule } from './sigma-rule.ts'
import { compileValue, type Placeholders, type ValueTest, valueModifiers } from './value-matcher.ts'

/** Whether an event is what a rule looks for. */
export type EventTest = (fields: EventFields) => boolean

/** A rule's detection, compiled; `matches` is missing where a part of it cannot be evaluated. */
export interface CompiledDetection {
  readonly matches: EventTest | undefined
  readonly problems: readonly Problem[]
}

const fieldModifiers = ['all', 'exists', 'neq']

/** Compiles searches and conditions of a rule. Log source is checked apart, by `log-source.ts`. */
export function compileDetection(rule: SigmaRule, placeholders: Placeholders = {}): CompiledDetection {
  const problems: Problem[] = []
  const searches = new Map<string, EventTest>()
  for (const [name, definition] of Object.entries(rule.searches)) {
    const report = (code: string, message: string) =>
      problems.push(problem(code, message, `/detection/${name}`))
    searches.set(name, compileSearch(definition, placeholders, report))
  }
  const conditions = rule.conditions.flatMap(text => {
    const result = parseCondition(text)
    if (result.kind === 'invalid') {
      problems.push(problem('condition', result.message, '/detection/condition'))
      return []
    }
    return [compileCondition(result.condition, searches, problems)]
  })
  return {
    matches: problems.length > 0 ? undefined : fields => conditions.some(condition => condition(fields)),
    problems,
  }
}

function compileCondition(
  condition: Condition,
  searches: ReadonlyMap<string, EventTest>,
  problems: Problem[],
): EventTest {
  switch (condition.kind) {
    case 'search': {
      const search = searches.get(condition.name)
      if (search !== undefined) return search
      problems.push(
        problem(
          'condition',
          `the condition names '${condition.name}', which is not a search of the rule`,
          '/detection/condition',
        ),
      )
      return () => false
    }
    case 'not': {
      const inner = compileCondition(condition.of, searches, problems)
      return fields => !inner(fields)
    }
    case 'and':
    case 'or': {
      const parts = condition.of.map(part => compileCondition(part, searches, problems))
      return condition.kind === 'and'
        ? fields => parts.every(part => part(fields))
        : fields => parts.some(part => part(fields))
    }
    case 'some': {
      const parts = searchesOf(condition.pattern, [...searches.keys()]).flatMap(
        name => searches.get(name) ?? [],
      )
      if (parts.length === 0) {
        problems.push(
          problem('condition', `'${condition.pattern}' names no search of the rule`, '/detection/condition'),
        )
      }
      const needed = condition.count === 'all' ? parts.length : condition.count
      return fields => {
        let found = 0
        for (const part of parts) if (part(fields) && ++found >= needed) return true
        return needed === 0
      }
    }
  }
}

type Report = (code: string, message: string) => void

/** A mapping is an AND of fields, a list an OR of mappings or keywords, a bare value a keyword. */
function compileSearch(definition: Plain, placeholders: Placeholders, report: Report): EventTest {
  if (isRecord(definition)) {
    const fields = Object.entries(definition).map(([key, value]) =>
      compileField(key, value, placeholders, report),
    )
    return event => fields.every(field => field(event))
  }
  if (Array.isArray(definition)) {
    const items = definition.map(item => compileSearch(item, placeholders, report))
    return event => items.some(item => item(event))
  }
  return compileKeyword(definition, [], placeholders, report)
}

function compileField(key: string, value: Plain, placeholders: Placeholders, report: Report): EventTest {
  const [field = '', ...modifiers] = key.split('|')
  const unknown = modifiers.find(
    name => !fieldModifiers.includes(name) && !valueModifiers.some(known => known === name),
  )
  if (unknown !== undefined) report('modifier', `'${unknown}' in '${key}' is not a Sigma modifier`)
  const list = Array.isArray(value) ? value : [value]
  if (field === '')
    return combine(
      list.map(item => compileKeyword(item, modifiers, placeholders, report)),
      modifiers,
    )
  if (modifiers.includes('exists')) {
    const wanted = value === true || value === 'true'
    return event => event.values(field).length > 0 === wanted
  }
  const tests = list.map(item => valueTest(item, modifiers, key, placeholders, report))
  const one = (run: ValueTest, wantsNull: boolean): EventTest => {
    return event => {
      const values = event.values(field)
      // An absent field is a null one.
      return values.length === 0 ? wantsNull : values.some(actual => run(actual, event))
    }
  }
  const matched = combine(
    tests.map((run, index) => one(run, list[index] === null)),
    modifiers,
  )
  return modifiers.includes('neq') ? event => !matched(event) : matched
}

/** A keyword may stand anywhere in any value. */
function compileKeyword(
  value: Plain,
  modifiers: readonly string[],
  placeholders: Placeholders,
  report: Report,
): EventTest {
  const anchored = modifiers.some(name => ['re', 'startswith', 'endswith', 'cidr'].includes(name))
  const run = valueTest(
    value,
    anchored ? modifiers : [...modifiers, 'contains'],
    'keywords',
    placeholders,
    report,
  )
  return event => {
    for (const actual of event.all()) if (run(actual, event)) return true
    return false
  }
}

function combine(tests: readonly EventTest[], modifiers: readonly string[]): EventTest {
  return modifiers.includes('all')
    ? event => tests.every(run => run(event))
    : event => tests.some(run => run(event))
}

function valueTest(
  value: Plain,
  modifiers: readonly string[],
  where: string,
  placeholders: Placeholders,
  report: Report,
): ValueTest {
  const result = compileValue(value, modifiers, placeholders)
  if (result.kind === 'test') return result.test
  report('value', `${where}: ${result.message}`)
  return () => false
}
