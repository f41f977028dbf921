import { z } from 'zod'
import type { EvidenceDraft } from '../../domain/evidence.ts'
import { includesRole, type Role } from '../../domain/role.ts'
import { AppError } from '../../lib/app-error.ts'
import type { Json } from '../../lib/canonical-json.ts'

/** On whose behalf a tool reads. It never sees more than this person would. */
export interface Asker {
  readonly tenant: string
  readonly role: Role
}

export interface ToolContext {
  readonly asker: Asker
  readonly nowMs: number
  readonly signal: AbortSignal
}

export type ToolRow = { readonly [name: string]: Json }

/** What a tool found: rows for a program, sentences for a person, and evidence for both. */
export interface ToolFinding {
  /** One sentence, every number in it counted by code. */
  readonly summary: string
  readonly rows: readonly ToolRow[]
  /** How many there are in all, where that is known; else how many are shown. */
  readonly total: number
  /** Hand it back as `offset` for the next page; absent at the end. */
  readonly nextOffset?: number
  readonly evidence: readonly EvidenceDraft[]
}

/** Reads one kind of thing. No tool writes, and none can reach beyond what its ports read. */
export interface Tool {
  readonly name: string
  readonly title: string
  /** For people and models: what it answers. */
  readonly description: string
  /** The least role that may use it. */
  readonly role: Role
  readonly input: z.ZodObject
  readonly run: (input: unknown, context: ToolContext) => Promise<ToolFinding>
}

/** Joins a schema with the function that it validates for. */
export function tool<Input extends z.ZodObject>(
  definition: Omit<Tool, 'run' | 'input'> & {
    readonly input: Input
    readonly run: (input: z.output<Input>, context: ToolContext) => Promise<ToolFinding>
  },
): Tool {
  // `runTool` parses with this very schema before it calls `run`.
  return { ...definition, run: definition.run as Tool['run'] }
}

/** Paging, the same for every tool: small pages, since people and models read them whole. */
export const page = {
  offset: z.number().int().min(0).max(100_000).default(0).describe('rows to skip'),
  limit: z.number().int().min(1).max(50).default(20).describe('rows to show, at most 50'),
}

export type ToolOutcome =
  | { readonly kind: 'found'; readonly tool: string; readonly finding: ToolFinding }
  /** `code`: `unknown-tool`, `not-allowed`, `bad-arguments`, `too-slow`, or what the source said. */
  | { readonly kind: 'failed'; readonly tool: string; readonly code: string; readonly reason: string }

const timeoutMs = 20_000
/** A finding whose rows are longer as JSON is cut to what fits. In UTF-16 units. */
const rowsLimit = 40_000
const evidenceLimit = 60

/** The tools that this person may use. */
export function toolsFor(tools: readonly Tool[], asker: Asker): Tool[] {
  return tools.filter(each => includesRole(asker.role, each.role))
}

/** Validates, checks the right, runs within a time limit and bounds what comes back. Throws only when cancelled. */
export async function runTool(
  tools: readonly Tool[],
  name: string,
  input: unknown,
  context: ToolContext,
): Promise<ToolOutcome> {
  const failed = (code: string, reason: string) => ({ kind: 'failed', tool: name, code, reason }) as const
  const found = tools.find(each => each.name === name)
  if (found === undefined) return failed('unknown-tool', `there is no tool ${name.slice(0, 100)}`)
  if (!includesRole(context.asker.role, found.role))
    return failed('not-allowed', `${name} takes the role '${found.role}' or a higher one`)
  const parsed = found.input.safeParse(input)
  if (!parsed.success) return failed('bad-arguments', z.prettifyError(parsed.error).slice(0, 1000))
  const limit = AbortSignal.any([context.signal, AbortSignal.timeout(timeoutMs)])
  try {
    const finding = await found.run(parsed.data, { ...context, signal: limit })
    return { kind: 'found', tool: name, finding: bounded(finding) }
  } catch (error) {
    if (context.signal.aborted) throw context.signal.reason
    if (limit.aborted) return failed('too-slow', `${name} took longer than ${timeoutMs / 1000} s`)
    if (error instanceof AppError) return failed(error.code, error.message)
    throw error
  }
}

function bounded(finding: ToolFinding): ToolFinding {
  let left = rowsLimit
  const rows = finding.rows.filter(row => {
    left -= JSON.stringify(row).length
    return left >= 0
  })
  return { ...finding, rows, evidence: finding.evidence.slice(0, evidenceLimit) }
}

/** A page of rows that are all in memory. */
export function pageOf<Row>(rows: readonly Row[], { offset, limit }: { offset: number; limit: number }) {
  const shown = rows.slice(offset, offset + limit)
  const next = offset + shown.length
  return { shown, total: rows.length, ...(next < rows.length ? { nextOffset: next } : {}) }
}

const quoteLimit = 1500

/** A row as evidence: its members as text, and who could have written them. */
export function rowEvidence(
  row: ToolRow,
  from: Pick<EvidenceDraft, 'source' | 'trust' | 'label'> & { readonly pointer?: string },
): EvidenceDraft {
  const quote = Object.entries(row)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return { kind: 'tool-result', pointer: '', quote: quote.slice(0, quoteLimit), ...from }
}

/** A number that a tool counted, as evidence. */
export function countEvidence(
  source: string,
  label: string,
  facts: NonNullable<EvidenceDraft['facts']>,
): EvidenceDraft {
  const quote = Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
  return { kind: 'aggregate', source, pointer: '', quote, trust: 'observed', label, facts }
}

/** `1 alert`, `3 alerts`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
