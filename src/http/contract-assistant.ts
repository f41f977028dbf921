import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { done, idParams, person } from './contract.ts'
import { chatAnswer } from './contract-chat.ts'
import { endpoint } from './endpoint.ts'

const turnContext = z.object({
  caseId: z.string().max(200).optional(),
  entity: z.object({ type: z.string().max(40), value: z.string().max(500) }).optional(),
  page: z.string().max(60).optional(),
})
export type TurnContextBody = z.infer<typeof turnContext>

const step = z.object({
  tool: z.string(),
  input: z.record(z.string(), z.unknown()),
  summary: z.string(),
  failed: z.boolean(),
})

/** A search as it is shown before it is run. */
const indexerQuery = z.object({ index: z.string().max(200), body: z.record(z.string(), z.json()) })
export type IndexerQueryView = z.infer<typeof indexerQuery>

export const turnAnswer = chatAnswer.extend({
  steps: z.array(step),
  modelReason: z.string().nullable(),
  canAskModel: z.boolean(),
  query: z.object({ query: indexerQuery, understood: z.record(z.string(), z.string()) }).nullable(),
})
export type TurnAnswerView = z.infer<typeof turnAnswer>

/** Events of an answer's stream, in this order; `sentence` is replaced by what `answer` holds. */
const turnEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('question'), messageId: z.string() }),
  z.object({ kind: z.literal('route'), route: z.enum(['code', 'model']), why: z.string() }),
  z.object({
    kind: z.literal('plan'),
    steps: z.array(z.object({ tool: z.string(), input: z.record(z.string(), z.unknown()) })),
  }),
  z.object({ kind: z.literal('step'), index: z.number(), step }),
  z.object({
    kind: z.literal('sentence'),
    claim: z.object({
      text: z.string(),
      evidence: z.array(z.object({ id: z.string(), quote: z.string() })),
      status: z.string(),
      reasons: z.array(z.string()),
    }),
  }),
  z.object({ kind: z.literal('answer'), messageId: z.string(), answer: turnAnswer }),
  z.object({ kind: z.literal('failed'), code: z.string(), message: z.string() }),
])
export type TurnEventView = z.infer<typeof turnEvent>

const chatRecord = z.object({
  id: z.string(),
  title: z.string(),
  caseId: z.string().nullable(),
  createdMs: z.number(),
  changedMs: z.number(),
})
export type ChatRecord = z.infer<typeof chatRecord>

const chatFile = z.object({
  id: z.string(),
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
})
export type ChatFileView = z.infer<typeof chatFile>

const chatMessage = z.object({
  id: z.string(),
  parentId: z.string().nullable(),
  kind: z.enum(['question', 'answer']),
  text: z.string(),
  state: z.enum(['done', 'stopped', 'failed']),
  hypothesis: z.string().nullable(),
  /** Of an answer that came to its end. */
  answer: turnAnswer.nullable(),
  feedback: z.number().nullable(),
  createdMs: z.number(),
})
export type ChatMessageView = z.infer<typeof chatMessage>

const chatDetail = z.object({
  chat: chatRecord,
  messages: z.array(chatMessage),
  files: z.array(chatFile),
})
export type ChatDetail = z.infer<typeof chatDetail>

export const learningState = z.object({
  wanted: z.boolean(),
  required: z.boolean(),
})
export type LearningState = z.infer<typeof learningState>

const learner = person.extend({
  role: z.enum(roles),
  /** By their own wish. */
  wanted: z.boolean(),
  required: z.boolean(),
  requiredBy: person.nullable(),
})
export type Learner = z.infer<typeof learner>

const askTurnBody = z.object({
  text: z.string().trim().min(1).max(20_000),
  /** The answer that this question follows; null begins the chat. Another question with the same one is a branch. */
  parentId: z.string().max(200).nullable().default(null),
  mode: z.enum(['auto', 'code', 'model']).default('auto'),
  context: turnContext.default({}),
  /** What the person thinks themselves; asked for first in learning mode. */
  hypothesis: z.string().trim().max(4000).optional(),
  fileIds: z.array(z.string().max(100)).max(10).default([]),
})
export type AskTurnBody = z.input<typeof askTurnBody>

const messageParams = z.object({ id: z.string().min(1).max(200), messageId: z.string().min(1).max(200) })
const own = { kind: 'role', role: 'viewer' } as const

export const assistantEndpoints = {
  listChats: endpoint({
    method: 'GET',
    path: '/api/chats',
    summary: 'Your chats, latest first; with `text`, those in which it stands.',
    access: own,
    query: z.object({
      text: z.string().max(200).optional(),
      caseId: z.string().max(200).optional(),
      limit: z.coerce.number().int().min(1).max(200).default(50),
    }),
    reply: z.object({ chats: z.array(chatRecord) }),
  }),
  createChat: endpoint({
    method: 'POST',
    path: '/api/chats',
    summary: 'Begin a chat.',
    access: own,
    body: z.object({ title: z.string().trim().min(1).max(200), caseId: z.string().max(200).optional() }),
    reply: chatRecord,
  }),
  readChat: endpoint({
    method: 'GET',
    path: '/api/chats/:id',
    summary: 'A chat of yours with all its branches.',
    access: own,
    params: idParams,
    reply: chatDetail,
  }),
  deleteChat: endpoint({
    method: 'DELETE',
    path: '/api/chats/:id',
    summary: 'Delete a chat of yours. What models were asked stays in the ledger.',
    access: own,
    params: idParams,
    reply: done,
  }),
  ask: endpoint({
    method: 'POST',
    path: '/api/chats/:id/messages',
    summary:
      'Ask. Answers as server-sent events (`TurnEvent`), sentence by sentence, each verified; closing the connection stops it.',
    access: own,
    params: idParams,
    body: askTurnBody,
    reply: z.unknown(),
    gives: ['text/event-stream'],
  }),
  addFile: endpoint({
    method: 'POST',
    path: '/api/chats/:id/files',
    summary: 'Attach a file (base64, 8 MB at most). It is scanned when you ask for it, and never opened.',
    access: { kind: 'role', role: 'analyst' },
    params: idParams,
    body: z.object({ name: z.string().min(1).max(200), base64: z.base64().max(11_500_000) }),
    reply: chatFile,
  }),
  giveFeedback: endpoint({
    method: 'POST',
    path: '/api/chats/:id/messages/:messageId/feedback',
    summary: 'Whether an answer helped: 1, -1, or null to take it back.',
    access: own,
    params: messageParams,
    body: z.object({
      value: z.union([z.literal(1), z.literal(-1), z.null()]),
      reason: z.string().max(2000).default(''),
    }),
    reply: done,
  }),
  readLearning: endpoint({
    method: 'GET',
    path: '/api/assistant/learning',
    summary: 'Whether you are asked for your own hypothesis first.',
    access: own,
    reply: learningState,
  }),
  wantLearning: endpoint({
    method: 'PUT',
    path: '/api/assistant/learning',
    summary: 'Switch learning mode on or off for yourself. What a manager requires stays on.',
    access: own,
    body: z.object({ wanted: z.boolean() }),
    reply: learningState,
  }),
  learners: endpoint({
    method: 'GET',
    path: '/api/assistant/learners',
    summary: 'Everybody who can sign in, and of whom a hypothesis is required first.',
    access: { kind: 'role', role: 'approver' },
    reply: z.object({ people: z.array(learner) }),
  }),
  requireLearning: endpoint({
    method: 'PUT',
    path: '/api/assistant/learners/:id',
    summary: 'Require learning mode of a person, or no longer.',
    access: { kind: 'role', role: 'approver' },
    params: idParams,
    body: z.object({ required: z.boolean() }),
    reply: done,
  }),
  readAlert: endpoint({
    method: 'GET',
    path: '/api/assistant/alert',
    summary: 'An alert that an answer cites, byte for byte.',
    access: { kind: 'role', role: 'viewer', scope: 'read' },
    query: z.object({ key: z.string().min(1).max(500) }),
    reply: z.object({ key: z.string(), caseId: z.string(), raw: z.string() }),
  }),
  draftProposal: endpoint({
    method: 'POST',
    path: '/api/assistant/drafts',
    summary:
      'Prepare a response proposal as your draft. It does nothing until a person submits it and others approve it.',
    access: { kind: 'role', role: 'analyst' },
    body: z.object({
      caseId: z.string().max(200),
      /** An action of the case's remediation steps, exactly as they name it. */
      action: z.string().max(100),
      agentId: z.string().max(40),
      arguments: z.unknown(),
      reason: z.string().trim().min(1).max(2000),
    }),
    reply: z.object({ proposalId: z.string() }),
  }),
}
