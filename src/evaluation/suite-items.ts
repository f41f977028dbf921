import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'
import { type ReadBeside, readCyberSocQuestions } from './cyber-soc-questions.ts'

/** What kinds of items there are; each has one way to be answered and one to be scored. */
export const evaluationTasks = [
  'triage',
  'attack',
  'chat',
  'mail',
  'intel',
  'redact',
  'summary',
  'injection',
  'choice',
  'cwe',
  'cvss',
  'choices',
  'rule',
] as const
export type EvaluationTask = (typeof evaluationTasks)[number]

/** One question with its answer. What `input` and `expected` are depends on the task; see `score.ts`. */
export interface EvaluationItem {
  readonly id: string
  readonly task: EvaluationTask
  readonly input: unknown
  readonly expected: unknown
}

const itemSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  task: z.enum(evaluationTasks).optional(),
  input: z.unknown(),
  expected: z.unknown(),
})

/**
 * Reads items: NDJSON or JSON of `{id, input, expected, task?}`, a TSV of CTIBench (MCQ, RCM, VSP), known by its header, or
 * the question files of CyberSOCEval (`readCyberSocQuestions`). `fallback` is the task of items that name none.
 */
export function readItems(
  text: string,
  name: string,
  fallback: EvaluationTask | undefined,
  beside: ReadBeside = () => undefined,
): Parsed<EvaluationItem[]> {
  const header = text.slice(0, text.indexOf('\n')).trimEnd().split('\t')
  if (header.includes('GT')) return { value: readBenchTable(text, header), problems: [] }
  if (text.trimStart().startsWith('[')) {
    const questions = readCyberSocQuestions(text, name, beside)
    if (questions !== undefined) return questions
  }
  const { value: documents, problems: broken } = parseJsonDocuments(text)
  const problems: Problem[] = [...broken]
  const value = documents.flatMap((document, index) => {
    const parsed = itemSchema.safeParse(document)
    const task = parsed.success ? (parsed.data.task ?? fallback ?? guessTask(parsed.data.input)) : undefined
    if (parsed.success && task !== undefined)
      return [{ id: parsed.data.id, task, input: parsed.data.input, expected: parsed.data.expected }]
    const why = parsed.success ? 'it does not say its task, and its input does not show it' : 'it has no id'
    problems.push(
      problem(
        'not-an-item',
        `${why}; an item is {id, input, expected, task: ${evaluationTasks.join('|')}}`,
        `${name} item ${index + 1}`,
      ),
    )
    return []
  })
  return { value, problems }
}

/** An alert, a mail or a question show themselves. */
function guessTask(input: unknown): EvaluationTask | undefined {
  if (typeof input === 'object' && input !== null)
    return 'rule' in input || '_source' in input || 'alert' in input
      ? 'triage'
      : 'question' in input
        ? 'options' in input
          ? 'choice'
          : 'chat'
        : undefined
  if (typeof input !== 'string') return undefined
  if (/^(?:[A-Za-z-]+: .*\r?\n)+\r?\n/.test(input)) return 'mail'
  return input.trim().endsWith('?') ? 'chat' : undefined
}

function readBenchTable(text: string, header: readonly string[]): EvaluationItem[] {
  const column = (row: readonly string[], name: string) => row[header.indexOf(name)]?.trim() ?? ''
  return text
    .split('\n')
    .slice(1)
    .filter(line => line.trim() !== '')
    .map((line, index): EvaluationItem => {
      const row = line.split('\t')
      const expected = column(row, 'GT')
      const id = String(index + 1)
      if (header.includes('Option A')) {
        const options = ['A', 'B', 'C', 'D'].map(letter => column(row, `Option ${letter}`))
        return { id, task: 'choice', input: { question: column(row, 'Question'), options }, expected }
      }
      return {
        id,
        task: expected.startsWith('CWE') ? 'cwe' : 'cvss',
        input: column(row, 'Description'),
        expected,
      }
    })
}

/** Fails where a suite has nothing to run. */
export function requireItems(items: readonly EvaluationItem[], suite: string): void {
  if (items.length === 0) throw new AppError('unreadable-input', `${suite} holds no item that can be run`)
}
