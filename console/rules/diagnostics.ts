import type { Diagnostic } from '@codemirror/lint'
import type { Measurement } from '../../src/http/contract-rules.ts'

/** Marks for the editor, where the findings' lines are of the text that is in it. */
export function diagnosticsOf(text: string, measurement: Measurement | undefined): Diagnostic[] {
  if (measurement === undefined || (measurement.text !== undefined && measurement.text !== text)) return []
  const lines = text.split('\n')
  return measurement.findings.flatMap(({ where, message, severity }) => {
    const [, line, column] = /line (\d+)(?:, column (\d+))?/.exec(where ?? '') ?? []
    const index = Number(line) - 1
    const content = lines[index]
    if (content === undefined) return []
    const start = lines.slice(0, index).reduce((sum, each) => sum + each.length + 1, 0)
    const from = start + Math.min(Math.max(0, Number(column ?? 1) - 1), content.length)
    return [{ from, to: Math.max(from, start + content.length), message, severity }]
  })
}
