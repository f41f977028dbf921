import { createHash } from 'node:crypto'
import { takeTurn } from '../../chat/turn/take-turn.ts'
import type { TurnAnswer, TurnEvent, TurnPorts } from '../../chat/turn/turn.ts'
import { roles } from '../../domain/role.ts'
import type { FileStore } from '../../files/file-store.ts'
import { messageOf } from '../../lib/app-error.ts'
import { canonicalJson } from '../../lib/canonical-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Database } from '../../lib/database.ts'
import type { IdSource } from '../../lib/ids.ts'
import { readPointer } from '../../lib/json-pointer.ts'
import { caseRemediation } from '../../respond/case-response.ts'
import { prepareProposal } from '../../respond/propose.ts'
import type { RespondPorts } from '../../respond/respond-ports.ts'
import { learningPeople, setLearningRequired, setLearningWanted } from '../../store/assistant-learning.ts'
import { alertByKey } from '../../store/case-read.ts'
import {
  type ChatMessageRow,
  type ChatRow,
  chatFiles,
  chatFilesOf,
  chatMessages,
  deleteChat,
  findChat,
  insertChat,
  insertChatFile,
  insertChatMessage,
  listChats,
  setChatFeedback,
} from '../../store/chats.ts'
import { activePeople } from '../../store/people.ts'
import { findUser } from '../../store/users.ts'
import { wasDone } from '../contract.ts'
import { assistantEndpoints, type ChatMessageView, turnAnswer } from '../contract-assistant.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type CallOf, type Route, route, streamRoute } from '../route.ts'
import { type EventStream, openEventStream } from '../server-sent-events.ts'
import { answerView, askerOf } from './chat-routes.ts'
import { learningState, requireHypothesis } from './learning-mode.ts'
import { personView } from './person-view.ts'
import type { RunningAnswers } from './running-answers.ts'
import { actorId, personOf } from './session-routes.ts'

export interface AssistantRouteParts {
  readonly database: Database
  readonly tenant: string
  readonly clock: Clock
  readonly ids: IdSource
  readonly turn: TurnPorts
  readonly respond: RespondPorts
  readonly running: RunningAnswers
  /** Fires when the server stops: running answers end. */
  readonly stopping: AbortSignal
  /** Where attachments are kept. */
  readonly files: FileStore
}

/** The chat: conversations, their answers as they come, attachments, learning mode, drafts. */
export function assistantRoutes(parts: AssistantRouteParts): Route[] {
  const { database, tenant } = parts
  const ownChat = async (caller: Caller, id: string): Promise<ChatRow> => {
    const chat = await findChat(database, tenant, actorId(caller), id)
    if (chat === undefined) throw new RequestError('not-found', `you have no chat ${id}`, 'params/id')
    return chat
  }
  return [
    route(assistantEndpoints.listChats, async ({ query, caller }) => ({
      chats: (await listChats(database, tenant, actorId(caller), query)).map(chatView),
    })),
    route(assistantEndpoints.createChat, async ({ body, caller }) => {
      const nowMs = parts.clock.now()
      const chat = {
        id: parts.ids.next('chat'),
        ownerId: actorId(caller),
        title: body.title,
        caseId: body.caseId ?? null,
        createdMs: nowMs,
        changedMs: nowMs,
      }
      await insertChat(database, tenant, chat)
      return chatView(chat)
    }),
    route(assistantEndpoints.readChat, async ({ params, caller }) => {
      const chat = await ownChat(caller, params.id)
      const [messages, files] = await Promise.all([
        chatMessages(database, tenant, chat.id),
        chatFiles(database, tenant, chat.id),
      ])
      return {
        chat: chatView(chat),
        messages: messages.map(messageView),
        files: files.map(({ id, name, sha256, sizeBytes }) => ({ id, name, sha256, sizeBytes })),
      }
    }),
    route(assistantEndpoints.deleteChat, async ({ params, caller }) => {
      await ownChat(caller, params.id)
      await deleteChat(database, tenant, actorId(caller), params.id)
      return wasDone
    }),
    streamRoute(assistantEndpoints.ask, async call => {
      const chat = await ownChat(call.caller, call.params.id)
      const person = actorId(call.caller)
      if (call.body.context.caseId !== undefined)
        await requireHypothesis(database, tenant, person, call.body.hypothesis)
      await parts.running.during(person, () => answerTurn(parts, chat, call))
    }),
    route(
      assistantEndpoints.addFile,
      async ({ params, body, caller }) => {
        const chat = await ownChat(caller, params.id)
        const bytes = Buffer.from(body.base64, 'base64')
        await requireRoom(parts, chat, bytes.length)
        const sha256 = createHash('sha256').update(bytes).digest('hex')
        const kept = await parts.files.keep(tenant, 'chat', bytes)
        const file = {
          id: parts.ids.next('file'),
          chatId: chat.id,
          name: body.name,
          sha256,
          sizeBytes: bytes.length,
        }
        await insertChatFile(database, tenant, { ...file, kept, createdMs: parts.clock.now() })
        return { id: file.id, name: file.name, sha256, sizeBytes: bytes.length }
      },
      { bodyBytes: 12 * 1024 * 1024 },
    ),
    route(assistantEndpoints.giveFeedback, async ({ params, body, caller }) => {
      await ownChat(caller, params.id)
      if (!(await setChatFeedback(database, tenant, params.id, params.messageId, body)))
        throw new RequestError('not-found', `there is no answer ${params.messageId} in this chat`)
      return wasDone
    }),
    route(assistantEndpoints.readLearning, ({ caller }) => learningState(database, tenant, actorId(caller))),
    route(assistantEndpoints.wantLearning, async ({ body, caller }) => {
      await setLearningWanted(database, tenant, actorId(caller), body.wanted)
      return learningState(database, tenant, actorId(caller))
    }),
    route(assistantEndpoints.learners, async () => {
      const [everybody, rows] = await Promise.all([
        activePeople(database, tenant, roles),
        learningPeople(database, tenant),
      ])
      return {
        people: everybody.map(({ id, username, displayName, role }) => {
          const row = rows.find(each => each.userId === id)
          const by = row?.requiredBy ?? null
          const who = everybody.find(each => each.id === by)
          return {
            ...{ id, username, displayName, role },
            wanted: row?.wanted ?? false,
            required: by !== null,
            requiredBy: personView(by, who?.username, who?.displayName),
          }
        }),
      }
    }),
    route(assistantEndpoints.requireLearning, async ({ params, body, caller }) => {
      if ((await findUser(database, tenant, params.id)) === undefined)
        throw new RequestError('not-found', `there is no person ${params.id}`, 'params/id')
      const by = body.required ? personOf(caller).user.id : null
      await setLearningRequired(database, tenant, params.id, by, parts.clock.now())
      return wasDone
    }),
    route(assistantEndpoints.readAlert, async ({ query }) => {
      // By the key, or by the alert's own id among the newest alerts: ids are only unique on one manager.
      const recent = await parts.turn.data.alerts.current()
      const key = recent.findLast(alert => alert.id === query.key)?.key ?? query.key
      const found = await alertByKey(database, tenant, key)
      if (found === undefined)
        throw new RequestError('not-found', `there is no alert ${query.key}`, 'query/key')
      return { key, ...found }
    }),
    route(assistantEndpoints.draftProposal, async ({ body, caller }) => {
      const { user } = personOf(caller)
      const { respond } = parts
      const policy = await respond.policy(database, tenant)
      const steps = await caseRemediation(database, tenant, body.caseId, policy, respond.clock.now())
      if (steps === undefined)
        throw new RequestError('not-found', `there is no case ${body.caseId}`, 'body/caseId')
      // A draft is one of the steps that code found for this case: nothing that was written anywhere can make another.
      const wanted = JSON.stringify(body.arguments)
      const step = steps.find(
        ({ action }) =>
          action?.action === body.action &&
          action.target.agentId === body.agentId &&
          sameJson(action.arguments, wanted),
      )
      if (step?.action === undefined)
        throw new RequestError('conflict', `case ${body.caseId} has no such step now: read its steps again`)
      const prepared = await prepareProposal(
        respond,
        { tenant, caseId: body.caseId, ...step.action, reason: body.reason, evidence: step.evidence },
        user.username,
      )
      if (prepared.kind === 'refused') throw new RequestError('conflict', prepared.reason)
      return { proposalId: prepared.proposal.id }
    }),
  ]
}

/** Attachments are for a scan, not for keeping: a chat is no file share. */
const mostFiles = { inChat: 20, ofPerson: 200, ofPersonBytes: 256 * 1024 * 1024 }

async function requireRoom({ database, tenant }: AssistantRouteParts, chat: ChatRow, sizeBytes: number) {
  const [here, all] = await Promise.all([
    chatFiles(database, tenant, chat.id),
    chatFilesOf(database, tenant, chat.ownerId),
  ])
  const full =
    here.length >= mostFiles.inChat
      ? `this chat has ${here.length} attachments`
      : all.files >= mostFiles.ofPerson || all.sizeBytes + sizeBytes > mostFiles.ofPersonBytes
        ? `your chats hold ${all.files} attachments, ${Math.ceil(all.sizeBytes / 1024 / 1024)} MB`
        : undefined
  if (full !== undefined)
    throw new RequestError('conflict', `${full}: delete chats that you no longer need, or begin another`)
}

function sameJson(value: unknown, text: string): boolean {
  return (
    canonicalJson(JSON.parse(JSON.stringify(value ?? null))) === canonicalJson(JSON.parse(text ?? 'null'))
  )
}

/** Runs one turn into the stream, and keeps what came of it: also what had been said when it was stopped. */
async function answerTurn(
  parts: AssistantRouteParts,
  chat: ChatRow,
  { body, caller, signal, reply }: CallOf<typeof assistantEndpoints.ask>,
): Promise<void> {
  const { database, tenant, ids, clock } = parts
  const messages = await chatMessages(database, tenant, chat.id)
  const earlier = branchOf(messages, body.parentId)
  const files = (await chatFiles(database, tenant, chat.id)).filter(file => body.fileIds.includes(file.id))
  const question = {
    id: ids.next('message'),
    chatId: chat.id,
    parentId: body.parentId,
    kind: 'question' as const,
    text: body.text,
    body: { context: body.context, hypothesis: body.hypothesis ?? null, mode: body.mode },
    state: 'done' as const,
    createdMs: clock.now(),
  }
  await insertChatMessage(database, tenant, question)
  const stream = openEventStream(reply)
  stream.send('question', { kind: 'question', messageId: question.id })
  const said: string[] = []
  const emit = (event: TurnEvent) => {
    if (event.kind === 'sentence') said.push(event.claim.text)
    stream.send(event.kind, event)
  }
  const stop = AbortSignal.any([signal, parts.stopping])
  const keep = async (text: string, kept: unknown, state: ChatMessageRow['state']) => {
    const id = ids.next('message')
    const message = {
      id,
      chatId: chat.id,
      parentId: question.id,
      kind: 'answer' as const,
      text,
      body: kept,
      state,
    }
    await insertChatMessage(database, tenant, { ...message, createdMs: clock.now() })
    return id
  }
  try {
    const request = {
      asker: askerOf(caller, tenant),
      chatId: chat.id,
      text: body.text,
      mode: body.mode,
      context: body.context,
      earlier: earlier.filter(message => message.kind === 'question').map(message => message.text),
      files,
    }
    const answer = await takeTurn(request, parts.turn, emit, stop)
    const view = turnView(answer)
    const messageId = await keep(answer.answer, view, 'done')
    stream.send('answer', { kind: 'answer', messageId, answer: view })
  } catch (error) {
    await keep(said.join(' '), null, stop.aborted ? 'stopped' : 'failed')
    if (!stop.aborted) tellFailure(stream, error, reply)
  } finally {
    stream.end()
  }
}

function tellFailure(
  stream: EventStream,
  error: unknown,
  reply: CallOf<typeof assistantEndpoints.ask>['reply'],
): void {
  reply.log.error({ err: error }, 'an answer failed')
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'internal'
  stream.send('failed', {
    kind: 'failed',
    code,
    message: `The answer failed: ${messageOf(error).slice(0, 300)}`,
  })
}

/** The messages from the beginning to the one that is answered to, oldest first. */
export function branchOf(messages: readonly ChatMessageRow[], parentId: string | null): ChatMessageRow[] {
  const byId = new Map(messages.map(message => [message.id, message]))
  const branch: ChatMessageRow[] = []
  for (let id = parentId; id !== null; ) {
    const message = byId.get(id)
    if (message === undefined)
      throw new RequestError('bad-request', `there is no message ${id} in this chat`, 'body/parentId')
    branch.unshift(message)
    id = message.parentId
  }
  return branch
}

export function turnView(answer: TurnAnswer) {
  return {
    ...answerView(answer),
    steps: answer.steps.map(step => ({ ...step, input: { ...step.input } })),
    modelReason: answer.modelReason,
    canAskModel: answer.canAskModel,
    query:
      answer.query === null
        ? null
        : {
            understood: { ...answer.query.understood },
            query: { ...answer.query.query, body: { ...answer.query.query.body } },
          },
  }
}

function chatView({ id, title, caseId, createdMs, changedMs }: ChatRow) {
  return { id, title, caseId, createdMs, changedMs }
}

function messageView(row: ChatMessageRow): ChatMessageView {
  const parsed = row.kind === 'answer' ? turnAnswer.safeParse(row.body) : undefined
  const hypothesis = readPointer(row.body, '/hypothesis')
  return {
    id: row.id,
    parentId: row.parentId,
    kind: row.kind,
    text: row.text,
    state: row.state,
    hypothesis: typeof hypothesis === 'string' ? hypothesis : null,
    answer: parsed?.success ? parsed.data : null,
    feedback: row.feedback,
    createdMs: row.createdMs,
  }
}
