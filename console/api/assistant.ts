import type {
  AskTurnBody,
  ChatDetail,
  ChatFileView,
  ChatRecord,
  IndexerQueryView,
  Learner,
  LearningState,
  TurnEventView,
} from '../../src/http/contract-assistant.ts'
import type { ToolAnswerView, ToolDescriptionView } from '../../src/http/contract-chat.ts'
import { getJson, openStream, sendJson } from './request.ts'

const chatPath = (id: string) => `/api/chats/${encodeURIComponent(id)}`

export function listChats(
  filter: { text?: string | undefined; caseId?: string | undefined },
  signal: AbortSignal,
): Promise<{ chats: ChatRecord[] }> {
  return getJson('/api/chats', signal, filter)
}

export function createChat(title: string, caseId: string | undefined): Promise<ChatRecord> {
  return sendJson('POST', '/api/chats', { title, ...(caseId === undefined ? {} : { caseId }) })
}

export function readChat(id: string, signal: AbortSignal): Promise<ChatDetail> {
  return getJson(chatPath(id), signal)
}

export function deleteChat(id: string): Promise<unknown> {
  return sendJson('DELETE', chatPath(id))
}

/** Asks; events come as they are sent. Aborting the signal stops the answer on the server and at the provider. */
export async function askTurn(
  chatId: string,
  body: AskTurnBody,
  onEvent: (event: TurnEventView) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const data of openStream(`${chatPath(chatId)}/messages`, body, signal))
    onEvent(JSON.parse(data) as TurnEventView) // Written by our own server from the same schema.
}

export async function addFile(chatId: string, file: File): Promise<ChatFileView> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let binary = ''
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return sendJson('POST', `${chatPath(chatId)}/files`, {
    name: file.name.slice(0, 200),
    base64: btoa(binary),
  })
}

export function giveFeedback(
  chatId: string,
  messageId: string,
  value: 1 | -1 | null,
  reason = '',
): Promise<unknown> {
  return sendJson('POST', `${chatPath(chatId)}/messages/${encodeURIComponent(messageId)}/feedback`, {
    value,
    reason,
  })
}

export function readLearning(signal: AbortSignal): Promise<LearningState> {
  return getJson('/api/assistant/learning', signal)
}

export function wantLearning(wanted: boolean): Promise<LearningState> {
  return sendJson('PUT', '/api/assistant/learning', { wanted })
}

export function readLearners(signal: AbortSignal): Promise<{ people: Learner[] }> {
  return getJson('/api/assistant/learners', signal)
}

export function requireLearning(userId: string, required: boolean): Promise<unknown> {
  return sendJson('PUT', `/api/assistant/learners/${encodeURIComponent(userId)}`, { required })
}

/** An alert that an answer cites. */
export function readCitedAlert(key: string, signal: AbortSignal): Promise<{ caseId: string; raw: string }> {
  return getJson('/api/assistant/alert', signal, { key })
}

/** The case of an alert, by the alert's key or its own id. */
export function findAlert(key: string, signal: AbortSignal): Promise<{ caseId: string }> {
  return getJson('/api/assistant/alert', signal, { key })
}

/** The searches that you may use. */
export function listTools(signal: AbortSignal): Promise<{ tools: ToolDescriptionView[] }> {
  return getJson('/api/assistant/tools', signal)
}

export function runSearch(query: string, signal?: AbortSignal): Promise<ToolAnswerView> {
  return sendJson('POST', '/api/assistant/tools/search_indexer', { input: { query } }, signal)
}

export function queryText(query: IndexerQueryView): string {
  return JSON.stringify(query, null, 2)
}

export function draftProposal(body: {
  caseId: string
  action: string
  agentId: string
  arguments: unknown
  reason: string
}): Promise<{ proposalId: string }> {
  return sendJson('POST', '/api/assistant/drafts', body)
}
