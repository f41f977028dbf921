import { compiledRules } from './compiled-rules.ts'
import { compileTime, compileWeekday, dayTimeOf } from './day-time.ts'
import { staticFieldNames, type WazuhEvent } from './event.ts'
import { compileExpression, type Expression, type ExpressionType } from './expression.ts'
import type { Complain, RuleDraft } from './read-rule.ts'
import type { RuleTest } from './rule.ts'
import type { XmlElement } from './xml.ts'

/** A pattern that may be spread over several elements of the same name: they are joined, the last one's type counts. */
export interface PatternDraft {
  source: string
  type: ExpressionType
  negated: boolean
  readonly element: XmlElement
}

const longestText = 2048

const logOf = (event: WazuhEvent) => event.log

/** How each pattern element finds its subject, in Wazuh's order of testing. */
const subjects: Record<string, (event: WazuhEvent) => string | undefined> = {
  program_name: event => event.programName,
  id: event => event.fields.id,
  system_name: event => event.fields.system_name,
  protocol: event => event.fields.protocol,
  match: logOf,
  regex: logOf,
  action: event => event.fields.action,
  url: event => event.fields.url,
  location: event => event.location,
  srcip: event => event.fields.srcip,
  dstip: event => event.fields.dstip,
  srcport: event => event.fields.srcport,
  dstport: event => event.fields.dstport,
  user: event => event.fields.dstuser ?? event.fields.srcuser,
  srcgeoip: event => event.fields.srcgeoip,
  dstgeoip: event => event.fields.dstgeoip,
  data: event => event.fields.data,
  extra_data: event => event.fields.extra_data,
  hostname: event => event.hostname,
  status: event => event.fields.status,
}

export const patternElements: ReadonlySet<string> = new Set([
  ...Object.keys(subjects),
  'field',
  'time',
  'weekday',
  'compiled_rule',
  'if_matched_regex',
])

const standardTypes: Record<string, ExpressionType> = {
  regex: 'osregex',
  field: 'osregex',
  action: 'string',
  srcip: 'address',
  dstip: 'address',
}

/** Reads one element that holds a condition on the event itself. */
export function readPatternElement(draft: RuleDraft, element: XmlElement, complain: Complain): void {
  const name = element.name.toLowerCase()
  switch (name) {
    case 'field':
      readField(draft, element, complain)
      return
    case 'time':
    case 'weekday': {
      const test = name === 'time' ? compileTime(element.text) : compileWeekday(element.text)
      if (!test) {
        complain(name, `'${element.text}' is not a ${name} that Wazuh reads`, element)
        return
      }
      draft.tests.push({
        field: name,
        expression: undefined,
        negated: false,
        passes: event => test(dayTimeOf(event.arrivedAt)),
      })
      return
    }
    case 'compiled_rule': {
      const test = Object.hasOwn(compiledRules, element.text) ? compiledRules[element.text] : undefined
      if (!test) {
        complain('compiled-rule', `there is no compiled rule '${element.text}'`, element)
        return
      }
      draft.tests.push({ field: name, expression: undefined, negated: false, passes: test })
      return
    }
    case 'if_matched_regex': {
      draft.context = true
      draft.matchedRegex = compile('osregex', element.text, element, complain)
      return
    }
    default:
      joinPattern(draft, name, element, complain)
  }
}

function joinPattern(draft: RuleDraft, name: string, element: XmlElement, complain: Complain): void {
  const before = draft.patterns.get(name)
  const standard = standardTypes[name] ?? 'osmatch'
  const type = standard === 'address' ? standard : readType(element, standard, complain)
  const joint = standard === 'address' && before ? '\n' : ''
  const source = (before?.source ?? '') + joint + element.text
  const negated = readNegation(element, complain)
  if (element.text.length >= longestText)
    complain(
      'text-length',
      `<${name}> has ${element.text.length} bytes; Wazuh allows ${longestText - 1}`,
      element,
    )
  draft.patterns.set(name, { source, type, negated, element: before?.element ?? element })
}

function readField(draft: RuleDraft, element: XmlElement, complain: Complain): void {
  const name = element.attributes.find(attribute => attribute.name === 'name')?.value
  if (name === undefined) {
    complain('field-name', '<field> needs name="..."', element)
    return
  }
  const lower = name.toLowerCase()
  if (staticFieldNames.some(field => field === lower) || lower === 'user') {
    complain('field-static', `'${name}' is a fixed field: write <${lower}> instead of <field>`, element)
    return
  }
  const expression = compile(readType(element, 'osregex', complain), element.text, element, complain)
  if (!expression) return
  const negated = readNegation(element, complain)
  draft.tests.push(patternTest(`field ${lower}`, expression, negated, event => event.dynamic(lower)))
}

/** Compiles the joined patterns, in Wazuh's order. */
export function finishTests(draft: RuleDraft, complain: Complain): RuleTest[] {
  const tests: RuleTest[] = []
  const { maxSize } = draft.attributes
  for (const [name, subject] of Object.entries(subjects)) {
    const pattern = draft.patterns.get(name)
    if (!pattern) continue
    const expression = compile(pattern.type, pattern.source, pattern.element, complain)
    if (expression) tests.push(patternTest(name, expression, pattern.negated, subject))
  }
  if (maxSize > 0)
    tests.push({
      field: 'maxsize',
      expression: undefined,
      negated: false,
      passes: event => event.log.length >= maxSize,
    })
  return tests
}

/** A missing field fails the rule, negated or not. */
function patternTest(
  field: string,
  expression: Expression,
  negated: boolean,
  subject: (event: WazuhEvent) => string | undefined,
): RuleTest {
  return {
    field,
    expression,
    negated,
    ...(subject === logOf
      ? { onLog: expression }
      : { present: (event: WazuhEvent) => subject(event) !== undefined }),
    passes(event) {
      const text = subject(event)
      return text !== undefined && expression.matches(text, event.lower(text)) !== negated
    },
  }
}

function compile(
  type: ExpressionType,
  source: string,
  element: XmlElement,
  complain: Complain,
): Expression | undefined {
  const compiled = compileExpression(type, source)
  if (!('kind' in compiled)) return compiled
  complain('pattern', `${type} pattern, character ${compiled.offset + 1}: ${compiled.message}`, element)
  return undefined
}

function readType(element: XmlElement, standard: ExpressionType, complain: Complain): ExpressionType {
  const wanted = element.attributes.find(attribute => attribute.name === 'type')?.value.toLowerCase()
  if (wanted === undefined) return standard
  if (wanted === 'osregex' || wanted === 'osmatch' || wanted === 'pcre2') return wanted
  complain('pattern-type', `type="${wanted}" is not osmatch, osregex or pcre2`, element)
  return standard
}

function readNegation(element: XmlElement, complain: Complain): boolean {
  const value = element.attributes.find(attribute => attribute.name === 'negate')?.value.toLowerCase()
  if (value !== undefined && value !== 'yes' && value !== 'no')
    complain('negate', `negate="${value}" is neither yes nor no`, element)
  return value === 'yes'
}
