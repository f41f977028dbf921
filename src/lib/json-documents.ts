import { messageOf } from './app-error.ts'
import { type Parsed, type Problem, problem } from './problem.ts'

/**
 * Reads JSON as tools leave it in files: one value, an array of values, one value a line, or pretty-printed values one
 * after the other. A byte order mark is dropped. What cannot be parsed is in `problems` with its line, the rest is kept.
 */
export function parseJsonDocuments(input: string): Parsed<unknown[]> {
  const text = input.replace(/^\uFEFF/, '')
  try {
    const whole: unknown = JSON.parse(text)
    return { value: Array.isArray(whole) ? whole : [whole], problems: [] }
  } catch {
    return parseSequence(text)
  }
}

function parseSequence(text: string): Parsed<unknown[]> {
  const value: unknown[] = []
  const problems: Problem[] = []
  let line = 1
  for (const piece of pieces(text)) {
    if (piece.trim() !== '') {
      try {
        value.push(JSON.parse(piece))
      } catch (error) {
        problems.push(
          problem(
            'not-json',
            messageOf(error),
            `line ${line + countLines(piece.slice(0, piece.search(/\S/)))}`,
          ),
        )
      }
    }
    line += countLines(piece)
  }
  return { value, problems }
}

/** Cuts at each line end at which no bracket is open. Brackets and quotes inside strings do not count. */
function* pieces(text: string): Generator<string> {
  let start = 0
  let depth = 0
  let inString = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '\n') {
      inString = false // JSON strings end on their line: a broken line must not swallow the file.
      if (depth > 0) continue
      yield text.slice(start, i + 1)
      start = i + 1
    } else if (inString) {
      if (char === '\\') i++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth = Math.max(0, depth - 1)
  }
  yield text.slice(start)
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
