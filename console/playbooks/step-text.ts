import type { PlaybookStepView } from '../../src/http/contract-playbooks.ts'

/** A step as one line: the question, or the search with its arguments. */
export function stepText(step: PlaybookStepView): string {
  if (step.kind === 'question') return step.text
  const words = Object.entries(step.input).map(([name, value]) => `${name} ${String(value)}`)
  return [step.tool.replaceAll('_', ' '), ...words].join(', ')
}
