import type { EntityType } from '../../domain/alert.ts'
import type { Json } from '../../lib/canonical-json.ts'
import type { Tool } from '../tools/tool.ts'

/** What a person fills in before a run: `{{name}}` in the steps. */
export interface PlaybookParameter {
  readonly name: string
  readonly label: string
  /** The kind of entity it stands for: those of the case are offered. Null: any words. */
  readonly entityType: EntityType | null
}

export type PlaybookStep =
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'search'; readonly tool: string; readonly input: { readonly [name: string]: Json } }

/** A saved investigation: ordered questions and searches with parameters. `{{case_id}}` is the case it is run on. */
export interface Playbook {
  readonly parameters: readonly PlaybookParameter[]
  readonly steps: readonly PlaybookStep[]
}

/** The parameter that every playbook has. */
export const caseParameter = 'case_id'

const placeholder = /\{\{\s*([a-z][a-z0-9_]*)\s*\}\}/g

export type ParameterValues = Readonly<Record<string, string>>

/** Puts the values in, once: a value that looks like a placeholder stays what it is. */
function fillText(text: string, values: ParameterValues): string {
  return text.replace(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  )
}

/** A step with its parameters filled in. */
export function fillStep(step: PlaybookStep, values: ParameterValues): PlaybookStep {
  if (step.kind === 'question') return { ...step, text: fillText(step.text, values) }
  return { ...step, input: mapStrings(step.input, text => fillText(text, values)) }
}

/** What is wrong with a playbook, for the person who writes it; empty where nothing is. */
export function playbookProblems({ parameters, steps }: Playbook, tools: readonly Tool[]): string[] {
  const names = parameters.map(parameter => parameter.name)
  const repeated = names.filter((name, index) => names.indexOf(name) !== index || name === caseParameter)
  const known = new Set([...names, caseParameter])
  return [
    ...repeated.map(name => `there are two parameters {{${name}}}`),
    ...steps.flatMap((step, index) =>
      [...unknownParameters(step, known), ...searchProblems(step, tools)].map(
        problem => `step ${index + 1}: ${problem}`,
      ),
    ),
  ]
}

function unknownParameters(step: PlaybookStep, known: ReadonlySet<string>): string[] {
  const text = step.kind === 'question' ? step.text : JSON.stringify(step.input)
  const used = [...text.matchAll(placeholder)].map(([, name = '']) => name)
  return [...new Set(used)].filter(name => !known.has(name)).map(name => `there is no parameter {{${name}}}`)
}

function searchProblems(step: PlaybookStep, tools: readonly Tool[]): string[] {
  if (step.kind === 'question') return []
  const tool = tools.find(each => each.name === step.tool)
  if (tool === undefined) return [`there is no search ${step.tool} here`]
  const unknown = Object.keys(step.input).filter(name => !Object.hasOwn(tool.input.shape, name))
  if (unknown.length > 0) return [`${step.tool} has no argument ${unknown.join(', ')}`]
  // What a parameter stands for is not known yet: its argument is checked when the step is taken.
  const issues = tool.input.safeParse(step.input).error?.issues ?? []
  return issues
    .filter(({ path: [name] }) => !JSON.stringify(step.input[String(name)] ?? '').includes('{{'))
    .map(issue => `${issue.path.join('.')}: ${issue.message}`)
}

function mapStrings(
  node: { readonly [name: string]: Json },
  change: (text: string) => string,
): { readonly [name: string]: Json } {
  const map = (value: Json): Json =>
    typeof value === 'string'
      ? change(value)
      : Array.isArray(value)
        ? value.map(map)
        : typeof value === 'object' && value !== null
          ? mapStrings(value as { readonly [name: string]: Json }, change) // Not an array, as checked.
          : value
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, map(value)]))
}
