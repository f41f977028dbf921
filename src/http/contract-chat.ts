import { z } from 'zod'
import { claimStatuses } from '../domain/claim.ts'
import { endpoint } from './endpoint.ts'

export const askBody = z.object({
  question: z.string().trim().min(1).max(2000),
  /** Only the alerts of this case. */
  caseId: z.string().max(200).optional(),
})
export type AskBody = z.infer<typeof askBody>

export const chatAnswer = z.object({
  answer: z.string(),
  sentences: z.array(
    z.object({ text: z.string(), evidence: z.array(z.string()), status: z.enum(claimStatuses) }),
  ),
  evidence: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      source: z.string(),
      pointer: z.string(),
      quote: z.string(),
      trust: z.enum(['observed', 'attacker-controlled', 'knowledge-base', 'human']),
      label: z.string(),
    }),
  ),
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
}
