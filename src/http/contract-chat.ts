import { z } from 'zod'
import { claimStatuses } from '../domain/claim.ts'
import { evidenceItem } from './contract-briefs.ts'
import { endpoint } from './endpoint.ts'

const askBody = z.object({
  question: z.string().trim().min(1).max(2000),
  /** Only the alerts of this case. */
  caseId: z.string().max(200).optional(),
})
export type AskBody = z.infer<typeof askBody>

const evidenceView = evidenceItem.omit({ facts: true })

export const chatAnswer = z.object({
  answer: z.string(),
  sentences: z.array(
    z.object({
      text: z.string(),
      evidence: z.array(z.string()),
      status: z.enum(claimStatuses),
      /** Of a model's sentence: what was wrong with it. */
      reasons: z.array(z.string()).default([]),
    }),
  ),
  evidence: z.array(evidenceView),
  route: z.enum(['deterministic', 'model']),
  techniques: z.array(z.object({ id: z.string(), name: z.string(), tactics: z.array(z.string()) })),
  toolCalls: z.array(
    z.object({
      tool: z.string(),
      arguments: z.record(z.string(), z.union([z.string(), z.number()])),
      rows: z.number(),
    }),
  ),
  model: z.string().nullable(),
})
export type ChatAnswer = z.infer<typeof chatAnswer>

const toolDescription = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** JSON schema of the tool's arguments. */
  inputSchema: z.record(z.string(), z.json()),
})

export type ToolDescriptionView = z.infer<typeof toolDescription>

const toolAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('found'),
    value: z.object({
      /** One sentence; every number in it was counted by code. */
      summary: z.string(),
      rows: z.array(z.record(z.string(), z.json())),
      total: z.number(),
      /** Hand it back as `offset`; null at the end. */
      nextOffset: z.number().nullable(),
      evidence: z.array(evidenceView),
    }),
  }),
  z.object({ kind: z.literal('failed'), code: z.string(), reason: z.string() }),
])
export type ToolAnswerView = z.infer<typeof toolAnswer>

/** The assistant: reads, never acts. */
export const chatEndpoints = {
  ask: endpoint({
    method: 'POST',
    path: '/api/ask',
    summary:
      'Answer a question from alerts and ATT&CK, by code: each number counted, each sentence with its evidence.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    body: askBody,
    reply: chatAnswer,
  }),
  listTools: endpoint({
    method: 'GET',
    path: '/api/assistant/tools',
    summary: 'The assistant’s tools that you may use. All of them read; none writes.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    reply: z.object({ tools: z.array(toolDescription) }),
  }),
  runTool: endpoint({
    method: 'POST',
    path: '/api/assistant/tools/:name',
    summary: 'Run one tool with your rights. What goes wrong with it is in the answer.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    params: z.object({ name: z.string().min(1).max(100) }),
    body: z.object({ input: z.record(z.string(), z.json()).default({}) }),
    reply: toolAnswer,
  }),
}
