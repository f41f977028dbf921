import type { AskBody, ChatAnswer } from '../../src/http/contract-chat.ts'
import { sendJson } from './request.ts'

/** Asks the assistant; it reads, and answers by code. */
export function ask(body: AskBody, signal?: AbortSignal): Promise<ChatAnswer> {
  return sendJson('POST', '/api/ask', body, signal)
}
