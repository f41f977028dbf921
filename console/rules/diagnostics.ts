import type { Diagnostic } from '@codemirror/lint'
import type { Measurement } from '../../src/http/contract-rule-measurement.ts'
import { lineMark } from '../text/line-mark.ts'

/** Marks for the editor, where the findings' lines are of the text that is in it. */
export function diagnosticsOf(text: string, measurement: Measurement | undefined): Diagnostic[] {
  if (measurement === undefined || !isOf(text, measurement)) return []
  return measurement.findings.flatMap(({ where, message, severity }) => {
    const [, line, column] = /line (\d+)(?:, column (\d+))?/.exec(where ?? '') ?? []
    const mark = lineMark(text, Number(line), column === undefined ? undefined : Number(column))
    return mark === undefined ? [] : [{ ...mark, message, severity }]
  })
}

/** What was found, each with its line only where that is a line of this text: what is measured is written anew. */
export function findingsOf(text: string, measurement: Measurement): Measurement['findings'] {
  if (isOf(text, measurement)) return measurement.findings
  return measurement.findings.map(({ where: _, ...finding }) => finding)
}

function isOf(text: string, measurement: Measurement): boolean {
  return measurement.text === undefined || measurement.text === text
}
