import { z } from 'zod'
import { numberEvidence } from '../../domain/evidence.ts'
import { evidenceView } from '../evidence-view.ts'
import { type Asker, type Tool, type ToolOutcome, toolsFor } from './tool.ts'

/** A tool as programs see it. */
export interface DescribedTool {
  readonly name: string
  readonly title: string
  readonly description: string
  /** JSON schema of its arguments, an object. */
  readonly inputSchema: { readonly [name: string]: unknown }
}

/** The tools that this person may use, with the schemas that their arguments are validated with. */
export function describeTools(tools: readonly Tool[], asker: Asker): DescribedTool[] {
  return toolsFor(tools, asker).map(({ name, title, description, input }) => {
    const { $schema: _dialect, ...inputSchema } = z.toJSONSchema(input, { io: 'input' })
    return { name, title, description, inputSchema }
  })
}

/** What a program gets of an outcome: rows, and the evidence numbered E1… */
export function outcomeView(outcome: ToolOutcome) {
  if (outcome.kind === 'failed')
    return { kind: 'failed' as const, code: outcome.code, reason: outcome.reason }
  const { summary, rows, total, nextOffset, evidence } = outcome.finding
  return {
    kind: 'found' as const,
    value: {
      summary,
      rows: rows.map(row => ({ ...row })),
      total,
      nextOffset: nextOffset ?? null,
      evidence: numberEvidence(evidence).map(evidenceView),
    },
  }
}
