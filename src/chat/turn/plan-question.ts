import { z } from 'zod'
import { numberEvidence } from '../../domain/evidence.ts'
import type { AskModel } from '../../domain/model-question.ts'
import { isRecord } from '../../lib/is-record.ts'
import { jsonOrNothing } from '../../lib/json-or-nothing.ts'
import { pointerOf, readPointer } from '../../lib/json-pointer.ts'
import type { Tool } from '../tools/tool.ts'
import { chooseTools } from './choose-tools.ts'
import { limitsOf, type ModelLimits } from './model-limits.ts'
import type { PlannedStep, TurnPorts, TurnRequest } from './turn.ts'

// Plan, then execute: a model fixes the whole plan from the person's own words before a byte of any log, mail or report
// is read. What is read afterwards goes to a second question that has no tools, so nothing written in it can add a step,
// widen one, or choose its arguments.

/** Bumped with every change of the words below. */
const planPrompt = 'chat-plan-1'

const mostSteps = 4

export type Plan =
  | { readonly kind: 'planned'; readonly steps: readonly PlannedStep[]; readonly model: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** Asks a model which tools to use. Arguments that do not fit are sent back to it once, by `ask/`. */
export async function planQuestion(
  request: TurnRequest,
  model: NonNullable<TurnPorts['model']>,
  tools: readonly Tool[],
  nowMs: number,
  signal: AbortSignal,
): Promise<Plan> {
  const limits = limitsOf(model)
  const offered = chooseTools(tools, request.text, limits.tools)
  // A scope of its own that has never held anything but the person's words: what its placeholders stand for is what
  // they typed or have open, and nothing that an alert said can come out of it into an argument.
  const scope = `${request.chatId}.plan`
  const answer = await model.ask(planAsked(request, scope, offered, limits, nowMs), signal)
  if (answer.kind !== 'answered') return { kind: 'failed', reason: answer.reason }
  const written = answer.answer.steps.map(step => ({
    tool: step.tool,
    input: readInput(step.arguments) ?? {},
  }))
  const steps = await model.reveal(request.asker.tenant, scope, written)
  return { kind: 'planned', steps, model: answer.model }
}

function planAsked(
  request: TurnRequest,
  scope: string,
  offered: readonly Tool[],
  limits: ModelLimits,
  nowMs: number,
): Parameters<AskModel>[0] & { schema: z.ZodType<{ steps: { tool: string; arguments: string }[] }> } {
  const names = offered.map(tool => tool.name)
  const schema = z
    .object({
      steps: z
        .array(z.object({ tool: z.enum(names), arguments: z.string().max(limits.argumentsLength) }))
        .max(mostSteps),
    })
    .superRefine(({ steps }, context) => {
      for (const [index, step] of steps.entries()) {
        const input = readInput(step.arguments)
        const path = ['steps', index, 'arguments']
        if (input === undefined) {
          context.addIssue({ code: 'custom', path, message: 'it is not a JSON object' })
          continue
        }
        // Names stand hidden in it until the plan is made: a length or a pattern can be told only of what is not.
        const parsed = offered.find(tool => tool.name === step.tool)?.input.safeParse(input)
        const issue = parsed?.error?.issues.find(
          each => !/\[[A-Z-]+-\d+\]/.test(JSON.stringify(valueAt(input, each.path))),
        )
        if (issue !== undefined)
          context.addIssue({ code: 'custom', path, message: `${issue.path.join('.')}: ${issue.message}` })
      }
    })
  return {
    task: 'chat',
    tenant: request.asker.tenant,
    caseId: scope,
    instructions: instructionsFor(offered),
    promptVersion: planPrompt,
    evidence: numberEvidence([
      {
        kind: 'clock',
        source: 'clock',
        pointer: '',
        quote: new Date(nowMs).toISOString(),
        trust: 'observed',
        label: 'Now',
      },
      ...(request.context.caseId === undefined ? [] : [open('case_id', request.context.caseId)]),
      ...(request.context.entity === undefined
        ? []
        : [open(request.context.entity.type, request.context.entity.value)]),
      ...request.files.map(file => open('file_id', file.id)),
      ...request.earlier.slice(-6).map(text => ({
        kind: 'earlier-question',
        source: 'chat',
        pointer: '',
        quote: text.slice(0, 1000),
        trust: 'human' as const,
        label: 'The person asked before',
      })),
    ]),
    request: request.text,
    schema,
    claimsOf: () => [],
    maxOutputTokens: limits.planTokens,
  }
}

const open = (what: string, value: string) => ({
  kind: 'open-in-console',
  source: 'console',
  pointer: '',
  quote: `${what}: ${value}`,
  trust: 'human' as const,
  label: 'The person has this open',
})

function instructionsFor(tools: readonly Tool[]): string {
  const list = tools.map(lineFor)
  return `You plan how to answer a question of a security analyst. You do not answer it. Choose at most ${mostSteps} of the tools below,
with their arguments; fewer is better. All of them read, none changes anything. Leave out every argument that the question
does not call for. Write "arguments" as a JSON object in text. Where no tool fits, give no steps.

${list.join('\n')}`
}

const lines = new WeakMap<Tool, string>()

/** A tool as the plan's question tells it; made once, since reading a schema takes a millisecond. */
function lineFor(tool: Tool): string {
  const known = lines.get(tool)
  if (known !== undefined) return known
  const { properties = {} } = z.toJSONSchema(tool.input, { io: 'input' })
  const members = Object.entries(properties).map(([name, schema]) => `${name}: ${shapeOf(schema)}`)
  const line = `- ${tool.name}: ${tool.description} Arguments: ${members.join('; ')}`
  lines.set(tool, line)
  return line
}

function shapeOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return 'any'
  const {
    type,
    enum: values,
    description,
  } = schema as { type?: string; enum?: unknown[]; description?: string } // JSON schema.
  const shape = values === undefined ? (type ?? 'any') : values.join('|')
  return description === undefined ? shape : `${shape} (${description})`
}

function readInput(text: string): Record<string, unknown> | undefined {
  const value = jsonOrNothing(text.trim() === '' ? '{}' : text)
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
    : undefined
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return readPointer(value, pointerOf(path.map(String)))
}
