import { z } from 'zod'
import { messageOf } from '../lib/app-error.ts'
import { type Parsed, type Problem, problem } from '../lib/problem.ts'
import type { EvaluationItem } from './suite-items.ts'

/** Reads a file that lies beside the questions, by a path below their folder. */
export type ReadBeside = (path: string) => string | undefined

/** Letters as a list, or as text: `A, C`. */
const letters = z.union([z.array(z.string()), z.string()])
const options = z.union([z.array(z.string()), z.record(z.string(), z.string()), z.string()])

// As the loaders of CyberSOCEval in PurpleLlama read them (malware_analysis.py, threat_intel_reasoning_benchmark.py).
const questionSchema = z
  .object({
    question: z.string().optional(),
    question_text: z.string().optional(),
    options,
    correct_options: letters.optional(),
    correct_answer: letters.optional(),
    correct_answers: letters.optional(),
    /** Malware analysis: the detonation report is in hybrid-analysis/ATTACK/SHA256. */
    sha256: z.string().optional(),
    attack: z.string().optional(),
    /** Threat intelligence: the report is in REPORT_ID.txt. */
    report_id: z.union([z.string(), z.number()]).optional(),
  })
  .loose()

/** Longer reports are cut: models lose the thread, and a question must fit beside it. In UTF-16 units. */
const longestContext = 60_000
/** A name from the file goes into a path: nothing but a plain name does. */
const plainName = /^[\w][\w.-]{0,200}$/

/**
 * Reads the question files of CyberSOCEval: a JSON list of multiple-choice questions with any number of right answers, each
 * with the report that it is about, where that lies beside it. `undefined` for a list of something else.
 */
export function readCyberSocQuestions(
  text: string,
  name: string,
  beside: ReadBeside,
): Parsed<EvaluationItem[]> | undefined {
  let list: unknown
  try {
    list = JSON.parse(text)
  } catch (error) {
    return { value: [], problems: [problem('not-json', messageOf(error), name)] }
  }
  if (!Array.isArray(list) || !list.some(isQuestion)) return undefined
  const problems: Problem[] = []
  const value = list.flatMap((entry: unknown, index): EvaluationItem[] => {
    const where = `${name} question ${index + 1}`
    const parsed = questionSchema.safeParse(entry)
    const question = parsed.success ? (parsed.data.question_text ?? parsed.data.question) : undefined
    const expected = parsed.success
      ? (parsed.data.correct_options ?? parsed.data.correct_answers ?? parsed.data.correct_answer)
      : undefined
    if (!parsed.success || question === undefined || expected === undefined) {
      problems.push(problem('not-an-item', 'it has no question, options and right answers', where))
      return []
    }
    const path = reportPath(parsed.data)
    const context = path === undefined ? undefined : beside(path)
    if (path !== undefined && context === undefined)
      problems.push(problem('no-report', `the report ${path} is not beside it: asked without`, where))
    return [
      {
        id: String(index + 1),
        task: 'choices',
        input: {
          question: [question, ...optionLines(parsed.data.options)].join('\n'),
          ...(context === undefined ? {} : { context: context.slice(0, longestContext) }),
        },
        expected: lettersOf(expected),
      },
    ]
  })
  return { value, problems }
}

function isQuestion(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'options' in entry && !('input' in entry)
}

function reportPath({
  sha256,
  attack,
  report_id: report,
}: z.infer<typeof questionSchema>): string | undefined {
  if (report !== undefined && plainName.test(String(report))) return `${report}.txt`
  if (sha256 !== undefined && attack !== undefined && plainName.test(sha256) && plainName.test(attack))
    return `hybrid-analysis/${attack}/${sha256}`
  return undefined
}

/** Options carry their letters, or get them by their place. */
function optionLines(value: z.infer<typeof options>): string[] {
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return Object.entries(value).map(([letter, text]) => `${letter}) ${text}`)
  return value.map((text, index) =>
    /^\s*[A-Z]\s*[).:]/.test(text) ? text : `${String.fromCharCode(65 + index)}) ${text}`,
  )
}

function lettersOf(value: z.infer<typeof letters>): string[] {
  const text = Array.isArray(value) ? value.join(' ') : value
  return text.toUpperCase().match(/\b[A-Z]\b/g) ?? []
}
