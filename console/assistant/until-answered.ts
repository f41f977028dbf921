import type { ChatMessageView } from '../../src/http/contract-assistant.ts'

/** Half a minute at least: a server that is busy keeps what had been said a while after the connection closed. */
const tries = 100

/**
 * Resolves once the chat has an answer to this question: one that was stopped is kept by the server only after the
 * connection closed. Also when there is none after a hundred readings, and when the question never got there (`undefined`).
 */
export async function untilAnswered(
  questionId: string | undefined,
  read: () => Promise<readonly Pick<ChatMessageView, 'parentId'>[]>,
  everyMs = 300,
): Promise<void> {
  for (let tried = 0; tried < tries; tried++) {
    await new Promise(resolve => setTimeout(resolve, everyMs))
    if (questionId === undefined) return
    const messages = await read().catch(() => []) // Tried again; the page says itself when the server is away.
    if (messages.some(({ parentId }) => parentId === questionId)) return
  }
}
